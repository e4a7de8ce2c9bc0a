/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.quartermaster.backup.CopyEntry;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.ReleaseMigrations;
import dev.quartermaster.backup.ManifestReading;
import dev.quartermaster.backup.SchemaFit;
import dev.quartermaster.backup.SchemaFits;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifest;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of an application with all that is known of them: what their manifests
 * tell, what came of the migrations after them, and whether the application can take
 * them.
 */
final class DescribedSnapshots {

	private static final Comparator<Found> NEWEST_FIRST = Comparator
		.comparing((Found found) -> found.snapshot().takenAt().toInstant())
		.thenComparing((found) -> found.snapshot().name())
		.reversed();

	private final SqliteBackupRegistry services;

	private final AuditedMigrations migrations;

	private final Supplier<Stream<ReleaseMigrations.Source>> sources;

	/**
	 * Create a new instance.
	 * @param services the services of the databases
	 * @param migrations the migrations that are known
	 * @param sources give the migrations that the application has
	 */
	DescribedSnapshots(SqliteBackupRegistry services, AuditedMigrations migrations,
			Supplier<Stream<ReleaseMigrations.Source>> sources) {
		this.services = services;
		this.migrations = migrations;
		this.sources = sources;
	}

	/**
	 * Return the snapshots of a database, or of all, newest first.
	 */
	List<DescribedSnapshot> of(@Nullable String database) {
		List<Found> all = new ArrayList<>();
		Map<String, SqliteBackupService> selected = this.services.select(database);
		selected.forEach((name, backups) -> {
			SchemaFits fits = fitsOf(backups);
			Map<String, List<CopyEntry>> copies = new CopyLedger(backups).read().copies();
			backups.list().forEach((snapshot) -> all.add(new Found(name, snapshot, fits, copies)));
		});
		if (selected.size() > 1) {
			all.sort(NEWEST_FIRST);
		}
		Map<Snapshot, SnapshotManifest> manifests = ManifestReading
			.summaries(all.stream().map(Found::snapshot).toList());
		return all.stream()
			.map((found) -> describe(found, Optional.ofNullable(manifests.get(found.snapshot()))))
			.toList();
	}

	/**
	 * Return the snapshots of a name, of which there may be one for each database.
	 */
	List<DescribedSnapshot> named(String name, @Nullable String database) {
		List<DescribedSnapshot> named = new ArrayList<>();
		this.services.select(database)
			.forEach((of, backups) -> backups.find(name)
				.map((snapshot) -> new Found(of, snapshot, fitsOf(backups), new CopyLedger(backups).read().copies()))
				.ifPresent((found) -> named.add(describe(found, SnapshotManifests.find(found.snapshot())))));
		return named;
	}

	private SchemaFits fitsOf(SqliteBackupService backups) {
		return new SchemaFits((tool) -> this.sources.get()
			.map((source) -> source.of(backups.database(), tool))
			.flatMap(Optional::stream)
			.findFirst());
	}

	private DescribedSnapshot describe(Found found, Optional<SnapshotManifest> manifest) {
		Snapshot snapshot = found.snapshot();
		return new DescribedSnapshot(found.database(), snapshot, manifest.orElse(null),
				manifest.flatMap((known) -> found.fits().of(snapshot.file(), known)).orElse(null),
				this.migrations.after(snapshot), copies(found));
	}

	private static List<String> copies(Found found) {
		return found.copies()
			.getOrDefault(found.snapshot().name().toString(), List.of())
			.stream()
			.map(CopyEntry::location)
			.toList();
	}

	/**
	 * A snapshot that was found.
	 *
	 * @param database the name of its database
	 * @param snapshot the snapshot
	 * @param fits tells which of that database the application can take
	 * @param copies the copies of all snapshots elsewhere
	 */
	private record Found(String database, Snapshot snapshot, SchemaFits fits, Map<String, List<CopyEntry>> copies) {
	}

	/**
	 * A snapshot with all that is known of it.
	 *
	 * @param database the name of its database
	 * @param snapshot the snapshot
	 * @param manifest its manifest, or {@code null}
	 * @param fit whether the application can take it, or {@code null} if that is not
	 * known
	 * @param migration what came of the migration after it, or {@code null}
	 * @param copies the locations of its copies elsewhere
	 */
	record DescribedSnapshot(String database, Snapshot snapshot, @Nullable SnapshotManifest manifest,
			@Nullable SchemaFit fit, @Nullable MigrationComparison migration, List<String> copies) {

		/**
		 * Return one of which nothing is known.
		 */
		static DescribedSnapshot of(String database, Snapshot snapshot) {
			return new DescribedSnapshot(database, snapshot, null, null, null, List.of());
		}

	}

}
