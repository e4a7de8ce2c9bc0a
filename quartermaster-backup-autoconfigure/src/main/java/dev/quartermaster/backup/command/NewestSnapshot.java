/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.Optional;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.RestoreCommandLine;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;

/**
 * The newest snapshot of a database, to which somebody goes back who names none. It may
 * not be the one that they mean.
 */
final class NewestSnapshot {

	private final SqliteBackupService backups;

	private final Snapshot newest;

	/**
	 * Create a new instance.
	 * @param backups the service of the database
	 * @param newest the newest snapshot
	 */
	NewestSnapshot(SqliteBackupService backups, Snapshot newest) {
		this.backups = backups;
		this.newest = newest;
	}

	/**
	 * Return what somebody should know who goes back to it.
	 * @return in a sentence or two that it is of what a failed start left, or that the
	 * database already is so, and which older one differs, with the line that restores it
	 * @throws BackupException if the snapshots cannot be listed
	 */
	Optional<String> remarks() {
		String already = this.backups.isStill(this.newest)
				? "The database is already the same as " + this.newest.name() + ". " : "";
		Optional<Snapshot> before = this.backups.bookmark()
			.snapshot()
			.filter((snapshot) -> !snapshot.equals(this.newest));
		if (before.isPresent()) {
			return Optional.of(already + "An earlier start of the application began to change the schema and did not"
					+ " finish. The snapshot taken before that is " + before.get().name() + ". To restore it:"
					+ lineFor(before.get()));
		}
		return already.isEmpty() ? Optional.empty() : Optional.of(already + older());
	}

	private String older() {
		return this.backups.list()
			.stream()
			.filter((snapshot) -> snapshot.isCandidate() && !snapshot.hasSameContentAs(this.newest.file()))
			.findFirst()
			.map((older) -> "The newest snapshot that differs is " + older.name() + ". To restore it:" + lineFor(older))
			.orElse("There is no snapshot that differs.");
	}

	private String lineFor(Snapshot snapshot) {
		return RestoreCommandLine.below(snapshot.file(), this.backups.database(), this.backups.urlParameters());
	}

}
