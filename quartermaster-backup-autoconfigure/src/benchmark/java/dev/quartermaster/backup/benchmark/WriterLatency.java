/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.TestDatabase;

/**
 * How long another process that commits all the time waits for a commit, with and without
 * snapshots being taken one after the other.
 */
final class WriterLatency {

	private static final int LARGEST = 100;

	private static final List<String> COLUMNS = List.of("", "commits/s", "p50", "p99", "longest", "errors",
			"snapshots");

	private final Path work;

	private final Report report;

	WriterLatency(Path work, Report report) {
		this.work = work;
		this.report = report;
	}

	void run(List<Integer> sizes, int rounds, int seconds) throws Exception {
		int megabytes = sizes.stream()
			.mapToInt(Integer::intValue)
			.filter((size) -> size <= LARGEST)
			.max()
			.orElse(LARGEST);
		this.report.section("Writers", """
				Commits of another process, one small row each, while snapshots of a database of %s are taken
				one after the other, and while none is taken. Medians of %d rounds of %d s, interleaved; of the
				longest commit also the longest of all rounds. With a rollback journal the longest commit is how long
				a snapshot holds a writer.""".formatted(Report.size(megabytes), rounds, seconds));
		for (String journalMode : List.of("WAL", "DELETE")) {
			Path source = BenchmarkDatabase.create(this.work.resolve("source.db"), megabytes);
			TestDatabase.execute(source, "PRAGMA journal_mode = " + journalMode, "CREATE TABLE audit (at INTEGER)");
			List<Outcome> without = new ArrayList<>();
			List<Outcome> with = new ArrayList<>();
			for (int round = 0; round < rounds; round++) {
				without.add(measure(source, seconds, false));
				with.add(measure(source, seconds, true));
			}
			this.report.table((journalMode.equals("WAL") ? "WAL" : "Rollback journal") + ", " + Report.size(megabytes),
					COLUMNS, List.of(row("no snapshot", without), row("snapshots", with)));
			Scratch.delete(source);
		}
	}

	private Outcome measure(Path source, int seconds, boolean snapshots) throws Exception {
		Path directory = this.work.resolve("target");
		Process writer = JavaProcess.start(Writer.class, source.toString());
		try (BufferedReader output = writer.inputReader()) {
			output.readLine();
			long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
			int taken = 0;
			while (snapshots && System.nanoTime() < end) {
				Snapshots.take(source, directory, VerificationMode.QUICK);
				Scratch.delete(directory);
				taken++;
			}
			Thread.sleep(Math.max((end - System.nanoTime()) / 1_000_000, 0));
			writer.getOutputStream().close();
			String[] figures = output.readLine().split(" ");
			return new Outcome(Arrays.stream(figures).mapToDouble(Double::parseDouble).toArray(), taken);
		}
		finally {
			writer.destroyForcibly().waitFor();
		}
	}

	private static List<String> row(String name, List<Outcome> outcomes) {
		double longest = outcomes.stream().mapToDouble((outcome) -> outcome.figures[3]).max().orElseThrow();
		double errors = outcomes.stream().mapToDouble((outcome) -> outcome.figures[4]).sum();
		int snapshots = outcomes.stream().mapToInt(Outcome::snapshots).sum();
		return List.of(name, String.format(Locale.ROOT, "%.0f", median(outcomes, 0)),
				Report.millis(median(outcomes, 1)), Report.millis(median(outcomes, 2)),
				Report.millis(median(outcomes, 3)) + " (" + Report.millis(longest) + ")",
				String.format(Locale.ROOT, "%.0f", errors), Integer.toString(snapshots));
	}

	private static double median(List<Outcome> outcomes, int figure) {
		double[] sorted = outcomes.stream().mapToDouble((outcome) -> outcome.figures[figure]).sorted().toArray();
		return sorted[sorted.length / 2];
	}

	/**
	 * Commits per second, p50, p99 and longest in milliseconds, errors.
	 */
	private record Outcome(double[] figures, int snapshots) {
	}

	/**
	 * Commits until its standard input ends, then tells how it went.
	 */
	static final class Writer {

		private static volatile boolean stopped;

		public static void main(String[] args) throws Exception {
			Thread stop = new Thread(() -> {
				try {
					System.in.transferTo(OutputStream.nullOutputStream());
				}
				catch (IOException ex) {
					// Then it ends as well.
				}
				stopped = true;
			});
			stop.setDaemon(true);
			stop.start();
			Samples samples = new Samples();
			int errors = 0;
			try (Connection connection = TestDatabase.open(Path.of(args[0]));
					Statement statement = connection.createStatement()) {
				for (int i = 0; i < 20; i++) {
					statement.execute("INSERT INTO audit VALUES (0)");
				}
				System.out.println("ready");
				long start = System.nanoTime();
				while (!stopped) {
					long before = System.nanoTime();
					try {
						statement.execute("INSERT INTO audit VALUES (" + before + ")");
					}
					catch (SQLException ex) {
						errors++;
					}
					samples.add(System.nanoTime() - before);
				}
				double seconds = (System.nanoTime() - start) / 1e9;
				System.out.printf(Locale.ROOT, "%f %f %f %f %d%n", samples.count() / seconds, samples.medianMillis(),
						samples.percentileMillis(99), samples.percentileMillis(100), errors);
			}
		}

	}

}
