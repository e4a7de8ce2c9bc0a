/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * A reader of snapshots, which changes nothing.
 */
public final class SqliteReader {

	private SqliteReader() {
	}

	/**
	 * Read a snapshot.
	 * @param snapshot the file of the snapshot
	 * @param query what to read
	 * @param <T> what comes of it
	 * @return what was read
	 * @throws BackupException if it cannot be read
	 */
	public static <T extends @Nullable Object> T readSnapshot(Path snapshot, Query<T> query) {
		try (SQLiteConnection connection = SqliteConnections.openImmutable(snapshot);
				Statement statement = connection.createStatement()) {
			return query.run(statement);
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, snapshot, Duration.ZERO);
		}
	}

	/**
	 * Return the tables of what is read, without those of SQLite itself.
	 * @param statement reads it
	 * @return the names
	 * @throws SQLException if they cannot be determined
	 */
	public static List<String> tables(Statement statement) throws SQLException {
		return TableNames.all(statement);
	}

	/**
	 * Count the rows of what is read, without the tables of SQLite itself.
	 * @param statement reads it
	 * @return the number of rows of each table; what cannot be read, such as a virtual
	 * table whose module only the application has, has none
	 * @throws SQLException if the tables cannot be determined
	 */
	public static Map<String, Long> countRows(Statement statement) throws SQLException {
		Map<String, Long> rows = new TreeMap<>();
		for (String table : tables(statement)) {
			RowCount.of(statement, table).ifPresent((number) -> rows.put(table, number));
		}
		return rows;
	}

	/**
	 * Attach a snapshot to what is read, to compare the two.
	 * @param statement reads the other one
	 * @param snapshot the file of the snapshot
	 * @param schema the name that it gets
	 * @throws SQLException if it cannot be opened
	 */
	public static void attach(Statement statement, Path snapshot, String schema) throws SQLException {
		statement.execute("ATTACH " + SqlText.literal(SqliteConnections.immutableUri(snapshot)) + " AS "
				+ SqlText.identifier(schema));
	}

	/**
	 * Detach a snapshot again.
	 * @param statement the statement that was given to attach it
	 * @param schema the name that it got
	 * @throws SQLException if it is in use
	 */
	public static void detach(Statement statement, String schema) throws SQLException {
		statement.execute("DETACH " + SqlText.identifier(schema));
	}

	/**
	 * What is to be read.
	 *
	 * @param <T> what comes of it
	 */
	@FunctionalInterface
	public interface Query<T extends @Nullable Object> {

		/**
		 * Read it.
		 * @param statement reads the database
		 * @return what was read
		 * @throws SQLException if it cannot be read
		 */
		T run(Statement statement) throws SQLException;

	}

}
