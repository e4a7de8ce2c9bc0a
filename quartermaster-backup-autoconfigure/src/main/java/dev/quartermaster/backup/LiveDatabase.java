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
 */
record LiveDatabase(Path file, FileAccess access) {

	/**
	 * Return a database that the application opens as SQLite does by default.
	 */
	static LiveDatabase of(Path file) {
		return new LiveDatabase(file, FileAccess.STANDARD);
	}

}
