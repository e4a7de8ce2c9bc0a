/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

import dev.quartermaster.backup.support.BackupDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SqliteFailures}.
 */
class SqliteFailuresTests {

	private static final Path DATABASE = Path.of("data", "app.db");

	private static final Duration BUSY_TIMEOUT = Duration.ofMillis(1500);

	@ParameterizedTest
	@CsvSource({ "SQLITE_NOTADB, NotADatabaseException, is not a SQLite database, restore a snapshot",
			"SQLITE_BUSY, DatabaseBusyException, longer than 1500 ms, busy-timeout",
			"SQLITE_BUSY_SNAPSHOT, DatabaseBusyException, longer than 1500 ms, busy-timeout",
			"SQLITE_LOCKED, DatabaseBusyException, longer than 1500 ms, busy-timeout",
			"SQLITE_PROTOCOL, DatabaseBusyException, longer than 1500 ms, busy-timeout",
			"SQLITE_FULL, NoRoomException, filled up, Free some space",
			"SQLITE_IOERR_SHMSIZE, NoRoomException, its volume is full, Free some space",
			"SQLITE_CANTOPEN, BackupException, could not be opened, can read and write",
			"SQLITE_IOERR_READ, BackupException, writing its copy failed, Check the disk",
			"SQLITE_CORRUPT, BackupException, too damaged to be copied, .recover",
			"SQLITE_NOMEM, BackupException, could not copy, SQLite's message" })
	void sayWhatHappenedToCopyAndWhatToDo(SQLiteErrorCode code, String type, String problem, String action) {
		BackupException failure = SqliteFailures.translate(new SQLiteException("the words of SQLite", code), DATABASE,
				BUSY_TIMEOUT);
		assertThat(failure.getClass().getSimpleName()).isEqualTo(type);
		assertThat(failure.getProblem()).contains(problem)
			.contains(DATABASE.toString())
			.contains("the words of SQLite");
		assertThat(failure.getAction()).contains(action);
	}

	@ParameterizedTest
	@CsvSource({ "SQLITE_BUSY, DatabaseBusyException, longer than 1500 ms, busy-timeout",
			"SQLITE_READONLY_DBMOVED, BackupException, could not be opened, can read and write",
			"SQLITE_FULL, NoRoomException, being restored, The database is as it was before",
			"SQLITE_IOERR_WRITE, BackupException, Writing the database, The database is as it was before",
			"SQLITE_CORRUPT, BackupException, could not restore, The database is as it was before" })
	void sayWhatHappenedToRestoreAndWhatToDo(SQLiteErrorCode code, String type, String problem, String action) {
		BackupException failure = SqliteFailures.translateRestore(new SQLiteException("the words of SQLite", code),
				DATABASE, BUSY_TIMEOUT);
		assertThat(failure.getClass().getSimpleName()).isEqualTo(type);
		assertThat(failure.getProblem()).contains(problem)
			.contains(DATABASE.toString())
			.contains("the words of SQLite");
		assertThat(failure.getAction()).contains(action);
	}

	@ParameterizedTest
	@EnumSource(SQLiteErrorCode.class)
	void areClearWhateverTheCode(SQLiteErrorCode code) {
		SQLException failure = new SQLiteException("the words of SQLite", code);
		BackupDirectory.assertClear(SqliteFailures.translate(failure, DATABASE, BUSY_TIMEOUT));
		BackupDirectory.assertClear(SqliteFailures.translateRestore(failure, DATABASE, BUSY_TIMEOUT));
	}

	@Test
	void keepSecretsOfMessage() {
		assertThat(SqliteFailures.describe(new SQLException("cannot open x.db?key=sesame")))
			.isEqualTo("cannot open x.db?key=***");
	}

	@Test
	void giveKindOfFailureThatSaysNothing() {
		assertThat(SqliteFailures.describe(new SQLException())).isEqualTo("SQLException");
	}

}
