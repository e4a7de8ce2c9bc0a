/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * Exception thrown when the file is there, but SQLite does not recognise it as a
 * database.
 */
public final class NotADatabaseException extends BackupException {

	NotADatabaseException(String problem, String action, @Nullable Throwable cause) {
		super(problem, action, cause);
	}

}
