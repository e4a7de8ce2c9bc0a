/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The newest entry in the history that Flyway or Liquibase keeps in a database.
 *
 * @param version the highest version that Flyway applied and did not undo, or the last
 * change set of Liquibase
 * @param tool whose history it is, {@code flyway} or {@code liquibase}
 */
public record SchemaHistory(String version, String tool) {

	/**
	 * As the manifest says it.
	 */
	public static final String FLYWAY = "flyway";

	/**
	 * As the manifest says it.
	 */
	public static final String LIQUIBASE = "liquibase";

	/**
	 * Read it from a database.
	 * @param statement a statement of a connection to the database
	 * @return it, or empty if there is no history with a version
	 * @throws SQLException if it cannot be read
	 */
	public static Optional<SchemaHistory> in(Statement statement) throws SQLException {
		Optional<String> flyway = HistoryTables.ofFlyway(statement);
		if (flyway.isPresent()) {
			return ofFlyway(statement, SqlText.identifier(flyway.get()));
		}
		List<String> liquibase = HistoryTables.allOfLiquibase(statement);
		return liquibase.isEmpty() ? Optional.empty() : ofLiquibase(statement, SqlText.identifier(liquibase.get(0)));
	}

	/**
	 * Return the newest entries of all histories in a database, which tell one state of
	 * its schema from another. Modules of an application may have one each.
	 * @param statement a statement of a connection to the database
	 * @return the entries by their tables, in words, or empty if there are not several
	 * histories
	 * @throws SQLException if they cannot be read
	 */
	static Optional<String> allIn(Statement statement) throws SQLException {
		Map<String, String> all = new TreeMap<>();
		for (String table : HistoryTables.allOfFlyway(statement)) {
			all.put(table, version(ofFlyway(statement, SqlText.identifier(table))));
		}
		for (String table : HistoryTables.allOfLiquibase(statement)) {
			all.put(table, version(ofLiquibase(statement, SqlText.identifier(table))));
		}
		return (all.size() > 1) ? Optional.of(all.entrySet()
			.stream()
			.map((history) -> history.getKey() + ": " + history.getValue())
			.collect(Collectors.joining(", "))) : Optional.empty();
	}

	private static String version(Optional<SchemaHistory> history) {
		return history.map(SchemaHistory::version).orElse("none");
	}

	private static Optional<SchemaHistory> ofFlyway(Statement statement, String table) throws SQLException {
		Set<SchemaVersion> applied = new HashSet<>();
		try (ResultSet result = statement.executeQuery("SELECT version, type FROM " + table
				+ " WHERE success AND version IS NOT NULL ORDER BY installed_rank")) {
			while (result.next()) {
				String type = String.valueOf(result.getString(2));
				SchemaVersion.of(result.getString(1)).ifPresent((version) -> {
					applied.remove(version);
					if (!type.equals("DELETE") && !type.startsWith("UNDO")) {
						applied.add(version);
					}
				});
			}
		}
		return applied.stream()
			.max(SchemaVersion::compareTo)
			.map((version) -> new SchemaHistory(version.text(), FLYWAY));
	}

	private static Optional<SchemaHistory> ofLiquibase(Statement statement, String table) throws SQLException {
		try (ResultSet result = statement
			.executeQuery("SELECT id || '::' || author FROM " + table + " ORDER BY orderexecuted DESC LIMIT 1")) {
			return result.next() ? Optional.ofNullable(result.getString(1))
				.map((changeSet) -> new SchemaHistory(changeSet, LIQUIBASE)) : Optional.empty();
		}
	}

}
