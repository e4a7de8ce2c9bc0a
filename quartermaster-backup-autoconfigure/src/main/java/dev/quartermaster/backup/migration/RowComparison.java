/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.HistoryTables;
import dev.quartermaster.backup.SqliteReader;
import dev.quartermaster.backup.SqlText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A comparison of what is in two snapshots, whatever their bytes. The same migrations
 * that fail in the same way leave the same rows each time, but for the columns that say
 * when and for how long they ran, and those whose default is made up when a row is
 * written.
 * <p>
 * Virtual tables are not read, for which the application may be needed: what is in them
 * is in other tables, or not in the database.
 */
final class RowComparison {

	private static final Logger logger = LoggerFactory.getLogger(RowComparison.class);

	/**
	 * A default that is no constant: the time, or what a function gives.
	 */
	private static final Pattern MADE_UP = Pattern.compile("(?i)current_.*|[^'\"].*\\(.*", Pattern.DOTALL);

	private RowComparison() {
	}

	/**
	 * Compare the schemas and the rows of two snapshots.
	 */
	static Answer compare(Path one, Path other) {
		try {
			return SqliteReader.readSnapshot(one, (statement) -> compare(statement, one, other));
		}
		catch (BackupException ex) {
			logger.debug("Could not compare {} with {}", one, other, ex);
			return Answer.UNKNOWN;
		}
	}

	private static Answer compare(Statement statement, Path one, Path other) throws SQLException {
		SqliteReader.attach(statement, other, "other");
		if (!isSame(statement, "sqlite_schema", exactly(List.of("type", "name", "tbl_name", "sql")))
				|| !version(statement, "main").equals(version(statement, "other"))) {
			return Answer.DIFFERENT;
		}
		Answer answer = Answer.SAME;
		for (String table : tables(statement)) {
			try {
				if (!isSame(statement, SqlText.identifier(table) + " NOT INDEXED", columns(statement, table))) {
					return Answer.DIFFERENT;
				}
			}
			catch (SQLException ex) {
				logger.debug("Could not compare the table {} of {} and {}", table, one, other, ex);
				answer = Answer.UNKNOWN;
			}
		}
		return answer;
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
		return strings(statement, "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0");
	}

	private static String columns(Statement statement, String table) throws SQLException {
		// Not those that are computed from the others each time they are read.
		String columns = " FROM pragma_table_xinfo(" + SqlText.literal(table) + ") WHERE hidden IN (0, 3)";
		List<String> names = strings(statement, "SELECT name" + columns);
		List<String> defaults = strings(statement, "SELECT coalesce(dflt_value, '')" + columns);
		List<String> compared = new ArrayList<>();
		Set<String> times = HistoryTables.timesIn(names);
		for (int i = 0; i < names.size(); i++) {
			if (!times.contains(names.get(i).toLowerCase(Locale.ROOT)) && !MADE_UP.matcher(defaults.get(i)).matches()) {
				compared.add(names.get(i));
			}
		}
		// At least how many rows there are.
		return compared.isEmpty() ? "''" : exactly(compared);
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

	/**
	 * Whether two snapshots have the same schema and the same rows.
	 */
	enum Answer {

		SAME, DIFFERENT,

		/**
		 * All that could be compared is the same.
		 */
		UNKNOWN

	}

}
