/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;

import dev.quartermaster.backup.LastWrite;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;

/**
 * The note of a start that it is changing a schema. It is there for as long as it is
 * worth anything: if what could have changed the schema wrote nothing, a start that fails
 * later has left nothing unfinished.
 */
final class NoteOfStart {

	private final UnfinishedChange unfinished;

	private final Path database;

	private @Nullable Snapshot snapshot;

	private @Nullable LastWrite lastWrite;

	private boolean ofEarlierStart;

	private boolean removed;

	NoteOfStart(SqliteBackupService backups, Path database) {
		this.unfinished = new UnfinishedChange(backups);
		this.database = database;
	}

	/**
	 * Write it, unless an earlier start that did not come to its end left one.
	 * @param found the snapshot of the database as this start found it
	 * @return the snapshot from before the first of the changes
	 */
	Snapshot write(Snapshot found) {
		Snapshot before = this.unfinished.begin(found);
		this.snapshot = found;
		this.ofEarlierStart = !before.equals(found);
		this.lastWrite = LastWrite.of(this.database);
		return before;
	}

	/**
	 * Return whether the snapshot from before the first of the changes is that of an
	 * earlier start, which failed.
	 */
	boolean isOfEarlierStart() {
		return this.ofEarlierStart;
	}

	/**
	 * Write it again if it was removed: something else may change the schema now.
	 */
	void writeAgain() {
		Snapshot found = this.snapshot;
		if (this.removed && found != null) {
			this.removed = false;
			this.unfinished.begin(found);
			this.lastWrite = LastWrite.of(this.database);
		}
	}

	/**
	 * Remove it if nothing was written to the database since.
	 */
	void removeIfNothingWasWritten() {
		LastWrite earlier = this.lastWrite;
		if (earlier != null && !this.ofEarlierStart && LastWrite.of(this.database).isStill(earlier)) {
			this.unfinished.end();
			this.removed = true;
			this.lastWrite = null;
		}
	}

}
