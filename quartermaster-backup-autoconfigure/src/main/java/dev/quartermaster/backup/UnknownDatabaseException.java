/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * Exception thrown when the application has no SQLite database of the name that was asked
 * for.
 */
public final class UnknownDatabaseException extends BackupException {

	UnknownDatabaseException(String problem, String action) {
		super(problem, action, null);
	}

}
