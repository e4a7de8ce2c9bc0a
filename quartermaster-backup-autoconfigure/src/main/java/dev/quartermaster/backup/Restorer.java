/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;

import org.jspecify.annotations.Nullable;

/**
 * Puts the content of a snapshot back into a live database.
 * <p>
 * A database that is one gets its content by way of SQLite's own locking and journal, in
 * a single transaction: connections that have it open, a {@code -wal} or a hot journal
 * can do no harm, and whoever is killed in the middle leaves the database as it was. Only
 * what is not a sound database is replaced as a file.
 */
final class Restorer {

	private final Path database;

	private final SqliteBackupService backups;

	private final Duration busyTimeout;

	Restorer(Path database, SqliteBackupService backups, Duration busyTimeout) {
		this.database = database;
		this.backups = backups;
		this.busyTimeout = busyTimeout;
	}

	RestoreResult restore(Path snapshot, LocalDateTime now, boolean evenIfOpen, OnlineCopy.Progress progress) {
		long start = System.nanoTime();
		requireSound(snapshot);
		if (!evenIfOpen && DatabaseUse.of(this.database) == DatabaseUse.OPEN) {
			throw new DatabaseInUseException("The database " + this.database + " is open in another process",
					"Stop the application first, or restore with --force:"
							+ " it then sees the restored data with its next query.",
					null);
		}
		Snapshot kept = null;
		boolean sound;
		try {
			BackupResult before = this.backups.backup(SqliteBackupService.PRE_RESTORE);
			if (before instanceof BackupResult.Created created) {
				kept = created.snapshot();
				sound = !(created.verification() instanceof Verification.Corrupt);
			}
			else {
				sound = this.database.toFile().exists();
			}
		}
		catch (NotADatabaseException ex) {
			sound = false;
		}
		Path setAside = null;
		if (sound) {
			OnlineCopy.into(snapshot, this.database, this.busyTimeout, progress);
		}
		else {
			setAside = replace(snapshot, now);
		}
		Verification verification = SnapshotVerifier.verifyLive(this.database, this.busyTimeout);
		if (verification instanceof Verification.Corrupt corrupt) {
			throw new BackupException(
					"The database " + this.database + " is damaged after the restore (" + corrupt.summary() + ")",
					"Check the disk. What was there before is kept"
							+ ((kept != null) ? " in " + kept.file() : (setAside != null) ? " in " + setAside : "")
							+ ".",
					null);
		}
		return new RestoreResult(this.database, snapshot, verification, kept, setAside,
				Duration.ofNanos(System.nanoTime() - start));
	}

	static void requireSound(Path snapshot) {
		if (!snapshot.toFile().isFile() || snapshot.toFile().length() == 0) {
			throw new UnsoundSnapshotException("There is no snapshot in " + snapshot,
					"List the snapshots that there are, and name one of them.", null);
		}
		if (snapshot.resolveSibling(snapshot.getFileName() + "-wal").toFile().length() > 0) {
			throw new UnsoundSnapshotException(
					"The file " + snapshot + " is not a snapshot but a live database: it has a -wal beside it",
					"Take a snapshot of it first, and restore that.", null);
		}
		Verification verification = SnapshotVerifier.verify(snapshot, VerificationMode.QUICK);
		if (verification instanceof Verification.Corrupt) {
			throw new UnsoundSnapshotException(
					"The snapshot " + snapshot + " is damaged and was not restored (" + verification.summary() + ")",
					"Restore another one. The database was not touched.", null);
		}
	}

	private @Nullable Path replace(Path snapshot, LocalDateTime now) {
		DatabaseFile file = new DatabaseFile(this.database);
		Path aside = SnapshotName.setAside(this.database, now);
		try {
			return file.replace(snapshot, aside) ? aside : null;
		}
		catch (IOException ex) {
			String problem = "The database " + this.database + " could not be replaced by " + snapshot + " ("
					+ FileFailures.describe(ex) + ")";
			String action = "What was there is still there, or in " + aside + ".";
			throw FileFailures.isNoRoom(ex) ? new NoRoomException(problem, action + " Free some space.", ex)
					: new BackupException(problem, action + " Check that this process may write to its directory.", ex);
		}
	}

}
