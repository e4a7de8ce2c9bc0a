/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * Exception thrown when there is no SQLite file behind the connection: it is another
 * database, or one in memory.
 */
public final class UnsupportedDatabaseException extends BackupException {

	UnsupportedDatabaseException(String problem, String action, @Nullable Throwable cause) {
		super(problem, action, cause);
	}

	static UnsupportedDatabaseException inMemory() {
		return new UnsupportedDatabaseException("The SQLite database is in memory, not in a file",
				"To keep its data, configure a file, such as jdbc:sqlite:app.db.", null);
	}

}
