/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import dev.quartermaster.backup.DataLoss;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.RehearsalCopy;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.TableRows;
import dev.quartermaster.backup.migration.MigrationAudit;
import org.jspecify.annotations.Nullable;

/**
 * A database in a rehearsal: what it was before, and the copy that the application works
 * on.
 */
final class RehearsedDatabase {

	private final Path database;

	private final @Nullable Path snapshot;

	private final @Nullable RehearsalCopy taken;

	private final RehearsalCopy copy;

	private RehearsedDatabase(Path database, @Nullable Path snapshot, @Nullable RehearsalCopy taken,
			RehearsalCopy copy) {
		this.database = database;
		this.snapshot = snapshot;
		this.taken = taken;
		this.copy = copy;
	}

	/**
	 * Copy a snapshot.
	 * @param begun is handed each copy before anything is in it
	 */
	static RehearsedDatabase ofSnapshot(SqliteBackupService backups, Path snapshot, Consumer<RehearsalCopy> begun) {
		return new RehearsedDatabase(backups.database(), snapshot, null,
				RehearsalCopy.ofSnapshot(backups, snapshot, begun));
	}

	/**
	 * Copy a database as it is now.
	 * @param begun is handed each copy before anything is in it
	 * @return it, or {@code null} if there is nothing in it
	 */
	static @Nullable RehearsedDatabase ofNow(SqliteBackupService backups, Consumer<RehearsalCopy> begun) {
		RehearsalCopy taken = RehearsalCopy.ofDatabase(backups, begun).orElse(null);
		if (taken == null) {
			return null;
		}
		try {
			return new RehearsedDatabase(backups.database(), null, taken,
					RehearsalCopy.ofSnapshot(backups, taken.file(), begun));
		}
		catch (Throwable ex) {
			taken.close();
			throw ex;
		}
	}

	Path copy() {
		return this.copy.file();
	}

	Path database() {
		return this.database;
	}

	/**
	 * Compare what the application made of the copy with what it was, when the
	 * application has ended.
	 * @throws dev.quartermaster.backup.BackupException if the copy cannot be read any
	 * more
	 */
	Result compare(MigrationAudit audit) {
		this.copy.settle();
		Path before = before();
		return new Result(this.database, this.snapshot, AppliedMigration.added(this.copy.file(), before),
				audit.compare(this.copy.file(), before));
	}

	private Path before() {
		if (this.snapshot != null) {
			return this.snapshot;
		}
		return (this.taken != null) ? this.taken.file() : this.copy.file();
	}

	/**
	 * What became of it.
	 *
	 * @param database the file of the database
	 * @param snapshot the snapshot that was rehearsed on, or {@code null} if it was the
	 * database as it was just now
	 * @param migrations what was applied
	 * @param comparison the comparison with before
	 */
	record Result(Path database, @Nullable Path snapshot, List<AppliedMigration> migrations,
			MigrationComparison comparison) {

		boolean isChanged() {
			return !this.migrations.isEmpty() || this.comparison.hasLosses()
					|| this.comparison.tables()
						.stream()
						.anyMatch((rows) -> !Objects.equals(rows.before(), rows.after()));
		}

		String text() {
			List<List<String>> rows = new ArrayList<>();
			if (!this.migrations.isEmpty()) {
				rows.add(List.of("MIGRATION", "TIME"));
				this.migrations.forEach((migration) -> rows.add(migration.cells()));
			}
			String applied = rows.isEmpty() ? "No migration was recorded." : Console.table(rows);
			List<List<String>> tables = new ArrayList<>();
			tables.add(List.of("TABLE", "ROWS BEFORE", "ROWS AFTER"));
			this.comparison.tables()
				.forEach((table) -> tables.add(List.of(table.table(), rows(table.before()), rows(table.after()))));
			tables.add(List.of("Schema version", version(this.comparison.versionBefore()),
					version(this.comparison.versionAfter())));
			StringBuilder text = new StringBuilder();
			text.append("Rehearsed on a copy of ").append((this.snapshot != null) ? this.snapshot : this.database);
			text.append(":").append(System.lineSeparator()).append(applied).append(System.lineSeparator());
			text.append(Console.table(tables));
			append(text, "Lost:", this.comparison.losses());
			append(text, "Lost as expected:", this.comparison.expected());
			return text.toString();
		}

		private static void append(StringBuilder text, String title, List<DataLoss> losses) {
			if (!losses.isEmpty()) {
				text.append(System.lineSeparator()).append(title);
				losses.forEach((loss) -> text.append(System.lineSeparator()).append("    ").append(loss));
			}
		}

		private static String rows(@Nullable Long number) {
			return (number != null) ? number.toString() : "-";
		}

		private static String version(@Nullable String version) {
			return (version != null) ? version : "-";
		}

		Map<String, @Nullable Object> data() {
			Map<String, @Nullable Object> data = new LinkedHashMap<>();
			data.put("database", this.database.toString());
			data.put("snapshot", (this.snapshot != null) ? this.snapshot.toString() : null);
			data.put("versionBefore", this.comparison.versionBefore());
			data.put("versionAfter", this.comparison.versionAfter());
			data.put("migrations", this.migrations.stream().map(AppliedMigration::data).toList());
			data.put("tables", this.comparison.tables().stream().map(Result::data).toList());
			data.put("losses", this.comparison.losses().stream().map(Result::data).toList());
			data.put("expectedLosses", this.comparison.expected().stream().map(Result::data).toList());
			return data;
		}

		private static Map<String, @Nullable Object> data(TableRows rows) {
			Map<String, @Nullable Object> data = new LinkedHashMap<>();
			data.put("table", rows.table());
			data.put("rowsBefore", rows.before());
			data.put("rowsAfter", rows.after());
			return data;
		}

		private static Map<String, Object> data(DataLoss loss) {
			return Map.of("kind", loss.kind().name().toLowerCase(Locale.ROOT), "name", loss.name(), "detail",
					loss.detail());
		}

	}

}
