/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.migration.MigrationAudit;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;

/**
 * How long the audit of a migration takes, beside the copy and the check that came before
 * it. Half of the database are small rows that refer to large ones.
 */
final class AuditCost {

	private final Path work;

	private final Report report;

	AuditCost(Path work, Report report) {
		this.work = work;
		this.report = report;
	}

	void run(List<Integer> sizes, int rounds) throws Exception {
		this.report.section("Audit", """
				After a migration that changed one row, compared with the snapshot from before it; half of the bytes are
				in small rows that refer to others. %d rounds, each a snapshot and then an audit.""".formatted(rounds));
		List<List<String>> rows = new ArrayList<>();
		for (int size : sizes) {
			rows.add(measure(size, rounds));
		}
		this.report.table("Audit of a migration", List.of("", "copy and check", "audit", "audit of copy and check"),
				rows);
	}

	private List<String> measure(int size, int rounds) throws Exception {
		Path database = create(this.work.resolve("audited.db"), size);
		Samples copies = new Samples();
		Samples audits = new Samples();
		Path directory = this.work.resolve("target");
		for (int round = 0; round <= rounds; round++) {
			long start = System.nanoTime();
			Snapshots.take(database, directory, VerificationMode.QUICK);
			long copied = System.nanoTime() - start;
			BenchmarkDatabase.change(database);
			long audited = audit(database, snapshot(directory));
			if (round > 0) {
				copies.add(copied);
				audits.add(audited);
			}
			Scratch.delete(directory);
		}
		Scratch.delete(database);
		return List.of(Report.size(size), Report.millis(copies.medianMillis()), Report.millis(audits.medianMillis()),
				Report.ratio(audits.medianMillis() / copies.medianMillis()));
	}

	private static Path snapshot(Path directory) throws Exception {
		try (Stream<Path> files = Files.list(directory)) {
			return files.filter((file) -> file.toString().endsWith(".db")).findFirst().orElseThrow();
		}
	}

	private long audit(Path database, Path snapshot) {
		SqliteBackupService service = BackupServices.service(SqliteDatabase.of(database),
				BackupServices.settings(this.work, VerificationMode.QUICK));
		long start = System.nanoTime();
		MigrationComparison comparison = new MigrationAudit(List.of()).compare(service, snapshot);
		long duration = System.nanoTime() - start;
		if (comparison.hasLosses() || comparison.tablesAfter() != 2) {
			throw new IllegalStateException(comparison.toString());
		}
		return duration;
	}

	private static Path create(Path file, int megabytes) throws Exception {
		BenchmarkDatabase.create(file, Math.max(1, megabytes / 2));
		long rows = megabytes * 1024L * 1024 / 2 / 60;
		TestDatabase.execute(file, "PRAGMA synchronous = OFF",
				"CREATE TABLE reading (id INTEGER PRIMARY KEY, document_id INTEGER NOT NULL REFERENCES document (id),"
						+ " reader TEXT NOT NULL, at INTEGER NOT NULL)",
				"INSERT INTO reading (document_id, reader, at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
						+ " FROM n WHERE i < " + rows
						+ ") SELECT 1 + i % (SELECT max(id) FROM document), 'a reader with a name ' || i, i FROM n");
		return file;
	}

}
