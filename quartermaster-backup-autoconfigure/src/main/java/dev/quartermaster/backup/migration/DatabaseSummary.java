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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.HistoryTables;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteReader;
import dev.quartermaster.backup.SqlText;
import org.jspecify.annotations.Nullable;

/**
 * A summary of a database in numbers: enough to see what a restore would change.
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
		return SqliteReader.readSnapshot(snapshot, DatabaseSummary::of);
	}

	/**
	 * Summarise what is in a database now.
	 * @param backups the service of the database
	 * @return the summary
	 * @throws BackupException if it cannot be read
	 */
	public static DatabaseSummary ofCurrent(SqliteBackupService backups) {
		return backups.read(DatabaseSummary::of);
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
		return SqliteReader.readSnapshot(snapshot, (statement) -> migrations(statement, SqlText.identifier(table)));
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

	private static DatabaseSummary of(Statement statement) throws SQLException {
		SortedMap<String, OptionalLong> rows = new TreeMap<>();
		for (String table : SqliteReader.tables(statement)) {
			rows.put(table, count(statement, table));
		}
		return new DatabaseSummary(rows, migration(statement));
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

	static @Nullable String migration(Statement statement) {
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
