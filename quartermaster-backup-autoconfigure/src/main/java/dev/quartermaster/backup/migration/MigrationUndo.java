/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.util.Optional;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.RestoreResult;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SnapshotVerifier;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The undo of a migration that failed: the database is put back as it was before. What
 * the migration left is kept, unless there is a snapshot with the same rows already: an
 * application that is started again and again does not fill the disk.
 */
final class MigrationUndo {

	private static final Logger logger = LoggerFactory.getLogger(MigrationUndo.class);

	private final SqliteBackupService backups;

	private final Snapshot before;

	/**
	 * Create a new instance.
	 * @param backups the service of the database
	 * @param before the snapshot from before the migration
	 */
	MigrationUndo(SqliteBackupService backups, Snapshot before) {
		this.backups = backups;
		this.before = before;
	}

	/**
	 * Return whether there is anything to undo.
	 * @param database the file of the database
	 * @return {@code true} as well if that cannot be determined
	 */
	boolean mayBeNeeded(Path database) {
		try {
			return !this.backups.isStill(this.before);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("It could not be determined whether {} has changed", database, ex);
			return true;
		}
	}

	/**
	 * Undo the migration, and say what came of it. What made the migration fail is what
	 * has to be seen, so that it does not matter to the caller if this fails as well.
	 * @param database the file of the database
	 * @return what was kept and put back, or {@code null} if it failed
	 */
	@Nullable UndoneMigration undoOrSay(Path database) {
		try {
			UndoneMigration undone = undo();
			log(database, undone);
			return undone;
		}
		catch (BackupException ex) {
			logger.warn("The migration of {} failed, and restoring the snapshot taken before it FAILED as well. {}",
					database, ex.getMessage());
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("The migration of {} failed, and the snapshot taken before it could NOT be restored."
					+ " This is a bug in Quartermaster Backup. Please report it.", database, ex);
		}
		return null;
	}

	private static void log(Path database, UndoneMigration undone) {
		Snapshot failed = undone.failed();
		if (!undone.restored()) {
			logger.warn("The migration of {} failed, but left the database unchanged", database);
		}
		else {
			logger.warn("The migration of {} failed. The snapshot taken before it was restored: {}.{}", database,
					undone.before().file(),
					(failed != null) ? " The state that the migration left is kept in " + failed.file() + "." : "");
		}
	}

	/**
	 * Undo the migration.
	 * @return what was kept and put back
	 * @throws BackupException if it fails; the database is then what the migration left,
	 * unless the message says otherwise
	 */
	UndoneMigration undo() {
		Optional<RestoreResult> result = this.backups.goBackTo(this.before, SnapshotReason.FAILED_MIGRATION,
				this::alreadyKept);
		return new UndoneMigration(this.before, result.isPresent(), result.map(RestoreResult::kept).orElse(null));
	}

	/**
	 * Return the snapshot of what an earlier failure of the migration left, if that is
	 * the same. If it cannot be determined, it is taken to be the one that was kept since
	 * the snapshot from before.
	 */
	private Optional<Snapshot> alreadyKept(Iterable<Snapshot> snapshots, Path copy) {
		Optional<Snapshot> perhaps = Optional.empty();
		boolean since = true;
		for (Snapshot snapshot : snapshots) {
			since &= !snapshot.equals(this.before);
			if (!snapshot.live() && snapshot.name().reason().isNumberOf(SnapshotReason.FAILED_MIGRATION)) {
				RowComparison.Answer answer = RowComparison.compare(copy, snapshot.file());
				if (answer == RowComparison.Answer.SAME) {
					return Optional.of(snapshot);
				}
				if (answer == RowComparison.Answer.UNKNOWN && since && perhaps.isEmpty()
						&& SnapshotVerifier.isUsable(snapshot)) {
					perhaps = Optional.of(snapshot);
				}
			}
		}
		return perhaps;
	}

}
