/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How long a hook waits for the command, with a database of 1 MB: by the script, and by
 * the line that the script is in place of. The whole process is measured.
 */
final class Hook {

	private static final int MEGABYTES = 1;

	private static final int PATIENCE_SECONDS = 60;

	private static final String SCRIPT = "`scripts/backup-db.sh`";

	private final Path work;

	private final Report report;

	Hook(Path work, Report report) {
		this.work = work;
		this.report = report;
	}

	void run(Path demo, int runs) throws Exception {
		this.report.section("The command in a hook", """
				A new snapshot of a database of %d MB; %d runs each way, interleaved. The script has prepared itself
				before, as its first run does for all others. `list-layers`, of Spring Boot's own tools, is what
				starting such a jar takes at the least.""".formatted(MEGABYTES, runs));
		if (!Files.exists(demo)) {
			this.report.section("Not run", "There is no " + demo.getFileName() + ": build it with `mvn package`.");
			return;
		}
		Path database = BenchmarkDatabase.create(this.work.resolve("hook.db"), MEGABYTES);
		Map<String, List<String>> ways = ways(demo, database);
		for (List<String> way : ways.values()) {
			nanos(way, database);
		}
		waitForWhatTheScriptPrepares(demo.resolveSibling("backup-db"));
		Map<String, Samples> samples = new LinkedHashMap<>();
		for (int i = 0; i < runs; i++) {
			for (Map.Entry<String, List<String>> way : ways.entrySet()) {
				BenchmarkDatabase.change(database);
				samples.computeIfAbsent(way.getKey(), (name) -> new Samples()).add(nanos(way.getValue(), database));
			}
		}
		double script = samples.getOrDefault(SCRIPT, new Samples()).medianMillis();
		List<List<String>> rows = new ArrayList<>();
		samples.forEach((name, times) -> rows
			.add(List.of(name, Report.millis(times.medianMillis()), Report.ratio(script / times.medianMillis()))));
		this.report.table("Whole process", List.of("", "wall time", "script / this"), rows);
	}

	private Map<String, List<String>> ways(Path demo, Path database) {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		Map<String, List<String>> ways = new LinkedHashMap<>();
		ways.put(SCRIPT,
				List.of("bash", demo.resolveSibling("../scripts/backup-db.sh").normalize().toString(), "benchmark"));
		ways.put("`java -XX:TieredStopAtLevel=1 -Djarmode=dbbackup -jar`",
				List.of(java, "-XX:TieredStopAtLevel=1", "-Djarmode=dbbackup", "-jar", demo.toString(), "create",
						"--url", "jdbc:sqlite:" + database, "--", "benchmark"));
		ways.put("`java -Djarmode=dbbackup -jar`", List.of(java, "-Djarmode=dbbackup", "-jar", demo.toString(),
				"create", "--url", "jdbc:sqlite:" + database, "--", "benchmark"));
		ways.put("`java -Djarmode=tools -jar … list-layers`",
				List.of(java, "-Djarmode=tools", "-jar", demo.toString(), "list-layers"));
		return ways;
	}

	private long nanos(List<String> command, Path database) throws Exception {
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
		builder.environment().put("QUARTERMASTER_DB_URL", "jdbc:sqlite:" + database);
		builder.environment().put("QUARTERMASTER_BACKUP_DIR", this.work.resolve("of hooks").toString());
		long start = System.nanoTime();
		Process process = builder.start();
		String output = new String(process.getInputStream().readAllBytes());
		if (process.waitFor() != 0) {
			throw new IOException(command + " failed: " + output);
		}
		return System.nanoTime() - start;
	}

	/**
	 * It begins once the first run is over. Beside it may be copies of older jars.
	 */
	private static void waitForWhatTheScriptPrepares(Path copies) throws Exception {
		for (int i = 0; i < PATIENCE_SECONDS; i++) {
			Thread.sleep(1000);
			if (i > 1 && isReady(copies)) {
				return;
			}
		}
		throw new IOException("The script has prepared nothing in " + copies);
	}

	private static boolean isReady(Path copies) throws IOException {
		if (!Files.exists(copies)) {
			return false;
		}
		try (Stream<Path> found = Files.list(copies)) {
			return found.max(Comparator.comparingLong((copy) -> copy.toFile().lastModified()))
				.filter((copy) -> Files.exists(copy.resolve("ready")))
				.isPresent();
		}
	}

}
