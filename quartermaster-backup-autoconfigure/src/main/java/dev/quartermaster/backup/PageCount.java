/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.sqlite.SQLiteConnection;

/**
 * The number of pages that a database has by its own account. SQLite itself does not mind
 * when the last one is cut off, and reads zeros; nor does it when there is none, or one
 * byte, and gives an empty database.
 *
 * @param count how many there are
 * @param size the size of each in bytes
 */
record PageCount(long count, int size) {

	static PageCount of(SQLiteConnection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet result = statement
					.executeQuery("SELECT page_count, page_size FROM pragma_page_count(), pragma_page_size()")) {
			return result.next() ? new PageCount(result.getLong(1), result.getInt(2)) : new PageCount(0, 0);
		}
	}

	long bytes() {
		return this.count * this.size;
	}

}
