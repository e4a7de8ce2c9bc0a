/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Programs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the benchmarks run and leave nothing out of their report, by a version of
 * them so short that its figures mean nothing. The start of the demo is left out: its jar
 * is not built yet.
 */
@Tag("process")
class BenchmarksTests {

	private static final List<String> OPTIONS = List.of("-Dbenchmark.only=speed,latency,memory,audit,many,inside",
			"-Dbenchmark.sizes=1", "-Dbenchmark.snapshots=150", "-Dbenchmark.rounds=1", "-Dbenchmark.seconds=1",
			// Another build may be at it on the same machine.
			"-Djmh.ignoreLock=true");

	private static final String[] WAYS = { "Quartermaster Backup, `verification: none`",
			"Quartermaster Backup, `verification: quick`", "sqlite-jdbc `backup to`", "`sqlite3` `.backup`",
			"`sqlite3` `.backup`, then `PRAGMA quick_check`", "`sqlite3` `VACUUM INTO`", "Python `Connection.backup`",
			"`dd bs=1M conv=fsync`" };

	private static final String TIME = "[\\d,]+(\\.\\d\\d)? ms";

	private static final String RATIO = "\\d+\\.\\d\\d";

	@TempDir
	private static Path directory;

	private static List<String> report;

	@BeforeAll
	static void runShortVersion() throws Exception {
		Programs.need("sqlite3", "--version");
		Programs.need("python3", "-c", "import sqlite3");
		Programs.need("dd", "--version");
		List<String> options = new ArrayList<>(OPTIONS);
		options.add("-Dbenchmark.directory=" + directory);
		Process process = JavaProcess.start(options, Benchmarks.class);
		String output = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as(output).isZero();
		report = Files.readAllLines(directory.resolve("results.md"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "1 MB, rollback journal", "1 MB, WAL" })
	void everyWayToCopyIsMeasured(String title) {
		Map<String, List<String>> rows = table(title);
		assertThat(rows).containsOnlyKeys(WAYS);
		assertThat(rows).allSatisfy((way, cells) -> assertThat(String.join(" | ", cells))
			.matches(String.join(" \\| ", TIME, TIME, RATIO, RATIO, RATIO)));
	}

	@Test
	void tableOfTheDocsHasARowForEachJournalMode() {
		Map<String, List<String>> rows = table(CopySpeed.FOR_THE_DOCS);
		assertThat(rows).containsOnlyKeys("1 MB, rollback journal", "1 MB, WAL");
		assertThat(rows).allSatisfy((title, cells) -> assertThat(String.join(" | ", cells))
			.matches(String.join(" \\| ", TIME, RATIO, RATIO, RATIO, RATIO, RATIO, TIME, RATIO)));
	}

	@Test
	void auditIsMeasuredBesideCopyAndCheck() {
		assertThat(table("Audit of a migration")).containsOnlyKeys("1 MB")
			.allSatisfy((title, cells) -> assertThat(String.join(" | ", cells))
				.matches(String.join(" \\| ", TIME, TIME, RATIO)));
	}

	@Test
	void manySnapshotsAreMeasuredBesideOne() {
		assertThat(table(ManySnapshots.TITLE)).containsOnlyKeys("1", "150")
			.allSatisfy((title, cells) -> assertThat(String.join(" | ", cells))
				.matches(String.join(" \\| ", TIME, TIME, TIME)));
	}

	@Test
	void docsShowThatTable() throws IOException {
		List<String> head = lines(CopySpeed.FOR_THE_DOCS).subList(0, 2);
		assertThat(Collections.indexOfSubList(Files.readAllLines(Path.of("..", "docs", "costs.md")), head))
			.as("line of docs/costs.md that is %s", head.get(0))
			.isNotNegative();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Rollback journal, 1 MB", "WAL, 1 MB" })
	void writersAreMeasuredWithAndWithoutSnapshots(String title) {
		assertThat(table(title)).containsOnlyKeys("no snapshot", "snapshots");
	}

	@Test
	void memoryIsMeasured() {
		assertThat(table("Peak resident memory of the process")).hasEntrySatisfying("1 MB",
				(cells) -> assertThat(cells).startsWith("completed"));
	}

	@Test
	void everyStageIsMeasured() {
		Map<String, List<String>> rows = table("Stages");
		assertThat(rows).containsOnlyKeys("1 MB, copy", "1 MB, verify", "1 MB, verifyAndInspect",
				"1 MB, compareWithNewest");
		assertThat(rows.values()).allSatisfy((cells) -> assertThat(cells).singleElement().asString().matches(TIME));
	}

	@Test
	void nothingIsLeftButTheReportAndItsChart() {
		assertThat(directory.toFile().list()).containsExactlyInAnyOrder("results.md", "snapshot-costs.svg");
	}

	/**
	 * Return the cells of a table by the first of their row, without the head.
	 */
	private static Map<String, List<String>> table(String title) {
		Map<String, List<String>> rows = new LinkedHashMap<>();
		for (String line : lines(title).stream().skip(2).toList()) {
			List<String> cells = Arrays.stream(line.split("\\|")).map(String::strip).toList();
			rows.put(cells.get(1), cells.subList(2, cells.size()));
		}
		return rows;
	}

	private static List<String> lines(String title) {
		return report.stream()
			.dropWhile((line) -> !line.equals("### " + title))
			.dropWhile((line) -> !line.startsWith("|"))
			.takeWhile((line) -> line.startsWith("|"))
			.toList();
	}

}
