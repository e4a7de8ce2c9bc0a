/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import dev.quartermaster.backup.BackupException;

/**
 * Exception thrown when there was no snapshot and so is to be no migration: the user
 * wants none without the other.
 */
public final class MigrationRefusedException extends BackupException {

	MigrationRefusedException(BackupException cause) {
		super("The database was not migrated, because no snapshot could be taken first. " + cause.getProblem(),
				cause.getAction() + " To migrate without a snapshot this once, set"
						+ " quartermaster.backup.migration.on-failure=continue.",
				cause);
	}

}
