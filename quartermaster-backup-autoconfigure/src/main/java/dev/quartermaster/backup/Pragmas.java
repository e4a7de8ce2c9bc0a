/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The pragmas with which a database tells of itself.
 *
 * @see <a href="https://www.sqlite.org/pragma.html">PRAGMA statements</a>
 */
final class Pragmas {

	private Pragmas() {
	}

	static boolean isWriteAheadLog(Statement statement) throws SQLException {
		try (ResultSet result = statement.executeQuery("PRAGMA journal_mode")) {
			return result.next() && "wal".equalsIgnoreCase(result.getString(1));
		}
	}

	/**
	 * Return the version of the schema, which each change of it raises.
	 */
	static int schemaVersion(Statement statement) throws SQLException {
		return (int) query(statement, "PRAGMA schema_version");
	}

	static int pageSize(Statement statement) throws SQLException {
		return (int) query(statement, "PRAGMA page_size");
	}

	/**
	 * Return how many pages there are, including those that are only in the WAL.
	 */
	static long pageCount(Statement statement) throws SQLException {
		return query(statement, "PRAGMA page_count");
	}

	static long freePages(Statement statement) throws SQLException {
		return query(statement, "PRAGMA freelist_count");
	}

	private static long query(Statement statement, String pragma) throws SQLException {
		try (ResultSet result = statement.executeQuery(pragma)) {
			return result.next() ? result.getLong(1) : 0;
		}
	}

}
