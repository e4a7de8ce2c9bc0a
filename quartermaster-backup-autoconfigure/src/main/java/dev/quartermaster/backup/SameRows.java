/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what is in two snapshots, whatever their bytes. The same migrations that fail
 * in the same way leave the same rows each time, but for the columns in which Flyway and
 * Liquibase say when and for how long they ran.
 */
final class SameRows {

	private static final Logger logger = LoggerFactory.getLogger(SameRows.class);

	private static final Set<String> HISTORIES = Set.of("flyway_schema_history", "databasechangelog");

	private static final Set<String> TIMES = Set.of("installed_on", "execution_time", "dateexecuted", "deployment_id");

	private SameRows() {
	}

	/**
	 * Return whether two snapshots have the same schema and the same rows.
	 * @return {@code false} as well if it cannot be told
	 */
	static boolean isSame(Path one, Path other) {
		try (Connection connection = SqliteConnections.openImmutable(one);
				Statement statement = connection.createStatement()) {
			statement.execute("ATTACH " + SqlText.literal(SqliteConnections.immutableUri(other)) + " AS other");
			if (!isSame(statement, "sqlite_schema", exactly(List.of("type", "name", "tbl_name", "sql")))
					|| !version(statement, "main").equals(version(statement, "other"))) {
				return false;
			}
			for (String table : tables(statement)) {
				if (!isSame(statement, SqlText.identifier(table), columns(statement, table))) {
					return false;
				}
			}
			return true;
		}
		catch (SQLException ex) {
			logger.debug("Could not compare {} with {}", one, other, ex);
			return false;
		}
	}

	/**
	 * Compare how often there is each row, as it is stored: a collation or a conversion
	 * would take different rows for the same.
	 */
	private static boolean isSame(Statement statement, String table, String columns) throws SQLException {
		String mine = "SELECT " + columns + ", count(*) FROM main." + table + " GROUP BY " + columns;
		String others = "SELECT " + columns + ", count(*) FROM other." + table + " GROUP BY " + columns;
		return isEmpty(statement, mine + " EXCEPT " + others) && isEmpty(statement, others + " EXCEPT " + mine);
	}

	private static boolean isEmpty(Statement statement, String query) throws SQLException {
		try (ResultSet result = statement.executeQuery(query + " LIMIT 1")) {
			return !result.next();
		}
	}

	/**
	 * Type and number come out exactly with {@code quote}, text beyond a NUL and bytes
	 * with {@code hex}.
	 */
	private static String exactly(List<String> columns) {
		return String.join(", ",
				columns.stream()
					.map(SqlText::identifier)
					.map((column) -> "quote(" + column + "), hex(" + column + ")")
					.toList());
	}

	private static List<String> version(Statement statement, String schema) throws SQLException {
		List<String> version = strings(statement, "PRAGMA " + schema + ".user_version");
		version.addAll(strings(statement, "PRAGMA " + schema + ".application_id"));
		return version;
	}

	private static List<String> tables(Statement statement) throws SQLException {
		return strings(statement, "SELECT name FROM main.sqlite_schema WHERE type = 'table'");
	}

	private static String columns(Statement statement, String table) throws SQLException {
		List<String> columns = strings(statement, "SELECT name FROM pragma_table_info(" + SqlText.literal(table) + ")");
		if (HISTORIES.contains(table.toLowerCase(Locale.ROOT))) {
			columns.removeIf((column) -> TIMES.contains(column.toLowerCase(Locale.ROOT)));
		}
		return exactly(columns);
	}

	private static List<String> strings(Statement statement, String query) throws SQLException {
		List<String> strings = new ArrayList<>();
		try (ResultSet result = statement.executeQuery(query)) {
			while (result.next()) {
				strings.add(result.getString(1));
			}
		}
		return strings;
	}

}
