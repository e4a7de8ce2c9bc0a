/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.OptionalLong;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.DatabaseBusyException;
import dev.quartermaster.backup.NotADatabaseException;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import dev.quartermaster.backup.VerificationMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DatabaseSummary}.
 */
class DatabaseSummaryTests {

	@TempDir
	private Path temp;

	@Test
	void countsRowsOfEachTableOfApplication() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		TestDatabase.execute(database, "CREATE TABLE \"a \"\"quoted\"\" one\" (id INTEGER PRIMARY KEY AUTOINCREMENT)",
				"CREATE TABLE sqliteish (id INTEGER)", "CREATE VIEW everything AS SELECT * FROM item");
		DatabaseSummary summary = DatabaseSummary.ofSnapshot(database);
		assertThat(summary.rows()).containsOnlyKeys("a \"quoted\" one", "item", "sqliteish")
			.containsEntry("item", OptionalLong.of(3))
			.containsEntry("a \"quoted\" one", OptionalLong.of(0));
		assertThat(summary.migration()).isNull();
		assertThat(DatabaseSummary.ofCurrent(BackupServices.service(database))).isEqualTo(summary);
	}

	@Test
	void doesNotCountTableThatOnlyApplicationCanRead() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		TestDatabase.execute(database, "PRAGMA writable_schema = ON", "INSERT INTO sqlite_schema"
				+ " VALUES ('table', 'own', 'own', 0, 'CREATE VIRTUAL TABLE own USING module_of_application()')");
		assertThat(DatabaseSummary.ofSnapshot(database).rows()).containsEntry("own", OptionalLong.empty())
			.containsEntry("item", OptionalLong.of(3));
	}

	@ParameterizedTest
	@ValueSource(strings = { "flyway_schema_history", "history" })
	void givesLastVersionThatFlywayMigratedTo(String table) {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		TestDatabase.execute(database,
				"CREATE TABLE " + table + " (installed_rank INT, version TEXT, checksum INT, installed_on TEXT,"
						+ " execution_time INT, success BOOLEAN)",
				"INSERT INTO " + table + " (installed_rank, version, success)"
						+ " VALUES (1, '1', 1), (2, '10', 1), (3, NULL, 1), (4, '11', 0)");
		assertThat(DatabaseSummary.ofSnapshot(database).migration()).isEqualTo("10");
		TestDatabase.execute(database, "DELETE FROM " + table);
		assertThat(DatabaseSummary.ofSnapshot(database).migration()).isNull();
	}

	@Test
	void saysWhatCannotBeRead() throws Exception {
		Path file = Files.writeString(this.temp.resolve("app.db"), "Dear diary, ".repeat(1000));
		assertThatExceptionOfType(NotADatabaseException.class).isThrownBy(() -> DatabaseSummary.ofSnapshot(file));
		assertThatExceptionOfType(NotADatabaseException.class)
			.isThrownBy(() -> DatabaseSummary.ofCurrent(BackupServices.service(file)));
	}

	@Test
	void saysThatDatabaseStayedLocked() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		try (Connection connection = TestDatabase.open(database); Statement statement = connection.createStatement()) {
			statement.execute("BEGIN EXCLUSIVE");
			BackupSettings impatient = new BackupSettings(null, VerificationMode.QUICK, Duration.ofMillis(1),
					ZoneOffset.UTC, 0);
			SqliteBackupService service = BackupServices.service(SqliteDatabase.of(database), impatient);
			assertThatExceptionOfType(DatabaseBusyException.class).isThrownBy(() -> DatabaseSummary.ofCurrent(service));
		}
	}

}
