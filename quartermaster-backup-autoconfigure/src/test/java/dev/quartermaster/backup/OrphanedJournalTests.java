/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that what lies beside a database whose file is gone is kept: SQLite removes it as
 * soon as it opens the file.
 */
class OrphanedJournalTests {

	private static final int ROWS = 1000;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void writeAheadLogIsKeptAndTold(boolean emptyFile) throws Exception {
		Path database = orphan("-wal", emptyFile);
		byte[] content = Files.readAllBytes(sibling(database, "-wal"));
		Path kept = assertKept(BackupServices.service(database), database, "-wal");
		assertThat(kept).hasBinaryContent(content);
		Path main = this.temp.resolve("lost.db");
		Path place = kept.resolveSibling(kept.getFileName().toString().replace("-wal", ""));
		Files.move(main, place);
		assertThat(TestDatabase.items(place)).as("as the message says").hasSize(ROWS);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void hotJournalIsKeptAndTold(boolean emptyFile) throws Exception {
		Path database = orphan("-journal", emptyFile);
		byte[] content = Files.readAllBytes(sibling(database, "-journal"));
		assertThat(assertKept(BackupServices.service(database), database, "-journal")).hasBinaryContent(content);
	}

	@Test
	void isKeptBeforeDataSourceConnects() throws Exception {
		Path database = orphan("-wal", false);
		SQLiteDataSource dataSource = new SQLiteDataSource();
		dataSource.setUrl("jdbc:sqlite:" + database + "?journal_mode=WAL");
		assertKept(BackupServices.service(SqliteDatabase.of(dataSource), BackupServices.settings()), database, "-wal");
	}

	@Test
	void isKeptWhenUrlIsGiven() throws Exception {
		Path database = orphan("-wal", true);
		assertKept(BackupServices.service(SqliteDatabase.of("jdbc:sqlite:" + database), BackupServices.settings()),
				database, "-wal");
	}

	@Test
	void isKeptBesideOneThatWasKeptInTheSameSecond() throws Exception {
		Path database = orphan("-wal", false);
		byte[] content = Files.readAllBytes(sibling(database, "-wal"));
		for (int i = 0; i < 3; i++) {
			Files.write(sibling(database, "-wal"), content);
			assertThatExceptionOfType(OrphanedJournalException.class)
				.isThrownBy(() -> BackupServices.service(database).backup("x"));
		}
		assertThat(kept()).hasSize(3).allSatisfy((file) -> assertThat(file).hasBinaryContent(content));
	}

	@Test
	void isKeptWhenSnapshotIsRestored() throws Exception {
		Path database = orphan("-wal", false);
		byte[] content = Files.readAllBytes(sibling(database, "-wal"));
		Path snapshot = TestDatabase.create(this.temp.resolve("snapshot.db"), 3);
		RestoreResult result = BackupServices.service(database).restore(snapshot, false);
		assertThat(TestDatabase.items(database)).hasSize(3);
		assertThat(result.setAside()).isNotNull().hasBinaryContent(content);
	}

	@Test
	void isNotKeptWhenDatabaseIsThere() throws Exception {
		Path database = this.temp.resolve("app.db");
		try (Connection application = TestDatabase.open(database);
				Statement statement = application.createStatement()) {
			fill(statement);
			assertThat(sibling(database, "-wal")).isNotEmptyFile();
			BackupServices.backup(BackupServices.service(database), "x");
			assertThat(sibling(database, "-wal")).isNotEmptyFile();
		}
		assertThat(kept()).isEmpty();
	}

	/**
	 * Its database has no bytes until it commits.
	 */
	@Test
	void journalOfFirstTransactionIsLeftAlone() throws Exception {
		Path database = this.temp.resolve("app.db");
		try (Connection application = TestDatabase.open(database);
				Statement statement = application.createStatement()) {
			statement.execute("BEGIN IMMEDIATE");
			statement.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)");
			assertThat(sibling(database, "-journal")).isNotEmptyFile();
			assertThat(database).isEmptyFile();
			assertThat(BackupServices.service(database).backup("x")).isInstanceOf(BackupResult.NothingToBackUp.class);
			statement.execute("COMMIT");
		}
		assertThat(TestDatabase.items(database)).isEmpty();
		assertThat(kept()).isEmpty();
	}

	private Path assertKept(SqliteBackupService service, Path database, String suffix) throws IOException {
		assertThatExceptionOfType(OrphanedJournalException.class).isThrownBy(() -> service.backup("x"))
			.satisfies(BackupDirectory::assertClear)
			.satisfies((failure) -> assertThat(kept()).singleElement()
				.satisfies(
						(kept) -> assertThat(failure).hasMessageContainingAll(database.toString(), kept.toString())));
		assertThat(sibling(database, suffix)).doesNotExist();
		assertThat(service.backup("x")).as("and then nothing is left").isInstanceOf(BackupResult.NothingToBackUp.class);
		Path kept = kept().get(0);
		assertThat(kept.getFileName().toString()).matches("app-damaged-\\d{8}-\\d{6}\\.db" + suffix);
		return kept;
	}

	private List<Path> kept() {
		return BackupDirectory.files(this.temp)
			.stream()
			.filter((file) -> file.getFileName().toString().contains("-damaged-"))
			.toList();
	}

	/**
	 * Make a database whose file is gone, or has no bytes, and what lies beside it. The
	 * file itself is elsewhere.
	 */
	private Path orphan(String suffix, boolean emptyFile) throws IOException, SQLException {
		Path database = this.temp.resolve("app.db");
		Path original = this.temp.resolve("original.db");
		try (Connection application = TestDatabase.open(original);
				Statement statement = application.createStatement()) {
			fill(statement);
			if (suffix.equals("-journal")) {
				statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
				statement.execute("PRAGMA journal_mode = DELETE");
				statement.execute("PRAGMA cache_size = 1");
				statement.execute("BEGIN");
				statement.execute("UPDATE item SET name = 'changed ' || name");
			}
			Files.copy(sibling(original, suffix), sibling(database, suffix));
			Files.copy(original, this.temp.resolve("lost.db"));
		}
		if (emptyFile) {
			Files.createFile(database);
		}
		return database;
	}

	private static void fill(Statement statement) throws SQLException {
		statement.execute("PRAGMA journal_mode = WAL");
		statement.execute("PRAGMA wal_autocheckpoint = 0");
		statement.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)");
		statement.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + ROWS
				+ ") INSERT INTO item (name) SELECT 'item ' || i FROM n");
	}

	private static Path sibling(Path file, String suffix) {
		return file.resolveSibling(file.getFileName() + suffix);
	}

}
