/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

/**
 * A database that others may be using: its file, and how the application opens and locks
 * that. A second connection that did so in another way would take a transaction of the
 * application that is under way for one that was killed, and undo it.
 *
 * @param file the absolute path of the file, which need not exist
 * @param access how the application opens and locks it
 * @param unused whether somebody who knows says that nobody uses it
 */
record LiveDatabase(Path file, FileAccess access, boolean unused) {

	LiveDatabase(Path file, FileAccess access) {
		this(file, access, false);
	}

	/**
	 * Return a database that the application opens as SQLite does by default.
	 */
	static LiveDatabase of(Path file) {
		return new LiveDatabase(file, FileAccess.STANDARD);
	}

	/**
	 * Return this database, of which somebody says that nobody uses it now.
	 */
	LiveDatabase whenUnused() {
		return new LiveDatabase(this.file, this.access, true);
	}

	/**
	 * Return whether a connection beside those of the application does no harm.
	 */
	boolean allowsSecondConnection() {
		return this.unused || this.access.locks();
	}

	/**
	 * Check that a connection beside those of the application does no harm.
	 * @throws BackupException if it may
	 */
	void requireSecondConnection() {
		if (!allowsSecondConnection()) {
			throw unlocked("Ask the running application for a snapshot with POST /actuator/dbbackup."
					+ " Or stop it, and specify the database with --url and without " + this.access.whyUnlocked()
					+ ".");
		}
	}

	/**
	 * Return the failure to open it without harm.
	 */
	BackupException unlocked(String action) {
		return new BackupException("The application opens the database " + this.file + " without locks ("
				+ this.access.whyUnlocked() + "), so a second connection could undo what it is writing", action, null);
	}

}
