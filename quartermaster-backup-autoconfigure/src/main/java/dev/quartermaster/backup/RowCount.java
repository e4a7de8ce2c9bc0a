/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * The number of rows in a table, as a manifest tells it and a drill compares it.
 */
final class RowCount {

	private RowCount() {
	}

	/**
	 * Count the rows of a table.
	 * @param statement a statement of a connection to the database
	 * @param table the name of the table
	 * @return the number, or empty if the table cannot be read: it is a virtual one whose
	 * module only the application has, or is damaged
	 */
	static Optional<Long> of(Statement statement, String table) {
		try (ResultSet result = statement.executeQuery("SELECT count(*) FROM " + SqlText.identifier(table))) {
			return result.next() ? Optional.of(result.getLong(1)) : Optional.empty();
		}
		catch (SQLException ex) {
			return Optional.empty();
		}
	}

}
