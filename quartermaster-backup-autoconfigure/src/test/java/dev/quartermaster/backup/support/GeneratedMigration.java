/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/**
 * A database with rows and a migration of it by Flyway, which is sound or has a fault.
 *
 * @param description what is migrated, and what is wrong with it
 * @param foreignKeys whether connections enforce foreign keys
 * @param before the statements that make the database
 * @param migration the statements of the migration
 * @param fault what is wrong, or {@code null} if nothing is
 */
public record GeneratedMigration(String description, boolean foreignKeys, List<String> before, List<String> migration,
		@Nullable Fault fault) {

	/**
	 * Begins every text that a sound migration keeps.
	 */
	static final String KEPT = "kept ";

	/**
	 * Make the database.
	 */
	public Path create(Path file) {
		try (Connection connection = TestDatabase.open(file); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			for (String sql : this.before) {
				statement.execute(sql);
			}
			connection.commit();
			return file;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Write the migration, as version 2, and return where it lies.
	 */
	public String write(Path directory) {
		try {
			Files.writeString(Files.createDirectories(directory).resolve("V2__generated.sql"), script());
			return "filesystem:" + directory;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the URL of a file, with the foreign keys as they are meant to be.
	 */
	public String url(Path file) {
		return "jdbc:sqlite:" + file + "?foreign_keys=" + this.foreignKeys;
	}

	/**
	 * Migrate as an application does, but without one.
	 */
	public void migrate(Path file, String location) {
		Flyway.configure()
			.dataSource(url(file), null, null)
			.locations(location)
			.baselineOnMigrate(true)
			.load()
			.migrate();
	}

	/**
	 * Return the migration as a script.
	 */
	public String script() {
		return String.join(";\n", this.migration) + ";\n";
	}

	@Override
	public String toString() {
		return this.description + ((this.fault != null) ? ", at fault: " + this.fault : ", sound") + ", foreign keys "
				+ (this.foreignKeys ? "on" : "off") + "\n" + String.join(";\n", this.before) + ";\n-- migration\n"
				+ script();
	}

	/**
	 * What is wrong with a migration.
	 */
	public enum Fault {

		/**
		 * It fails.
		 */
		FAILURE,

		/**
		 * It loses rows.
		 */
		ROWS,

		/**
		 * It makes values of a foreign key {@code NULL}.
		 */
		REFERENCES,

		/**
		 * It leaves rows that refer to others that do not exist.
		 */
		VIOLATIONS,

		/**
		 * It leaves a view or trigger that does not work.
		 */
		UNREADABLE

	}

	/**
	 * What a database holds, found out by looking at each value. It says whether a
	 * migration does what its generator means, in another way than an audit does.
	 *
	 * @param texts the texts that have to be kept, in order
	 * @param unset how many rows have no value, by table and column of a foreign key
	 * @param violations how many rows violate a foreign key
	 * @param broken the views and triggers that do not work
	 */
	public record Content(List<String> texts, Map<String, Integer> unset, int violations, List<String> broken) {

		/**
		 * Look at a file.
		 */
		public static Content of(Path file) {
			try (Connection connection = TestDatabase.open(file); Statement statement = connection.createStatement()) {
				List<String> texts = new ArrayList<>();
				Map<String, Integer> unset = new HashMap<>();
				for (String table : column(statement,
						"SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
								+ " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'flyway_%'")) {
					for (String column : column(statement, "SELECT name FROM pragma_table_info(" + text(table) + ")")) {
						texts.addAll(column(statement, "SELECT " + name(column) + " FROM " + name(table) + " WHERE "
								+ name(column) + " LIKE '" + KEPT + "%'"));
					}
					for (String column : column(statement,
							"SELECT \"from\" FROM pragma_foreign_key_list(" + text(table) + ")")) {
						unset
							.put(table + " " + column,
									column(statement,
											"SELECT 1 FROM " + name(table) + " WHERE " + name(column) + " IS NULL")
										.size());
					}
				}
				int violations = column(statement, "SELECT \"table\" FROM pragma_foreign_key_check").size();
				return new Content(texts.stream().sorted().toList(), unset, violations, broken(statement));
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private static List<String> broken(Statement statement) throws SQLException {
			List<String> broken = new ArrayList<>();
			for (String view : column(statement, "SELECT name FROM sqlite_schema WHERE type = 'view'")) {
				if (fails(statement, "SELECT * FROM " + name(view))) {
					broken.add(view);
				}
			}
			for (String table : column(statement, "SELECT DISTINCT tbl_name FROM sqlite_schema WHERE type = 'trigger'"
					+ " AND tbl_name IN (SELECT name FROM sqlite_schema WHERE type = 'table')")) {
				if (fails(statement, "EXPLAIN INSERT INTO " + name(table) + " DEFAULT VALUES")) {
					broken.add("trigger of " + table);
				}
			}
			return broken;
		}

		private static boolean fails(Statement statement, String sql) {
			try {
				statement.executeQuery(sql).close();
				return false;
			}
			catch (SQLException ex) {
				return true;
			}
		}

		private static List<String> column(Statement statement, String sql) throws SQLException {
			try (ResultSet result = statement.executeQuery(sql)) {
				List<String> values = new ArrayList<>();
				while (result.next()) {
					values.add(result.getString(1));
				}
				return values;
			}
		}

		/**
		 * Return what is wrong with this content, which was the other one before a
		 * migration.
		 */
		public List<Fault> faults(Content before) {
			List<Fault> faults = new ArrayList<>();
			List<String> missing = new ArrayList<>(before.texts);
			this.texts.forEach(missing::remove);
			if (!missing.isEmpty()) {
				faults.add(Fault.ROWS);
			}
			if (missing.isEmpty() && this.unset.entrySet()
				.stream()
				.anyMatch((entry) -> entry.getValue() > before.unset.getOrDefault(entry.getKey(), entry.getValue()))) {
				faults.add(Fault.REFERENCES);
			}
			if (this.violations > before.violations) {
				faults.add(Fault.VIOLATIONS);
			}
			if (!before.broken.containsAll(this.broken)) {
				faults.add(Fault.UNREADABLE);
			}
			return faults;
		}

	}

	/**
	 * Return a name as SQL writes it.
	 */
	static String name(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

	/**
	 * Return a text as SQL writes it.
	 */
	static String text(String text) {
		return "'" + text.replace("'", "''") + "'";
	}

}
