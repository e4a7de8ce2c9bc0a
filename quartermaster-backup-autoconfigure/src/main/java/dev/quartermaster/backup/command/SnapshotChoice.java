/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.List;

import dev.quartermaster.backup.BackupException;
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

	private static BackupException none(SqliteBackupService backups, String what) {
		return new BackupException(what + " of " + backups.database() + " in " + backups.directory(),
				"Run the list command to see the snapshots, or specify another directory with --dir.", null);
	}

}
