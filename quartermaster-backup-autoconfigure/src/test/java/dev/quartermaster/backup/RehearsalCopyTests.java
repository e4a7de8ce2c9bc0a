/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.ZoneOffset;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.LedgerWriter;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RehearsalCopy}.
 */
class RehearsalCopyTests {

	@TempDir
	private Path directory;

	private Path database;

	private Path backups;

	private SqliteBackupService service;

	@BeforeEach
	void makeDatabase() throws Exception {
		this.database = this.directory.toRealPath().resolve("app.db");
		this.backups = this.database.resolveSibling("backups");
		this.service = BackupServices.service(this.database);
	}

	@Test
	void isHiddenAndLeavesNothing() {
		TestDatabase.create(this.database, 3);
		try (RehearsalCopy copy = RehearsalCopy.ofDatabase(this.service).orElseThrow()) {
			assertThat(copy.file()).hasParent(this.backups);
			assertThat(copy.file().getFileName().toString()).startsWith(".");
			assertThat(this.service.list()).isEmpty();
			try (RehearsalCopy second = RehearsalCopy.ofSnapshot(this.service, copy.file())) {
				TestDatabase.execute(second.file(), "DELETE FROM item");
				assertThat(TestDatabase.items(copy.file())).hasSize(3);
				assertThat(TestDatabase.journalMode(second.file())).isEqualTo("delete");
			}
		}
		assertThat(this.backups).isEmptyDirectory();
	}

	@Test
	void isWholeWhileOthersWriteAndInTheirJournalMode() throws Exception {
		Ledger.create(this.database, 1, "WAL");
		LedgerWriter writer = LedgerWriter.start(this.database);
		try (RehearsalCopy before = RehearsalCopy.ofDatabase(this.service).orElseThrow();
				RehearsalCopy copy = RehearsalCopy.ofSnapshot(this.service, before.file())) {
			Ledger.assertWhole(copy.file(), 1);
			assertThat(TestDatabase.journalMode(copy.file())).isEqualTo("wal");
			assertThat(TestDatabase.journalMode(before.file())).isEqualTo("delete");
		}
		finally {
			writer.stop();
		}
	}

	@Test
	void isAllInOneFileAfterItsWriterWasKilled() throws Exception {
		TestDatabase.create(this.database, 3, "journal_mode = WAL");
		Path snapshot = BackupServices.backup(this.service, null).snapshot().file();
		try (RehearsalCopy copy = RehearsalCopy.ofSnapshot(this.service, snapshot)) {
			Process writer = JavaProcess.start(Writer.class, copy.file().toString());
			assertThat(writer.getInputStream().read()).isEqualTo('.');
			writer.destroyForcibly().waitFor();
			assertThat(copy.file().resolveSibling(copy.file().getFileName() + "-wal")).isNotEmptyFile();
			copy.settle();
			assertThat(SqliteReader.readSnapshot(copy.file(), SqliteReader::tables)).containsExactly("item", "extra");
		}
		assertThat(BackupDirectory.files(this.backups)).containsExactly(snapshot);
	}

	@Test
	void isNotOfWhatIsNotThere() {
		assertThat(RehearsalCopy.ofDatabase(this.service)).isEmpty();
		TestDatabase.execute(this.database, "PRAGMA user_version = 0");
		assertThat(RehearsalCopy.ofDatabase(this.service)).isEmpty();
		assertThat(BackupDirectory.everything(this.directory)).doesNotContain(this.backups);
	}

	@Test
	void isNotOfTheLiveDatabaseByItsFile() throws Exception {
		TestDatabase.create(this.database, 3);
		Path link = Files.createLink(this.directory.resolve("link.db"), this.database);
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> RehearsalCopy.ofSnapshot(this.service, link))
			.withMessageContaining("is the database itself");
	}

	@Test
	void needsRoomForWhatAMigrationWritesAsWell() {
		TestDatabase.create(this.database, 3);
		SqliteBackupService demanding = BackupServices.service(SqliteDatabase.of(this.database), new BackupSettings(
				null, VerificationMode.QUICK, Duration.ofSeconds(10), ZoneOffset.UTC, Long.MAX_VALUE));
		assertThatExceptionOfType(NoRoomException.class).isThrownBy(() -> RehearsalCopy.ofDatabase(demanding))
			.withMessageContaining("not enough free space for a rehearsal");
		assertThat(this.backups).isEmptyDirectory();
	}

	/**
	 * Writes into the WAL until it is killed.
	 */
	static final class Writer {

		public static void main(String[] args) throws Exception {
			try (Connection connection = TestDatabase.open(Path.of(args[0]))) {
				connection.createStatement().execute("CREATE TABLE extra (id INTEGER PRIMARY KEY)");
				System.out.print('.');
				System.out.flush();
				Thread.sleep(Duration.ofMinutes(10).toMillis());
			}
		}

	}

}
