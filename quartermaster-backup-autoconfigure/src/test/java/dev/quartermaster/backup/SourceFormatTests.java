/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that databases of every format SQLite knows are copied whole.
 */
class SourceFormatTests {

	private static final int ROWS = 2000;

	@TempDir
	private Path temp;

	static Stream<List<String>> formats() {
		Stream<List<String>> pageSizes = Stream.of(512, 1024, 2048, 4096, 8192, 16384, 32768, 65536)
			.flatMap((size) -> Stream.of("DELETE", "WAL")
				.map((mode) -> List.of("page_size = " + size, "journal_mode = " + mode)));
		Stream<List<String>> others = Stream.of(List.of("encoding = 'UTF-16le'"), List.of("encoding = 'UTF-16be'"),
				List.of("auto_vacuum = FULL"), List.of("auto_vacuum = INCREMENTAL", "journal_mode = WAL"),
				List.of("journal_mode = TRUNCATE"), List.of("journal_mode = PERSIST"), List.of("journal_mode = OFF"));
		return Stream.concat(pageSizes, others);
	}

	@ParameterizedTest
	@MethodSource("formats")
	void copiesDatabaseWhole(List<String> pragmas) throws SQLException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), ROWS, pragmas.toArray(String[]::new));
		TestDatabase.execute(database, "DELETE FROM item WHERE id % 3 = 0");
		try (Connection application = TestDatabase.open(database);
				Statement statement = application.createStatement()) {
			// Committed by a connection that stays open: in WAL mode this is in the WAL
			// only.
			statement.execute("INSERT INTO item (name) VALUES ('größer als ASCII: 日本')");
			BackupResult.Created created = BackupServices.backup(BackupServices.service(database), "x");
			assertThat(created.verification()).isEqualTo(new Verification.Sound(VerificationMode.QUICK));
			assertSameContent(created.snapshot().file(), database);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE", "WAL" })
	void copiesFullTextIndexTriggersViewsAndBlobs(String journalMode) {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), ROWS, "journal_mode = " + journalMode);
		TestDatabase.execute(database, "CREATE VIRTUAL TABLE text USING fts5(body)",
				"INSERT INTO text SELECT name FROM item", "CREATE VIEW twice AS SELECT name || name AS name FROM item",
				"CREATE TRIGGER follow AFTER INSERT ON item BEGIN INSERT INTO text VALUES (new.name); END",
				"CREATE TABLE blobs (content BLOB) STRICT", "INSERT INTO blobs VALUES (randomblob(1000000))",
				"PRAGMA user_version = 42", "PRAGMA application_id = 4711");
		Path snapshot = BackupServices.backup(BackupServices.service(database), "x").snapshot().file();
		for (String sql : List.of("SELECT count(*) FROM text WHERE text MATCH '\"item 17\"'",
				"SELECT count(*) FROM twice", "SELECT hex(content) FROM blobs", "PRAGMA user_version",
				"PRAGMA application_id", "SELECT group_concat(sql) FROM sqlite_schema")) {
			assertThat(TestDatabase.query(snapshot, sql)).isEqualTo(TestDatabase.query(database, sql));
		}
	}

	@Test
	void copiesDatabaseWithCollationThatOnlyApplicationKnows() throws SQLException {
		Path database = this.temp.resolve("app.db");
		TestDatabase.createWithOwnCollation(database);
		BackupResult.Created created = BackupServices.backup(BackupServices.service(database), "x");
		assertThat(created.verification()).isInstanceOf(Verification.Unverifiable.class)
			.extracting(Verification::summary)
			.asString()
			.contains("cannot be verified here")
			.contains("BACKWARDS");
		assertThat(TestDatabase.query(created.snapshot().file(), "SELECT name FROM item ORDER BY rowid"))
			.containsExactly("a", "b");
	}

	private static void assertSameContent(Path snapshot, Path database) {
		assertThat(TestDatabase.items(snapshot)).isEqualTo(TestDatabase.items(database)).isNotEmpty();
		for (String pragma : List.of("page_size", "encoding", "auto_vacuum")) {
			assertThat(TestDatabase.query(snapshot, "PRAGMA " + pragma))
				.isEqualTo(TestDatabase.query(database, "PRAGMA " + pragma));
		}
		assertThat(TestDatabase.query(snapshot, "PRAGMA integrity_check")).containsExactly("ok");
		assertThat(TestDatabase.query(snapshot, "PRAGMA journal_mode")).containsExactly("delete");
	}

}
