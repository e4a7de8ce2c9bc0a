/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the starter adds to the start of the demo, with a database of 10 MB.
 */
final class Boot {

	private static final int MEGABYTES = 10;

	private static final Pattern STARTED = Pattern
		.compile("Started DemoApplication in ([\\d.]+) seconds \\(process running for ([\\d.]+)\\)");

	private final Path work;

	private final Report report;

	Boot(Path work, Report report) {
		this.work = work;
		this.report = report;
	}

	void run(Path demo, int boots) throws Exception {
		this.report.section("Start of the demo", """
				With a database of %d MB; %d starts each way, interleaved. Off is
				`--quartermaster.backup.enabled=false`. Wall time runs from the start of the process to the line
				"Started DemoApplication", the other figure is the one in that line.""".formatted(MEGABYTES, boots));
		if (!Files.exists(demo)) {
			this.report.section("Not run", "There is no " + demo.getFileName() + ": build it with `mvn package`.");
			return;
		}
		Path database = BenchmarkDatabase.create(this.work.resolve("demo.db"), MEGABYTES);
		start(demo, database, false);
		start(demo, database, true);
		List<List<String>> rows = new ArrayList<>();
		for (boolean changed : new boolean[] { true, false }) {
			Times on = new Times();
			Times off = new Times();
			for (int i = 0; i < boots; i++) {
				// Who is first takes turns.
				for (boolean enabled : new boolean[] { i % 2 == 0, i % 2 != 0 }) {
					if (changed) {
						BenchmarkDatabase.change(database);
					}
					(enabled ? on : off).add(start(demo, database, enabled));
				}
			}
			rows.add(row(changed, "wall time", on.wall, off.wall));
			rows.add(row(changed, "as logged", on.logged, off.logged));
		}
		this.report.table("Start with and without the starter", List.of("", "on", "off", "on / off"), rows);
	}

	private static List<String> row(boolean changed, String what, Samples on, Samples off) {
		return List.of((changed ? "a new snapshot, " : "nothing changed, ") + what, Report.millis(on.medianMillis()),
				Report.millis(off.medianMillis()),
				String.format(Locale.ROOT, "%.3f", on.medianMillis() / off.medianMillis()));
	}

	private Start start(Path demo, Path database, boolean enabled) throws Exception {
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar",
				demo.toString(), "--server.port=0", "--spring.datasource.url=jdbc:sqlite:" + database,
				"--spring.flyway.baseline-on-migrate=true", "--spring.flyway.baseline-version=0",
				"--quartermaster.backup.enabled=" + enabled);
		long start = System.nanoTime();
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try (BufferedReader output = process.inputReader()) {
			StringBuilder log = new StringBuilder();
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				Matcher started = STARTED.matcher(line);
				if (started.find()) {
					return new Start(System.nanoTime() - start, (long) (Double.parseDouble(started.group(1)) * 1e9));
				}
				log.append(line).append('\n');
			}
			throw new IOException("The demo did not start:\n" + log);
		}
		finally {
			process.destroy();
			process.waitFor();
		}
	}

	private record Start(long wall, long logged) {
	}

	private static final class Times {

		private final Samples wall = new Samples();

		private final Samples logged = new Samples();

		void add(Start start) {
			this.wall.add(start.wall);
			this.logged.add(start.logged);
		}

	}

}
