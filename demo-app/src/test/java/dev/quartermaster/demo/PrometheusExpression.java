/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.quartermaster.demo.ExportedSeries.Series;

/**
 * An expression of Prometheus, as far as it says which series it is about: its selectors,
 * and the labels that it groups by.
 *
 * @param selectors the selectors
 * @param labels the names of the labels
 */
record PrometheusExpression(List<Selector> selectors, Set<String> labels) {

	private static final Pattern TOKEN = Pattern
		.compile("\"(?:[^\"\\\\]|\\\\.)*\"|\\{[^}]*\\}|\\[[^\\]]*\\]|[0-9.]+[a-z]*|[a-zA-Z_:][\\w:]*|\\S");

	private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");

	private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");

	private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "offset", "bool");

	private static final Set<String> FUNCTIONS = Set.of("sum", "max", "min", "count", "avg", "rate", "increase",
			"absent", "predict_linear", "max_over_time", "time", "label_values");

	static PrometheusExpression parse(String expression) {
		List<String> tokens = TOKEN.matcher(withoutVariables(expression)).results().map(MatchResult::group).toList();
		List<Selector> selectors = new ArrayList<>();
		Set<String> labels = new TreeSet<>();
		for (int i = 0; i < tokens.size(); i++) {
			String token = tokens.get(i);
			String next = (i + 1 < tokens.size()) ? tokens.get(i + 1) : "";
			if (!token.matches("[a-zA-Z_:].*") || OPERATORS.contains(token)) {
				continue;
			}
			if (GROUPING.contains(token)) {
				for (i += 2; !tokens.get(i).equals(")"); i++) {
					if (!tokens.get(i).equals(",")) {
						labels.add(tokens.get(i));
					}
				}
			}
			else if (next.equals("(") || GROUPING.contains(next)) {
				if (!FUNCTIONS.contains(token)) {
					throw new IllegalArgumentException("No such function: " + token);
				}
			}
			else {
				selectors.add(new Selector(token, next.startsWith("{") ? next : "{}"));
			}
		}
		return new PrometheusExpression(selectors, labels);
	}

	/**
	 * As Grafana does before it asks.
	 */
	static String withoutVariables(String expression) {
		return expression.replace("$__rate_interval", "5m")
			.replace("$__all", ".*")
			.replaceAll("\\$(?:instance|database)", ".*");
	}

	/**
	 * A selector.
	 */
	record Selector(String name, String matchers) {

		/**
		 * Return the series that it selects. What Prometheus itself adds to each matches.
		 */
		List<Series> in(ExportedSeries exported) {
			return exported.series()
				.stream()
				.filter((series) -> series.name().equals(this.name) && matches(series))
				.toList();
		}

		private boolean matches(Series series) {
			Matcher matcher = MATCHER.matcher(this.matchers);
			while (matcher.find()) {
				if (!Set.of("job", "instance").contains(matcher.group(1))
						&& !matches(series.labels(), matcher.group(1), matcher.group(2), matcher.group(3))) {
					return false;
				}
			}
			return true;
		}

		private static boolean matches(Map<String, String> labels, String label, String operator, String value) {
			String actual = labels.getOrDefault(label, "");
			boolean same = operator.endsWith("~") ? actual.matches(value) : actual.equals(value);
			return operator.startsWith("!") != same && labels.containsKey(label);
		}

	}

}
