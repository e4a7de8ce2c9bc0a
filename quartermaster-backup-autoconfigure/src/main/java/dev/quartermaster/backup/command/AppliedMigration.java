/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.quartermaster.backup.HistoryTables;
import dev.quartermaster.backup.SqlText;
import dev.quartermaster.backup.SqliteReader;
import org.jspecify.annotations.Nullable;

/**
 * A migration that Flyway or Liquibase recorded.
 *
 * @param tool the name of the tool
 * @param version its version for Flyway, its author for Liquibase, or {@code null} if it
 * has none
 * @param description what it is called
 * @param millis how many milliseconds it took, or {@code null} if that is not recorded
 * @param at when it was applied, as it is recorded
 * @param table the table in which it is recorded
 * @param rank its place there
 */
record AppliedMigration(String tool, @Nullable String version, String description, @Nullable Long millis,
		@Nullable String at, String table, long rank) {

	/**
	 * Return those that one file has and another one has not.
	 * @param after the one
	 * @param before the other one
	 */
	static List<AppliedMigration> added(Path after, Path before) {
		List<AppliedMigration> added = new ArrayList<>(SqliteReader.readSnapshot(after, AppliedMigration::all));
		added.removeAll(SqliteReader.readSnapshot(before, AppliedMigration::all));
		return added;
	}

	private static List<AppliedMigration> all(Statement statement) throws SQLException {
		List<AppliedMigration> all = new ArrayList<>();
		for (String table : HistoryTables.allOfFlyway(statement)) {
			try (ResultSet result = statement
				.executeQuery("SELECT version, description, execution_time, installed_on, installed_rank FROM "
						+ SqlText.identifier(table) + " ORDER BY installed_rank")) {
				while (result.next()) {
					all.add(new AppliedMigration("Flyway", result.getString(1), String.valueOf(result.getString(2)),
							result.getLong(3), result.getString(4), table, result.getLong(5)));
				}
			}
		}
		for (String table : HistoryTables.allOfLiquibase(statement)) {
			try (ResultSet result = statement.executeQuery("SELECT author, id, dateexecuted, orderexecuted FROM "
					+ SqlText.identifier(table) + " ORDER BY orderexecuted")) {
				while (result.next()) {
					all.add(new AppliedMigration("Liquibase", result.getString(1), String.valueOf(result.getString(2)),
							null, result.getString(3), table, result.getLong(4)));
				}
			}
		}
		return all;
	}

	/**
	 * Return it as cells of a table: what it is, and its time.
	 */
	List<String> cells() {
		String name = this.tool.equals("Flyway") ? ((this.version != null) ? this.version + " " : "") + this.description
				: this.description + ((this.version != null) ? " by " + this.version : "");
		return List.of(this.tool + " " + name, (this.millis != null) ? this.millis + " ms" : "-");
	}

	Map<String, @Nullable Object> data() {
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("tool", this.tool.toLowerCase(Locale.ROOT));
		data.put(this.tool.equals("Flyway") ? "version" : "author", this.version);
		data.put("description", this.description);
		data.put("millis", this.millis);
		return data;
	}

}
