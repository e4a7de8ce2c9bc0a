/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * The journal mode of a database, as far as it matters to whoever writes its file.
 *
 * @see <a href="https://www.sqlite.org/pragma.html#pragma_journal_mode">journal_mode</a>
 */
enum JournalMode {

	/**
	 * The database has a write-ahead log.
	 */
	WRITE_AHEAD_LOG,

	/**
	 * The database has a rollback journal of any kind.
	 */
	ROLLBACK_JOURNAL,

	/**
	 * Nothing tells which one it has.
	 */
	UNKNOWN;

	static JournalMode of(boolean writeAheadLog) {
		return writeAheadLog ? WRITE_AHEAD_LOG : ROLLBACK_JOURNAL;
	}

}
