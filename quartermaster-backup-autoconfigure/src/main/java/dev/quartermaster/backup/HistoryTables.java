/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables in which Flyway and Liquibase keep which migrations a database has had. They
 * are recognised by their columns, since their names can be configured, and there may be
 * several: one for each module of an application, for example.
 */
public final class HistoryTables {

	private static final String FLYWAY_DEFAULT = "flyway_schema_history";

	private static final History FLYWAY = new History(
			Set.of("installed_rank", "checksum", "installed_on", "execution_time"),
			Set.of("installed_on", "execution_time"));

	private static final History LIQUIBASE = new History(Set.of("orderexecuted", "md5sum", "dateexecuted"),
			Set.of("dateexecuted", "deployment_id"));

	private static final History LIQUIBASE_LOCK = new History(Set.of("locked", "lockgranted", "lockedby"),
			Set.of("lockgranted"));

	private HistoryTables() {
	}

	/**
	 * Return which columns of a table are never the same twice, if it is such a table:
	 * those that say when and for how long migrations ran.
	 * @param columns the names of all its columns, in any case
	 * @return their names in lower case, or none if it is another table
	 */
	public static Set<String> timesIn(Collection<String> columns) {
		return of(columns).map(History::times).orElse(Set.of());
	}

	/**
	 * Return the tables of Flyway and Liquibase.
	 * @param statement a statement of a connection to the database
	 * @return their names
	 * @throws SQLException if the tables cannot be determined
	 */
	public static Set<String> in(Statement statement) throws SQLException {
		Set<String> histories = new HashSet<>();
		for (String table : tables(statement)) {
			if (of(columns(statement, table)).isPresent()) {
				histories.add(table);
			}
		}
		return histories;
	}

	/**
	 * Return the table of Flyway. If there are several, it is the one with Flyway's own
	 * name, or else the one that was made first: the others are of modules of the
	 * application.
	 * @param statement a statement of a connection to the database
	 * @return its name, or empty if there is none
	 * @throws SQLException if the tables cannot be determined
	 */
	public static Optional<String> ofFlyway(Statement statement) throws SQLException {
		List<String> found = allOfFlyway(statement);
		return found.stream().filter(FLYWAY_DEFAULT::equalsIgnoreCase).findFirst().or(() -> found.stream().findFirst());
	}

	/**
	 * Return the tables of Flyway alone.
	 * @param statement a statement of a connection to the database
	 * @return their names
	 * @throws SQLException if the tables cannot be determined
	 */
	public static List<String> allOfFlyway(Statement statement) throws SQLException {
		return all(statement, FLYWAY);
	}

	/**
	 * Return the tables in which Liquibase keeps what it applied.
	 * @param statement a statement of a connection to the database
	 * @return their names
	 * @throws SQLException if the tables cannot be determined
	 */
	public static List<String> allOfLiquibase(Statement statement) throws SQLException {
		return all(statement, LIQUIBASE);
	}

	private static List<String> all(Statement statement, History kind) throws SQLException {
		List<String> found = new ArrayList<>();
		for (String table : tables(statement)) {
			if (of(columns(statement, table)).filter(kind::equals).isPresent()) {
				found.add(table);
			}
		}
		return found;
	}

	private static Optional<History> of(Collection<String> columns) {
		Set<String> names = columns.stream().map((name) -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
		return Stream.of(FLYWAY, LIQUIBASE, LIQUIBASE_LOCK)
			.filter((history) -> names.containsAll(history.marks()))
			.findFirst();
	}

	/**
	 * Virtual tables are left out, for which the application may be needed.
	 */
	private static List<String> tables(Statement statement) throws SQLException {
		return strings(statement,
				"SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY rowid");
	}

	private static List<String> columns(Statement statement, String table) throws SQLException {
		return strings(statement, "SELECT name FROM pragma_table_info(" + SqlText.literal(table) + ")");
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
	 * A kind of such tables.
	 *
	 * @param marks the columns that tell one
	 * @param times those of its columns that are never the same twice
	 */
	private record History(Set<String> marks, Set<String> times) {

	}

}
