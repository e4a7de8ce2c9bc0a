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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * What is in a database, in numbers: enough to see what a restore would change.
 *
 * @param rows the number of rows of each table; empty for a table that cannot be read
 * here
 * @param migration the version that Flyway migrated it to, or {@code null}
 */
public record DatabaseSummary(SortedMap<String, OptionalLong> rows, @Nullable String migration) {

	/**
	 * Summarise a snapshot.
	 * @param snapshot the file of the snapshot
	 * @return the summary
	 * @throws BackupException if it cannot be read
	 */
	public static DatabaseSummary ofSnapshot(Path snapshot) {
		try (Connection connection = SqliteConnections.openImmutable(snapshot)) {
			return of(connection);
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, snapshot, Duration.ZERO);
		}
	}

	/**
	 * Summarise a database that others may use, and that exists.
	 */
	static DatabaseSummary ofLive(LiveDatabase database, Duration busyTimeout) {
		DatabaseProbe.requireDatabase(database);
		try (Connection connection = SqliteConnections.openLive(database, busyTimeout)) {
			connection.setAutoCommit(false);
			return of(connection);
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, database, busyTimeout);
		}
	}

	/**
	 * Return the migrations that Flyway applied to a snapshot, without looking at
	 * anything else in it.
	 * @param snapshot the file of the snapshot
	 * @param table the name of the table in which Flyway keeps them
	 * @return the versions, or empty if Flyway has no history in it
	 * @throws BackupException if it cannot be read
	 */
	public static Optional<List<String>> migrationsOf(Path snapshot, String table) {
		try (Connection connection = SqliteConnections.openImmutable(snapshot);
				Statement statement = connection.createStatement()) {
			return migrations(statement, SqlText.identifier(table));
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, snapshot, Duration.ZERO);
		}
	}

	private static Optional<List<String>> migrations(Statement statement, String table) {
		try (ResultSet result = statement.executeQuery("SELECT version FROM " + table
				+ " WHERE version IS NOT NULL AND type <> 'BASELINE' AND version NOT IN (SELECT version FROM " + table
				+ " WHERE version IS NOT NULL AND type = 'DELETE')")) {
			List<String> versions = new ArrayList<>();
			while (result.next()) {
				versions.add(result.getString(1));
			}
			return Optional.of(versions);
		}
		catch (SQLException ex) {
			// No history: not migrated by Flyway.
			return Optional.empty();
		}
	}

	private static DatabaseSummary of(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			SortedMap<String, OptionalLong> rows = new TreeMap<>();
			for (String table : TableNames.all(statement)) {
				rows.put(table, count(statement, table));
			}
			return new DatabaseSummary(rows, migration(statement));
		}
	}

	private static OptionalLong count(Statement statement, String table) {
		try (ResultSet result = statement.executeQuery("SELECT count(*) FROM " + SqlText.identifier(table))) {
			return result.next() ? OptionalLong.of(result.getLong(1)) : OptionalLong.empty();
		}
		catch (SQLException ex) {
			// A virtual table whose module only the application has, or a damaged one.
			return OptionalLong.empty();
		}
	}

	private static @Nullable String migration(Statement statement) {
		try {
			String table = HistoryTables.ofFlyway(statement).orElse(null);
			return (table != null) ? migration(statement, SqlText.identifier(table)) : null;
		}
		catch (SQLException ex) {
			// The history is damaged.
			return null;
		}
	}

	private static @Nullable String migration(Statement statement, String table) throws SQLException {
		try (ResultSet result = statement.executeQuery("SELECT version FROM " + table
				+ " WHERE success AND version IS NOT NULL ORDER BY installed_rank DESC LIMIT 1")) {
			return result.next() ? result.getString(1) : null;
		}
	}

}
