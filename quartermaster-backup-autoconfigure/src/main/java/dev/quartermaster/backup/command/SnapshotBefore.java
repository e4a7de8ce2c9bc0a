/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.ChangeSets;
import dev.quartermaster.backup.ChangeSets.ChangeSet;
import dev.quartermaster.backup.SchemaHistory;
import dev.quartermaster.backup.SchemaVersion;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteReader;
import org.jspecify.annotations.Nullable;

/**
 * The newest snapshot from before a migration, as the snapshots themselves tell: from
 * before a version of Flyway's, or from before a change set of Liquibase's.
 */
final class SnapshotBefore {

	private final SqliteBackupService backups;

	private final List<Snapshot> snapshots;

	private final String migration;

	private SnapshotBefore(SqliteBackupService backups, String migration) {
		this.backups = backups;
		this.snapshots = backups.list().stream().filter(Snapshot::isCandidate).toList();
		this.migration = migration;
	}

	/**
	 * Find it.
	 * @param backups the service of the database
	 * @param migration the version, or the identifier of the change set, with or without
	 * {@code ::} and its author
	 * @throws UsageException if that is neither
	 * @throws BackupException if there is no such snapshot
	 */
	static Snapshot find(SqliteBackupService backups, String migration) {
		SnapshotBefore before = new SnapshotBefore(backups, migration);
		return before.isOfLiquibase() ? before.changeSet() : before.version();
	}

	private boolean isOfLiquibase() {
		return this.snapshots.stream()
			.flatMap((snapshot) -> read(snapshot, SchemaHistory::in).flatMap((history) -> history).stream())
			.findFirst()
			.filter((history) -> history.tool().equals(SchemaHistory.LIQUIBASE))
			.isPresent();
	}

	private Snapshot version() {
		SchemaVersion version = SchemaVersion.of(this.migration)
			.orElseThrow(() -> new UsageException("The version given with --before-version is not one of Flyway's,"
					+ " such as 42 or 2.1: " + Secrets.maskUrl(this.migration)));
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			return this.snapshots.stream()
				.filter((snapshot) -> manifests.of(snapshot)
					.map((manifest) -> isBefore(manifest.schema().version(), version))
					.orElse(true))
				.filter((snapshot) -> read(snapshot, SchemaHistory::in)
					.filter((history) -> isBefore(history.map(SchemaHistory::version).orElse(null), version))
					.isPresent())
				.findFirst()
				.orElseThrow(
						() -> SnapshotChoice.none(this.backups, "There is no snapshot from before version " + version));
		}
	}

	/**
	 * What has no version yet is from before all of them.
	 */
	private static boolean isBefore(@Nullable String there, SchemaVersion version) {
		return there == null || SchemaVersion.of(there).filter((found) -> found.compareTo(version) < 0).isPresent();
	}

	/**
	 * Change sets have no order that tells which of them are from before one that nobody
	 * knows: that may be mistyped.
	 */
	private Snapshot changeSet() {
		String name = Secrets.maskUrl(this.migration);
		Snapshot before = null;
		boolean known = read(() -> this.backups.read(ChangeSets::appliedIn)).filter(this::has).isPresent();
		for (Snapshot snapshot : this.snapshots) {
			Optional<List<ChangeSet>> applied = read(snapshot, ChangeSets::appliedIn);
			known |= applied.filter(this::has).isPresent();
			if (before == null && applied.filter((all) -> !has(all)).isPresent()) {
				before = snapshot;
			}
			if (known && before != null) {
				return before;
			}
		}
		throw SnapshotChoice.none(this.backups, known ? "There is no snapshot from before the change set " + name
				: "The change set " + name + " was not applied to the database, nor is it in any snapshot");
	}

	private boolean has(List<ChangeSet> applied) {
		return applied.stream().anyMatch((changeSet) -> changeSet.isCalled(this.migration));
	}

	/**
	 * Nobody can go back to what cannot be read.
	 */
	private static <T> Optional<T> read(Snapshot snapshot, SqliteReader.Query<T> query) {
		return read(() -> SqliteReader.readSnapshot(snapshot.file(), query));
	}

	private static <T> Optional<T> read(Supplier<T> reading) {
		try {
			return Optional.of(reading.get());
		}
		catch (BackupException ex) {
			return Optional.empty();
		}
	}

}
