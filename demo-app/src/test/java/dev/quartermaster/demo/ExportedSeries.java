/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an application exports for Prometheus, as it is read from its text format.
 *
 * @param series all series
 */
record ExportedSeries(List<Series> series) {

	private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)\\})? (\\S+)");

	private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

	static ExportedSeries parse(String text) {
		List<Series> all = new ArrayList<>();
		text.lines().filter((line) -> !line.startsWith("#") && !line.isBlank()).forEach((line) -> {
			Matcher sample = SAMPLE.matcher(line);
			if (!sample.matches()) {
				throw new IllegalArgumentException("Not a sample: " + line);
			}
			Map<String, String> labels = new HashMap<>();
			if (sample.group(2) != null) {
				LABEL.matcher(sample.group(2)).results().forEach((label) -> labels.put(label.group(1), label.group(2)));
			}
			all.add(new Series(sample.group(1), labels, Double.parseDouble(sample.group(3))));
		});
		return new ExportedSeries(all);
	}

	/**
	 * Return the sum of all values of a name with the given labels.
	 */
	double sum(String name, Map<String, String> labels) {
		List<Series> found = this.series.stream()
			.filter((one) -> one.name().equals(name) && one.labels().entrySet().containsAll(labels.entrySet()))
			.toList();
		if (found.isEmpty()) {
			throw new IllegalArgumentException("There is no " + name + " with " + labels);
		}
		return found.stream().mapToDouble(Series::value).sum();
	}

	/**
	 * One series.
	 */
	record Series(String name, Map<String, String> labels, double value) {
	}

}
