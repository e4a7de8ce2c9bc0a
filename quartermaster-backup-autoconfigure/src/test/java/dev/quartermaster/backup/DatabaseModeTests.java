/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteErrorCode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DatabaseMode}: what is damaged is replaced as a file, so nothing else
 * may be taken for damaged.
 */
class DatabaseModeTests {

	@TempDir
	private Path temp;

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 3);
	}

	@ParameterizedTest
	@CsvSource({ "DELETE, false", "WAL, true" })
	void isThatOfSoundDatabase(String journalMode, boolean writeAheadLog) throws Exception {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = " + journalMode);
		assertThat(ofLive()).isEqualTo(new DatabaseMode(writeAheadLog, 4096, 2));
	}

	@Test
	void ofWhatIsNoDatabaseIsNone() throws Exception {
		TestDatabase.overwrite(this.database, 0, "no database any more".getBytes(StandardCharsets.US_ASCII));
		assertThat(ofLive()).isNull();
	}

	@Test
	void ofDatabaseWithMalformedSchemaIsNone() throws Exception {
		TestDatabase.execute(this.database, "PRAGMA writable_schema = ON",
				"UPDATE sqlite_schema SET sql = 'CREATE TABLE item (' WHERE name = 'item'");
		assertThat(ofLive()).isNull();
	}

	@Test
	void ofLockedDatabaseIsUnknown() throws Exception {
		try (Connection other = TestDatabase.open(this.database); Statement statement = other.createStatement()) {
			statement.execute("BEGIN EXCLUSIVE");
			assertThatExceptionOfType(SQLException.class).isThrownBy(this::ofLive)
				.satisfies((ex) -> assertThat(SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_BUSY)).isTrue());
		}
	}

	private @Nullable DatabaseMode ofLive() throws SQLException {
		return DatabaseMode.ofLive(LiveDatabase.of(this.database), Duration.ZERO);
	}

}
