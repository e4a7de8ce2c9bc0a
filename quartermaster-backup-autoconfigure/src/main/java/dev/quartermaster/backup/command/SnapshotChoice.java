/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.List;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.FileState;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;

/**
 * The choice of the snapshot that was meant.
 */
final class SnapshotChoice {

	static final String LATEST = "latest";

	private SnapshotChoice() {
	}

	static Snapshot latest(SqliteBackupService backups) {
		return newest(backups, backups.list().stream().filter((snapshot) -> !snapshot.live()).toList());
	}

	/**
	 * Return the newest snapshot that is one still, and not what an earlier restore put
	 * away: restoring the latest twice does not undo the first time.
	 */
	static Snapshot latestToRestore(SqliteBackupService backups) {
		return newest(backups, backups.list().stream().filter(Snapshot::isCandidate).toList());
	}

	private static Snapshot newest(SqliteBackupService backups, List<Snapshot> snapshots) {
		return snapshots.stream().findFirst().orElseThrow(() -> none(backups, "There is no snapshot"));
	}

	static Snapshot named(SqliteBackupService backups, String name) {
		return backups.find(name).orElseThrow(() -> none(backups, "There is no snapshot " + Secrets.maskUrl(name)));
	}

	/**
	 * Return the file that was meant: of the latest, of a snapshot of that name, or of
	 * whatever lies there.
	 */
	static Path file(SqliteBackupService backups, String which) {
		if (which.equals(LATEST)) {
			return latestToRestore(backups).file();
		}
		return backups.find(which).map(Snapshot::file).orElseGet(() -> fileOfNoName(backups, which));
	}

	private static Path fileOfNoName(SqliteBackupService backups, String which) {
		try {
			Path file = Path.of(which).toAbsolutePath().normalize();
			if (isThere(file)) {
				return file;
			}
		}
		catch (InvalidPathException ex) {
			// Then it is not the name of a file either.
		}
		return named(backups, which).file();
	}

	private static boolean isThere(Path file) {
		try {
			return !FileState.of(file).isMissing();
		}
		catch (IOException ex) {
			// Who is to use it says that it cannot be looked at.
			return true;
		}
	}

	/**
	 * Return the failure that what was meant is not there.
	 */
	static BackupException none(SqliteBackupService backups, String what) {
		return new BackupException(what + " of " + backups.database() + " in " + backups.directory(),
				"Run the list command to see the snapshots, or specify another directory with --dir.", null);
	}

}
