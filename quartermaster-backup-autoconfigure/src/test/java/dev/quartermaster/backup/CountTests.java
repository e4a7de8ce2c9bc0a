/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Count} and for the messages that have one.
 */
class CountTests {

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	private Path backups;

	private SqliteBackupService service;

	@BeforeEach
	void createDatabase() throws IOException {
		this.temp = this.temp.toRealPath();
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		this.backups = Files.createDirectory(this.temp.resolve("backups"));
		this.service = BackupServices.service(this.database);
	}

	@ParameterizedTest
	@CsvSource({ "0, 0 entries", "1, 1 entry", "2, 2 entries", "101, 101 entries" })
	void isInTheNumberOfItsNoun(long number, String words) {
		assertThat(Count.of(number, "entry", "entries")).isEqualTo(words);
	}

	@ParameterizedTest
	@CsvSource({ "0, 0 snapshots", "1, 1 snapshot", "2, 2 snapshots" })
	void regularPluralNeedNotBeSaid(long number, String words) {
		assertThat(Count.of(number, "snapshot")).isEqualTo(words);
	}

	@ParameterizedTest
	@CsvSource({ "1, although it has 1 snapshot.", "2, although it has 2 snapshots." })
	void ofSnapshotsOfDatabaseThatIsGone(int snapshots, String words) throws IOException {
		for (int i = 0; i < snapshots; i++) {
			BackupServices.backup(this.service, "x");
		}
		Files.delete(this.database);
		this.service.backup("x");
		assertThat(messages()).last().asString().contains(words);
	}

	@ParameterizedTest
	@CsvSource({ "1, older than all others. If the clock",
			"2, older than all others. The same applies to 1 more snapshot. If",
			"3, older than all others. The same applies to 2 more snapshots. If the clock" })
	void ofSnapshotsFromTheFuture(int snapshots, String words) throws IOException {
		for (int i = 1; i <= snapshots; i++) {
			Files.copy(this.database, this.backups.resolve("app-2999010" + i + "-000000-x.db"));
		}
		this.service.list();
		assertThat(messages()).singleElement().asString().contains(words);
	}

	@ParameterizedTest
	@CsvSource({ "1, Found 1 hard link to", "2, Found 2 hard links to" })
	void ofFurtherNamesOfTheDatabase(int names, String words) throws IOException {
		for (int i = 1; i <= names; i++) {
			Files.createLink(this.backups.resolve("app-2026010" + i + "-000000-x.db"), this.database);
		}
		this.service.list();
		assertThat(messages()).singleElement().asString().startsWith(words);
	}

	@ParameterizedTest
	@CsvSource({ "1, 1 snapshot already in, it", "2, 2 snapshots already in, each one" })
	void ofSnapshotsThatAreNotListedAnyMore(int snapshots, String words, String which) {
		for (int i = 0; i < snapshots; i++) {
			BackupServices.backup(this.service, "x");
		}
		new NamesakeLog(BackupServices.settings()).log(this.database, this.backups.resolve("app"),
				List.of(this.temp.resolve("other/app.db")));
		assertThat(messages()).last()
			.asString()
			.contains("]. " + words + " " + this.backups + " will no longer be listed. Move " + which + " to");
	}

	@Test
	void ofPages() {
		Path copy = this.temp.resolve("copy.db");
		TestDatabase.create(copy, 3);
		TestDatabase.execute(copy, "CREATE TABLE gone (id INTEGER)", "DROP TABLE gone", "CREATE VIEW last AS SELECT 1");
		TestDatabase.overwrite(copy, 36, new byte[] { 0, 0, 0, 2 });
		assertThat(this.service.verify(copy, VerificationMode.QUICK)).isInstanceOfSatisfying(Verification.Corrupt.class,
				(corrupt) -> assertThat(corrupt.findings()).contains("Freelist: 1 page instead of 2"));
	}

	private List<String> messages() {
		return this.log.ours().stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	@Test
	void largeNumbersAreGrouped() {
		assertThat(Count.grouped(1_234_567)).isEqualTo("1,234,567");
		assertThat(Count.grouped(1204, "row")).isEqualTo("1,204 rows");
		assertThat(Count.grouped(1, "row")).isEqualTo("1 row");
	}

}
