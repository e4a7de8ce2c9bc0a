/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;

import dev.quartermaster.backup.LastWrite;
import dev.quartermaster.backup.PinnedSnapshots;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;

/**
 * The note of a start that it is changing a schema. It is there for as long as it is
 * worth anything: if what could have changed the schema wrote nothing, a start that fails
 * later has left nothing unfinished. A change of an application that has started has
 * none: the snapshot from before it is pinned instead.
 */
final class NoteOfStart {

	private final UnfinishedChange unfinished;

	private final Path database;

	private final boolean atStart;

	private @Nullable Snapshot snapshot;

	private @Nullable LastWrite lastWrite;

	private boolean ofEarlierStart;

	private boolean removed;

	/**
	 * Create a new instance.
	 * @param backups the service of the database
	 * @param database the file of the database
	 * @param atStart whether the application is starting
	 */
	NoteOfStart(SqliteBackupService backups, Path database, boolean atStart) {
		this.unfinished = new UnfinishedChange(backups);
		this.database = database;
		this.atStart = atStart;
	}

	/**
	 * Write it, unless an earlier start that did not come to its end left one.
	 * @param found the snapshot of the database as this start found it
	 * @return the snapshot from before the first of the changes
	 */
	Snapshot write(Snapshot found) {
		if (!this.atStart) {
			PinnedSnapshots.pin(this.database, found);
			return found;
		}
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
		if (!this.atStart) {
			PinnedSnapshots.release(this.database);
			return;
		}
		LastWrite earlier = this.lastWrite;
		if (earlier != null && !this.ofEarlierStart && LastWrite.of(this.database).isStill(earlier)) {
			this.unfinished.end();
			this.removed = true;
			this.lastWrite = null;
		}
	}

}
