/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * The alert rules and the expressions of the dashboard, evaluated by Prometheus itself:
 * what they say of given figures. What the demo exports for them is tested in
 * {@link MonitoringIT}.
 */
class PrometheusRulesIT {

	private static final Path ALERTS = Path.of("monitoring/prometheus-alerts.yml");

	private static final Path DASHBOARD = Path.of("monitoring/grafana-dashboard.json");

	private static final Path TESTS = Path.of("src/test/prometheus");

	private static final String MINUTES = "rules-test.yml";

	private static final String DAYS = "rules-over-days-test.yml";

	@ParameterizedTest
	@ValueSource(strings = { MINUTES, DAYS })
	void prometheusComesToWhatIsExpected(String file) throws Exception {
		Process promtool = promtool("test", "rules", TESTS.resolve(file).toString());
		String printed = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(promtool.waitFor()).as(printed).isZero();
	}

	private static Process promtool(String... arguments) {
		List<String> command = new ArrayList<>(List.of("promtool"));
		command.addAll(List.of(arguments));
		try {
			return new ProcessBuilder(command).redirectErrorStream(true).start();
		}
		catch (IOException ex) {
			String missing = "This needs the program promtool (Debian: apt-get install prometheus)";
			if (Boolean.getBoolean("tests.nothing-left-out")) {
				fail(missing);
			}
			return abort(missing);
		}
	}

	@Test
	void ofEachAlertThereIsOneTimeWhenItFiresAndOneWhenItDoesNot() throws IOException {
		List<Map<String, Object>> expectations = new ArrayList<>();
		for (String file : List.of(MINUTES, DAYS)) {
			List<Map<String, Object>> ofFile = read(TESTS.resolve(file), "$.tests[*].alert_rule_test[*]");
			expectations.addAll(ofFile);
		}
		List<String> alerts = read(ALERTS, "$.groups[*].rules[*].alert");
		assertThat(alerts).isNotEmpty();
		for (boolean fires : new boolean[] { true, false }) {
			assertThat(expectations.stream()
				.filter((expectation) -> expectation.get("exp_alerts") instanceof List<?> found
						&& found.isEmpty() != fires)
				.map((expectation) -> expectation.get("alertname"))).as("fires: " + fires).containsAll(alerts);
		}
	}

	@Test
	void eachExpressionOfTheDashboardIsEvaluated() throws IOException {
		List<String> expressions = JsonPath.read(Files.readString(DASHBOARD), "$..expr");
		assertThat(expressions).isNotEmpty();
		List<String> evaluated = read(TESTS.resolve(MINUTES), "$.tests[*].promql_expr_test[*].expr");
		assertThat(evaluated).containsAll(expressions.stream().map(PrometheusExpression::withoutVariables).toList());
	}

	private static <T> List<T> read(Path yaml, String path) throws IOException {
		try (InputStream stream = Files.newInputStream(yaml)) {
			Object content = new Yaml().load(stream);
			return JsonPath.read(content, path);
		}
	}

}
