/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import com.jayway.jsonpath.JsonPath;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The demo as those see it who look after it: its health, its metrics and its heartbeat,
 * while its volume for snapshots fails and recovers.
 */
class MonitoringIT {

	private static final Path ALERTS = Path.of("monitoring/prometheus-alerts.yml");

	private static final Path DASHBOARD = Path.of("monitoring/grafana-dashboard.json");

	/**
	 * Prometheus adds these to all that it reads.
	 */
	private static final Set<String> LABELS_OF_PROMETHEUS = Set.of("job", "instance");

	private static final Pattern LABEL_IN_TEXT = Pattern.compile("\\$labels\\.(\\w+)|\\{\\{\\s*(\\w+)\\s*\\}\\}");

	private static final String BACKUP = "{\"reason\":\"watched\"}";

	@TempDir
	static Path directory;

	private static final BlockingQueue<String> heartbeats = new LinkedBlockingQueue<>();

	private static Path volume;

	private static boolean mounted;

	private static HttpServer monitor;

	private static DemoProcess demo;

	/**
	 * One that copies its snapshots elsewhere, which the other one does not.
	 */
	private static DemoProcess copying;

	@BeforeAll
	static void start() throws Exception {
		volume = Files.createDirectory(directory.resolve("volume"));
		mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", volume.toString());
		monitor = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		monitor.createContext("/", MonitoringIT::hear);
		monitor.start();
		demo = DemoProcess.start(
				DemoJar.java("-jar", DemoJar.path().toString(),
						"--quartermaster.backup.heartbeat.url=http://127.0.0.1:" + monitor.getAddress().getPort()
								+ "/ping/secret",
						"--quartermaster.backup.min-free-space=1MB",
						"--management.endpoint.health.probes.enabled=true"),
				directory, directory.resolve("inventory.db"), volume.resolve("snapshots"));
		Path place = Files.createDirectory(directory.resolve("elsewhere"));
		// It is on the disk of the snapshots.
		Files.createFile(place.resolve(".quartermaster-copies"));
		copying = DemoProcess.start(
				DemoJar.java("-jar", DemoJar.path().toString(), "--quartermaster.backup.copies=" + place), directory,
				directory.resolve("copied.db"), directory.resolve("copied-snapshots"));
	}

	@AfterAll
	static void stop() throws Exception {
		for (DemoProcess process : new DemoProcess[] { demo, copying }) {
			if (process != null) {
				process.close();
			}
		}
		if (monitor != null) {
			monitor.stop(0);
		}
		if (mounted) {
			run("umount", "-l", volume.toString());
		}
	}

	@Test
	void failingVolumeIsSeenFromOutsideUntilItHasRecovered() throws Exception {
		assumeTrue(mounted, "This needs the right to mount a file system");

		assertThat(demo.post("/actuator/dbbackup", BACKUP).statusCode()).isEqualTo(201);
		assertHealth("UP");
		assertThat(heartbeat()).isEqualTo("GET /ping/secret");
		assertThat(backups("created")).isOne();
		assertThat(figure("warnings")).isZero();

		assertThat(run("mount", "-o", "remount,ro", volume.toString())).isTrue();
		assertThat(demo.post("/actuator/dbbackup", BACKUP).statusCode()).isEqualTo(500);
		assertHealth("WARNING");
		assertThat(warning()).startsWith("The last backup failed. The backup directory ");
		assertThat(heartbeat()).startsWith("POST /ping/secret/fail The backup directory ")
			.contains("cannot be written to");
		assertThat(backups("failed")).isOne();
		assertThat(figure("warnings")).isOne();

		assertThat(run("mount", "-o", "remount,rw", volume.toString())).isTrue();
		Path filling = volume.resolve("filling");
		Files.write(filling, new byte[3 * 1024 * 1024 + 512 * 1024]);
		assertThat(demo.post("/actuator/dbbackup", BACKUP).statusCode()).isEqualTo(507);
		assertHealth("WARNING");
		assertThat(warning()).startsWith("The last backup failed. There is not enough free space ");
		assertThat(heartbeat()).startsWith("POST /ping/secret/fail There is not enough free space ");
		assertThat(backups("failed")).isEqualTo(2);
		assertThat(figure("free_bytes")).isLessThan(1024 * 1024);

		Files.delete(filling);
		assertThat(demo.post("/actuator/dbbackup", BACKUP).statusCode()).isEqualTo(201);
		assertHealth("UP");
		assertThat(heartbeat()).isEqualTo("GET /ping/secret");
		assertThat(backups("created")).isEqualTo(2);
		assertThat(figure("warnings")).isZero();
		assertThat(figure("snapshots")).isEqualTo(2);
		assertThat(heartbeats).isEmpty();
		assertThat(demo.log()).doesNotContain("secret");
	}

	@ParameterizedTest
	@MethodSource
	void expressionIsAboutWhatTheDemoExports(String expression) throws Exception {
		ExportedSeries exported = exported(copying);
		PrometheusExpression parsed = PrometheusExpression.parse(expression);
		Set<String> labels = new TreeSet<>(LABELS_OF_PROMETHEUS);
		assertThat(parsed.selectors()).isNotEmpty().allSatisfy((selector) -> {
			assertThat(selector.in(exported)).isNotEmpty();
			selector.in(exported).forEach((series) -> labels.addAll(series.labels().keySet()));
		});
		assertThat(labels).containsAll(parsed.labels());
	}

	static List<String> expressionIsAboutWhatTheDemoExports() throws IOException {
		List<String> expressions = new ArrayList<>(
				rules().stream().map((rule) -> String.valueOf(rule.get("expr"))).toList());
		String dashboard = Files.readString(DASHBOARD);
		expressions.addAll(JsonPath.<List<String>>read(dashboard, "$..expr"));
		expressions.addAll(JsonPath.<List<String>>read(dashboard, "$.templating.list[?(@.type=='query')].query")
			.stream()
			.map((query) -> query.replaceFirst("label_values\\((\\w+), (\\w+)\\)", "count by ($2) ($1)"))
			.toList());
		assertThat(expressions).hasSizeGreaterThan(20);
		return expressions;
	}

	@Test
	void nothingIsExportedOfCopiesWhereThereAreNone() throws Exception {
		assertThat(exported().series()).isNotEmpty()
			.noneMatch((series) -> series.name().startsWith("quartermaster_backup_copies"));
	}

	/**
	 * What is left of a series when an expression has grouped it.
	 */
	@Test
	void textsNameLabelsThatAreLeft() throws IOException {
		assertThat(rules()).allSatisfy((rule) -> {
			Set<String> left = PrometheusExpression.parse(String.valueOf(rule.get("expr"))).labels();
			assertThat(left.isEmpty() ? Set.of("database") : left)
				.containsAll(labelsIn(String.valueOf(rule.get("annotations"))));
		});
		List<Map<String, Object>> targets = JsonPath.read(Files.readString(DASHBOARD), "$..targets[*]");
		assertThat(targets).isNotEmpty()
			.allSatisfy((target) -> assertThat(PrometheusExpression.parse(String.valueOf(target.get("expr"))).labels())
				.containsAll(labelsIn(String.valueOf(target.get("legendFormat")))));
	}

	private static Set<String> labelsIn(String text) {
		Set<String> labels = new TreeSet<>();
		LABEL_IN_TEXT.matcher(text)
			.results()
			.forEach((found) -> labels.add((found.group(1) != null) ? found.group(1) : found.group(2)));
		return labels;
	}

	private static List<Map<String, Object>> rules() throws IOException {
		try (InputStream stream = Files.newInputStream(ALERTS)) {
			Object file = new Yaml().load(stream);
			return JsonPath.read(file, "$.groups[*].rules[*]");
		}
	}

	private static void assertHealth(String expected) throws Exception {
		assertThat(JsonPath.<String>read(demo.get("/actuator/health/dbbackup").body(), "$.status")).isEqualTo(expected);
		for (String path : List.of("", "/liveness", "/readiness")) {
			HttpResponse<String> inRotation = demo.get("/actuator/health" + path);
			assertThat(inRotation.statusCode()).isEqualTo(200);
			assertThat(JsonPath.<String>read(inRotation.body(), "$.status")).isEqualTo("UP");
		}
	}

	private static String warning() throws Exception {
		List<String> warnings = JsonPath.read(demo.get("/actuator/health/dbbackup").body(),
				"$.details.dataSource.warnings");
		assertThat(warnings).hasSize(1);
		return warnings.get(0);
	}

	private static double backups(String outcome) throws Exception {
		return exported().sum("quartermaster_backup_seconds_count", Map.of("trigger", "request", "outcome", outcome));
	}

	private static double figure(String name) throws Exception {
		return exported().sum("quartermaster_backup_" + name, Map.of("database", "dataSource"));
	}

	private static ExportedSeries exported() throws Exception {
		return exported(demo);
	}

	private static ExportedSeries exported(DemoProcess process) throws Exception {
		return ExportedSeries.parse(process.get("/actuator/prometheus").body());
	}

	private static void hear(HttpExchange exchange) throws IOException {
		String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		heartbeats.add((exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).strip());
		exchange.sendResponseHeaders(200, -1);
		exchange.close();
	}

	private static String heartbeat() throws InterruptedException {
		String heartbeat = heartbeats.poll(60, TimeUnit.SECONDS);
		assertThat(heartbeat).isNotNull();
		return heartbeat;
	}

	private static boolean run(String... command) throws InterruptedException {
		try {
			return new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
