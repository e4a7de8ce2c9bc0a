/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;

import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;

/**
 * A database that a migration can change, as its rehearsal finds it.
 *
 * @param backups the service of the database
 * @param file the file of the database
 * @param guarded whether there is a snapshot, or was nothing to take one of
 * @param found the snapshot of what is there now, or {@code null} if there is none
 * @param before the snapshot to go back to, which is an older one if an earlier start did
 * not come to its end; {@code null} if there is none
 * @param changed whether it may have been changed since its snapshot was taken
 */
record RehearsalCandidate(SqliteBackupService backups, Path file, boolean guarded, @Nullable Snapshot found,
		@Nullable Snapshot before, boolean changed) {

	/**
	 * Return whether there is nothing in it that could be lost.
	 */
	boolean isNew() {
		return this.guarded && this.found == null && !this.changed;
	}

	/**
	 * Remove the note that the schema is being changed, if it is of this start: it is not
	 * yet. If the process is killed while it rehearses, the next start must not take an
	 * old state for the one from before a change.
	 */
	void suspendNote() {
		if (isNotedByThisStart()) {
			new UnfinishedChange(this.backups).end();
		}
	}

	/**
	 * Note that the schema is going to be changed.
	 */
	void resumeNote() {
		Snapshot snapshot = this.found;
		if (snapshot != null && isNotedByThisStart()) {
			new UnfinishedChange(this.backups).begin(snapshot);
		}
	}

	private boolean isNotedByThisStart() {
		return !this.changed && this.found != null && this.found.equals(this.before);
	}

}
