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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;
import org.sqlite.SQLiteOpenMode;

/**
 * The model for a connection to copies of the files that another connection has open, as
 * it was made by the application: with the same URL parameters, driver properties and
 * settings, and the same databases attached.
 *
 * @param url the URL that the driver was given
 * @param config the properties that the driver was given, and what the URL says of them
 * @param files the files that it has open, by the names of their schemas, or {@code null}
 * for one without a file
 * @param settings the settings of the connection that may change what a statement does
 * @param autoCommit whether each statement is a transaction of its own
 * @param own the functions and collations that it knows
 */
record ConnectionModel(String url, SQLiteConfig config, Map<String, @Nullable Path> files, Map<String, String> settings,
		boolean autoCommit, Set<String> own) {

	private static final String MAIN = "main";

	private static final List<String> SETTINGS = List.of("foreign_keys", "recursive_triggers", "legacy_alter_table",
			"ignore_check_constraints", "trusted_schema", "writable_schema", "reverse_unordered_selects",
			"cell_size_check", "temp_store", "busy_timeout");

	/**
	 * Look at a connection.
	 * @param connection the connection, which stays open, and as it is
	 */
	static ConnectionModel of(Connection connection) throws SQLException {
		SQLiteConnection sqlite = connection.unwrap(SQLiteConnection.class);
		SQLiteConfig config = new SQLiteConfig(sqlite.getDatabase().getConfig().toProperties());
		// What is to be opened exists.
		config.resetOpenMode(SQLiteOpenMode.CREATE);
		try (Statement statement = connection.createStatement()) {
			return new ConnectionModel(sqlite.getDatabase().getUrl(), config, files(statement), settings(statement),
					connection.getAutoCommit(), own(statement));
		}
	}

	private static Map<String, @Nullable Path> files(Statement statement) throws SQLException {
		Map<String, @Nullable Path> files = new LinkedHashMap<>();
		try (ResultSet databases = statement.executeQuery("PRAGMA database_list")) {
			while (databases.next()) {
				String schema = databases.getString("name");
				@Nullable String file = databases.getString("file");
				if (!"temp".equals(schema)) {
					files.put(schema, (file != null && !file.isEmpty()) ? FileNames.path(file) : null);
				}
			}
		}
		return files;
	}

	private static Map<String, String> settings(Statement statement) throws SQLException {
		Map<String, String> settings = new LinkedHashMap<>();
		for (String name : SETTINGS) {
			try (ResultSet value = statement.executeQuery("PRAGMA " + name)) {
				if (value.next()) {
					settings.put(name, value.getString(1));
				}
			}
		}
		return settings;
	}

	private static Set<String> own(Statement statement) throws SQLException {
		Set<String> own = new TreeSet<>();
		try (ResultSet names = statement
			.executeQuery("SELECT 'function ' || name || '/' || narg FROM pragma_function_list WHERE NOT builtin"
					+ " UNION SELECT 'collation ' || name FROM pragma_collation_list")) {
			while (names.next()) {
				own.add(names.getString(1));
			}
		}
		return own;
	}

	/**
	 * Open a connection of that kind. It can attach no further file, since that would be
	 * no copy.
	 * @param copies gives the copy of a file
	 * @param statements what each new connection of the pool begins with
	 * @return the connection, to be closed
	 * @throws SQLException if it cannot be opened
	 * @throws BackupException if it would not be of that kind
	 */
	SQLiteConnection open(UnaryOperator<Path> copies, List<String> statements) throws SQLException {
		Path file = this.files.get(MAIN);
		if (file == null) {
			throw UnsupportedDatabaseException.inMemory();
		}
		Path copy = copies.apply(file);
		SQLiteConnection connection = JDBC.createConnection(SqliteUrl.withFile(this.url, copy),
				this.config.toProperties());
		try (Statement statement = connection.createStatement()) {
			for (Map.Entry<String, @Nullable Path> attached : this.files.entrySet()) {
				if (!attached.getKey().equals(MAIN)) {
					@Nullable Path other = attached.getValue();
					String name = (other != null) ? copies.apply(other).toString() : ":memory:";
					statement
						.execute("ATTACH " + SqlText.literal(name) + " AS " + SqlText.identifier(attached.getKey()));
				}
			}
			for (String sql : statements) {
				if (!AttachedDatabases.isIn(sql)) {
					statement.execute(sql);
				}
			}
			for (Map.Entry<String, String> setting : this.settings.entrySet()) {
				statement.execute("PRAGMA " + setting.getKey() + " = " + setting.getValue());
			}
			// Nobody needs the copy after a power cut.
			statement.execute("PRAGMA synchronous = OFF");
			connection.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, this.files.size() - 1);
			connection.setAutoCommit(this.autoCommit);
			requireSame(statement, copy);
			return connection;
		}
		catch (Throwable ex) {
			try (connection) {
				throw ex;
			}
		}
	}

	private void requireSame(Statement statement, Path copy) throws SQLException {
		Path opened = files(statement).get(MAIN);
		if (opened == null || !RealPath.of(opened).equals(RealPath.of(copy))) {
			throw new BackupException("The URL of the database could not be changed to that of a copy",
					"Rehearse this migration with the rehearse command instead.", null);
		}
		Set<String> missing = new TreeSet<>(this.own);
		missing.removeAll(own(statement));
		if (!missing.isEmpty()) {
			throw new BackupException(
					"The connections of the application know what a connection to a copy does not: "
							+ String.join(", ", missing),
					"Rehearse this migration with the rehearse command instead, which starts the application itself.",
					null);
		}
	}

}
