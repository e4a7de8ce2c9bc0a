/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.Optional;

/**
 * The last failure of the backups of a database, whichever process made them.
 */
public final class LastFailure {

	private LastFailure() {
	}

	/**
	 * Find the note that the last backup of a database failed.
	 * @param backups the service of the database
	 * @return the note, or empty if it did not fail as far as is known
	 */
	public static Optional<FailureNote> of(SqliteBackupService backups) {
		return FailureNote.find(backups.context(), backups.database());
	}

}
