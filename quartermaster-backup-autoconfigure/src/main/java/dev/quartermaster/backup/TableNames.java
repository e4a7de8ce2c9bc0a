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
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The tables of a database, by which two are known to have nothing to do with each other.
 * Those of migration tools do not count: every database may have them.
 */
final class TableNames {

	private TableNames() {
	}

	/**
	 * Return all tables but those of SQLite itself.
	 */
	static List<String> all(Statement statement) throws SQLException {
		List<String> tables = new ArrayList<>();
		try (ResultSet result = statement.executeQuery(
				"SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")) {
			while (result.next()) {
				tables.add(result.getString(1));
			}
		}
		return tables;
	}

	/**
	 * Return those tables that are not of a migration tool.
	 */
	static List<String> of(Statement statement) throws SQLException {
		List<String> tables = all(statement);
		tables.removeAll(HistoryTables.in(statement));
		return tables;
	}

	/**
	 * Return whether a file that nobody writes is a database with any tables.
	 */
	static boolean areIn(Path file) {
		try (Connection connection = SqliteConnections.openImmutable(file);
				Statement statement = connection.createStatement()) {
			return !all(statement).isEmpty();
		}
		catch (SQLException ex) {
			// It is no database, or none that SQLite can read.
			return false;
		}
	}

	/**
	 * Return the tables of a snapshot.
	 * @return the names, or none if they cannot be determined
	 */
	static List<String> ofSnapshot(Path snapshot) {
		try (Connection connection = SqliteConnections.openImmutable(snapshot);
				Statement statement = connection.createStatement()) {
			return of(statement);
		}
		catch (SQLException ex) {
			// Damaged, or gone: whoever restores it says so.
			return List.of();
		}
	}

	/**
	 * Return the tables of a database that others may use.
	 * @return the names, or none if there is no database or they cannot be determined
	 */
	static List<String> ofLive(LiveDatabase database, Duration busyTimeout) {
		if (!DatabaseProbe.mayBeOpened(database.file())) {
			return List.of();
		}
		try (Connection connection = SqliteConnections.openLive(database, busyTimeout);
				Statement statement = connection.createStatement()) {
			return of(statement);
		}
		catch (SQLException ex) {
			// Whoever restores over it finds out what is wrong with it.
			return List.of();
		}
	}

	/**
	 * Return whether both have tables and not one of them in common.
	 */
	static boolean areOfDifferentDatabases(List<String> one, List<String> other) {
		Set<String> tables = inLowerCase(one);
		Set<String> others = inLowerCase(other);
		return !tables.isEmpty() && !others.isEmpty() && Collections.disjoint(tables, others);
	}

	private static Set<String> inLowerCase(List<String> tables) {
		return tables.stream().map((table) -> table.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
	}

}
