/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.ManifestReading;
import dev.quartermaster.backup.RetentionPolicy;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.support.BackupServices;

/**
 * How long it takes to list snapshots, to take one and to remove one where there are as
 * many as years of starts leave.
 */
final class ManySnapshots {

	static final String TITLE = "Many snapshots";

	private static final int MEGABYTES = 1;

	private final Path work;

	private final Report report;

	ManySnapshots(Path work, Report report) {
		this.work = work;
		this.report = report;
	}

	void run(int most, int rounds) throws Exception {
		this.report.section(TITLE, """
				Of a database of %s, each a name of its own of one file, with manifests; in the caches. %d rounds, in
				each of which one row changes. To list is to read all manifests, as the command does; the retention
				removes one snapshot.""".formatted(Report.size(MEGABYTES), rounds));
		List<List<String>> rows = new ArrayList<>();
		for (int number : List.of(1, most)) {
			rows.add(measure(number, rounds));
		}
		this.report.table(TITLE, List.of("", "list", "backup", "backup and retention"), rows);
	}

	private List<String> measure(int number, int rounds) throws Exception {
		Path database = this.work.resolve("app.db");
		BenchmarkDatabase.create(database, MEGABYTES);
		Path directory = this.work.resolve("many");
		Snapshots.take(database, directory, VerificationMode.QUICK);
		fill(directory, service(database, directory, RetentionPolicy.NONE).list().get(0), number - 1);
		Samples lists = new Samples();
		Samples backups = new Samples();
		Samples retentions = new Samples();
		RetentionPolicy policy = RetentionPolicy.of(new RetentionPolicy.Limits(Math.max(number, 4), null, null, null));
		for (int round = 0; round <= rounds; round++) {
			long listed = time(
					() -> ManifestReading.summaries(service(database, directory, RetentionPolicy.NONE).list()));
			BenchmarkDatabase.change(database);
			long taken = time(() -> service(database, directory, RetentionPolicy.NONE).backup("benchmark"));
			BenchmarkDatabase.change(database);
			long retained = time(() -> service(database, directory, policy).backup("benchmark"));
			if (round > 0) {
				lists.add(listed);
				backups.add(taken);
				retentions.add(retained);
			}
		}
		Scratch.delete(directory);
		Scratch.delete(database);
		return List.of(String.format(Locale.ROOT, "%,d", number), Report.millis(lists.medianMillis()),
				Report.millis(backups.medianMillis()), Report.millis(retentions.medianMillis()));
	}

	private static void fill(Path directory, Snapshot model, int number) throws Exception {
		DateTimeFormatter stamp = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT);
		LocalDateTime newest = LocalDateTime.now(ZoneOffset.UTC).minusHours(1);
		for (int i = 0; i < number; i++) {
			Path file = directory.resolve("app-" + stamp.format(newest.minusMinutes(i)) + "-flyway.db");
			Files.createLink(file, model.file());
			Files.createLink(directory.resolve(file.getFileName() + ".json"),
					directory.resolve(model.file().getFileName() + ".json"));
		}
	}

	private static SqliteBackupService service(Path database, Path directory, RetentionPolicy policy) {
		BackupSettings settings = BackupServices.settings(directory, VerificationMode.QUICK).withRetention(policy);
		return BackupServices.service(SqliteDatabase.of(database), settings);
	}

	private static long time(Runnable work) {
		long start = System.nanoTime();
		work.run();
		return System.nanoTime() - start;
	}

}
