/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.FileState;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.migration.DatabaseSummary;
import org.jspecify.annotations.Nullable;

/**
 * The preview of a restore: how many rows each table has now, and would have then.
 */
final class RestorePreview {

	private RestorePreview() {
	}

	/**
	 * Print it.
	 */
	static void print(SqliteBackupService backups, Path snapshot, Console console) {
		Path database = backups.database();
		DatabaseSummary then = DatabaseSummary.ofSnapshot(snapshot);
		DatabaseSummary now = null;
		try {
			now = (!FileState.ofDatabase(database).isEmpty()) ? DatabaseSummary.ofCurrent(backups) : null;
		}
		catch (BackupException ex) {
			console.note(ex.getProblem() + ".");
		}
		List<List<String>> rows = new ArrayList<>();
		List<Map<String, @Nullable Object>> tables = new ArrayList<>();
		rows.add(List.of("TABLE", "ROWS NOW", "ROWS THEN"));
		SortedSet<String> names = new TreeSet<>(then.rows().keySet());
		if (now != null) {
			names.addAll(now.rows().keySet());
		}
		for (String name : names) {
			Rows before = Rows.of(now, name);
			Rows after = Rows.of(then, name);
			rows.add(List.of(name, before.text(), after.text()));
			Map<String, @Nullable Object> table = new LinkedHashMap<>();
			table.put("table", name);
			table.put("rowsNow", before.number());
			table.put("rowsThen", after.number());
			tables.add(table);
		}
		String migrationNow = (now != null) ? now.migration() : null;
		rows.add(List.of("Flyway version", text(migrationNow), text(then.migration())));
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("database", database.toString());
		data.put("result", "dry-run");
		data.put("snapshot", snapshot.toString());
		data.put("tables", tables);
		data.put("flywayVersionNow", migrationNow);
		data.put("flywayVersionThen", then.migration());
		console.result("Would restore " + database + " from " + snapshot + ":" + System.lineSeparator()
				+ Console.table(rows) + System.lineSeparator() + "Nothing was changed.", data);
	}

	private static String text(@Nullable String version) {
		return (version != null) ? version : "-";
	}

	/**
	 * The number of rows of a table that may be missing or unreadable.
	 */
	private record Rows(String text, @Nullable Long number) {

		static Rows of(@Nullable DatabaseSummary summary, String table) {
			OptionalLong rows = (summary != null) ? summary.rows().get(table) : null;
			if (rows == null) {
				return new Rows("-", null);
			}
			return rows.isPresent() ? new Rows(Long.toString(rows.getAsLong()), rows.getAsLong()) : new Rows("?", null);
		}

	}

}
