/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.List;

/**
 * Exception thrown when the application has no SQLite database of the name that was asked
 * for.
 */
public final class UnknownDatabaseException extends BackupException {

	private UnknownDatabaseException(String problem, String action) {
		super(problem, action, null);
	}

	/**
	 * Does not repeat the name, which may be anything that somebody sent.
	 * @param names the names of the databases that there are
	 */
	static UnknownDatabaseException noneOf(List<String> names) {
		return new UnknownDatabaseException(
				"The application has no SQLite database of that name; it has: " + String.join(", ", names),
				"Use one of these names, or leave out the name for all databases.");
	}

}
