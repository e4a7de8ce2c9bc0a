/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.support.TestDatabase;

/**
 * How long it takes until a copy of a database is on disk, for this project and for what
 * else there is. Each round makes one copy each way, and begins with another.
 */
final class CopySpeed {

	/**
	 * The title of the table that the page of the costs shows.
	 */
	static final String FOR_THE_DOCS = "For docs/costs.md";

	private static final String UNCHECKED = "Quartermaster Backup, `verification: none`";

	private static final String CHECKED = "Quartermaster Backup, `verification: quick`";

	private static final String BACKUP_TO = "sqlite-jdbc `backup to`";

	private static final String DOT_BACKUP = "`sqlite3` `.backup`";

	private static final String DOT_BACKUP_CHECKED = "`sqlite3` `.backup`, then `PRAGMA quick_check`";

	private static final String VACUUM_INTO = "`sqlite3` `VACUUM INTO`";

	private static final String CONNECTION_BACKUP = "Python `Connection.backup`";

	private static final String DD = "`dd bs=1M conv=fsync`";

	private static final String PYTHON = """
			import sqlite3, sys
			source, target = sqlite3.connect(sys.argv[1]), sqlite3.connect(sys.argv[2])
			source.backup(target)
			target.close()
			""";

	private final Path work;

	private final Report report;

	private final List<Way> ways = new ArrayList<>();

	private final List<String> missing = new ArrayList<>();

	private final List<List<String>> rowsForTheDocs = new ArrayList<>();

	CopySpeed(Path work, Report report) throws InterruptedException {
		this.work = work;
		this.report = report;
		add(UNCHECKED, (source, target) -> Snapshots.take(source, target, VerificationMode.NONE));
		add(CHECKED, (source, target) -> Snapshots.take(source, target, VerificationMode.QUICK));
		add(BACKUP_TO, (source, target) -> {
			Files.createDirectory(target);
			TestDatabase.execute(source, "backup to '" + target.resolve("copy.db") + "'");
		});
		if (Scratch.has("sqlite3", "--version")) {
			add(DOT_BACKUP, shell((source, copy) -> Scratch.run("sqlite3", source, ".backup '" + copy + "'")));
			add(DOT_BACKUP_CHECKED, shell((source, copy) -> {
				Scratch.run("sqlite3", source, ".backup '" + copy + "'");
				Scratch.run("sqlite3", copy, "PRAGMA quick_check");
			}));
			add(VACUUM_INTO, shell((source, copy) -> Scratch.run("sqlite3", source, "VACUUM INTO '" + copy + "'")));
		}
		else {
			this.missing.add("`sqlite3`");
		}
		if (Scratch.has("python3", "-c", "import sqlite3")) {
			add(CONNECTION_BACKUP, shell((source, copy) -> Scratch.run("python3", "-c", PYTHON, source, copy)));
		}
		else {
			this.missing.add("`python3` with its module `sqlite3`");
		}
		add(DD, shell((source, copy) -> Scratch.run("dd", "if=" + source, "of=" + copy, "bs=1M", "conv=fsync")));
	}

	private void add(String name, Copy copy) {
		this.ways.add(new Way(name, copy, new Samples()));
	}

	private static Copy shell(Program program) {
		return (source, target) -> {
			Files.createDirectory(target);
			program.run(source.toString(), target.resolve("copy.db").toString());
		};
	}

	void run(List<Integer> sizes, int rounds) throws Exception {
		this.report.section("Copy speed", """
				Until the copy is on disk; source in the caches; %d rounds, interleaved. Programs are whole processes,
				the others run in one JVM. Ratios are of medians; where they contradict the best times, the machine was
				busy with other things. `VACUUM INTO` of older shells does not flush, and `dd` is no backup of a
				database in use.""".formatted(rounds) + notMeasured());
		for (int size : sizes) {
			Path source = BenchmarkDatabase.create(this.work.resolve("source.db"), size);
			run(Report.size(size) + ", rollback journal", source, rounds);
			Connection open = BenchmarkDatabase.keepInWriteAheadLog(source);
			try {
				run(Report.size(size) + ", WAL", source, rounds);
			}
			finally {
				open.close();
			}
			Scratch.delete(source);
		}
		this.report.table(FOR_THE_DOCS, Stream.concat(Stream.of(""), CostChart.COLUMNS.stream()).toList(),
				this.rowsForTheDocs);
		this.report.file("snapshot-costs.svg", new CostChart(this.rowsForTheDocs).svg());
	}

	private String notMeasured() {
		return this.missing.isEmpty() ? ""
				: "\n\nNot measured, since it is not installed: what needs " + String.join(" and ", this.missing) + ".";
	}

	private void run(String title, Path source, int rounds) throws Exception {
		List<Way> order = new ArrayList<>(this.ways);
		measure(source, order.get(0));
		this.ways.forEach((way) -> way.samples.clear());
		for (int round = 0; round < rounds; round++) {
			for (Way way : order) {
				way.samples.add(measure(source, way));
			}
			order.add(order.remove(0));
		}
		List<List<String>> rows = new ArrayList<>();
		for (Way way : this.ways) {
			double median = way.samples.medianMillis();
			rows.add(List.of(way.name, Report.millis(median), Report.millis(way.samples.percentileMillis(0)),
					Report.ratio(median / median(DOT_BACKUP)), Report.ratio(median / median(DOT_BACKUP_CHECKED)),
					Report.ratio(median / median(DD))));
		}
		this.report.table(title,
				List.of("", "median", "best", "of `.backup`", "of `.backup` + `quick_check`", "of `dd`"), rows);
		this.rowsForTheDocs.add(rowForTheDocs(title));
	}

	private List<String> rowForTheDocs(String title) {
		double unchecked = median(UNCHECKED);
		double checked = median(CHECKED);
		List<String> row = new ArrayList<>(List.of(title, Report.millis(unchecked)));
		for (String other : List.of(DOT_BACKUP, CONNECTION_BACKUP, VACUUM_INTO, BACKUP_TO, DD)) {
			row.add(Report.ratio(unchecked / median(other)));
		}
		row.add(Report.millis(checked));
		row.add(Report.ratio(checked / median(DOT_BACKUP_CHECKED)));
		return row;
	}

	private double median(String name) {
		return this.ways.stream()
			.filter((way) -> way.name.equals(name))
			.mapToDouble((way) -> way.samples.medianMillis())
			.findFirst()
			.orElse(Double.NaN);
	}

	private long measure(Path source, Way way) throws Exception {
		Path target = this.work.resolve("target");
		// What others left unwritten is not to be counted.
		Scratch.run("sync");
		long start = System.nanoTime();
		way.copy.make(source, target);
		long duration = System.nanoTime() - start;
		try {
			requireWhole(source, target);
		}
		finally {
			Scratch.delete(target);
		}
		return duration;
	}

	private static void requireWhole(Path source, Path target) throws IOException {
		try (var files = Files.list(target)) {
			long size = files.mapToLong((file) -> file.toFile().length()).sum();
			if (size < source.toFile().length() / 2) {
				throw new IOException("Copied only " + size + " bytes");
			}
		}
	}

	private record Way(String name, Copy copy, Samples samples) {
	}

	@FunctionalInterface
	private interface Copy {

		/**
		 * Make a copy in a directory that does not exist yet.
		 */
		void make(Path source, Path target) throws Exception;

	}

	@FunctionalInterface
	private interface Program {

		void run(String source, String copy) throws Exception;

	}

}
