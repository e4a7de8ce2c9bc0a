/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.UUID;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Restoring;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for a restore that finds something in its way.
 */
class RestoreFaultTests {

	private static final int ROWS = 3000;

	private static final int PAGE_SIZE = 4096;

	@TempDir
	private Path temp;

	private Path snapshot;

	private Path directory;

	private Path database;

	@BeforeEach
	void createSnapshot() throws Exception {
		this.snapshot = TestDatabase.create(this.temp.resolve("snapshot.db"), ROWS);
		this.directory = Files.createDirectory(this.temp.resolve("data"));
		this.database = this.directory.resolve("app.db");
	}

	@Test
	void refusesWhenSomebodyHasDatabaseOpen() throws Exception {
		TestDatabase.create(this.database, 10, "journal_mode = WAL");
		SqliteBackupService service = BackupServices.service(this.database);
		try (Connection connection = TestDatabase.open(this.database)) {
			assertThat(Restoring.hold(connection)).isPositive();
			assertThat(service.openState()).isEqualTo(OpenState.OPEN);
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.restore(this.snapshot, false))
				.satisfies(BackupDirectory::assertClear);
			assertThat(service.list()).isEmpty();
			service.restore(this.snapshot, true);
		}
		assertThat(service.openState()).isEqualTo(OpenState.NOT_OPEN);
		assertThat(TestDatabase.items(this.database)).hasSize(ROWS);
	}

	/**
	 * When the lock is held already, and in WAL mode with the first step done.
	 */
	@ParameterizedTest
	@CsvSource({ "WAL, true", "WAL, false", "DELETE, true", "DELETE, false" })
	void leavesDatabaseAsItIsWhenThatCannotBeKept(String journalMode, boolean open) throws Exception {
		TestDatabase.create(this.database, 10, "journal_mode = " + journalMode);
		Files.writeString(this.directory.resolve("backups"), "in the way");
		SqliteBackupService service = BackupServices.service(this.database);
		try (Connection connection = TestDatabase.open(open ? this.database : this.temp.resolve("another.db"));
				Statement statement = connection.createStatement()) {
			assertThat(Restoring.hold(connection)).isNotNegative();
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.restore(this.snapshot, true))
				.withMessageContaining(this.directory.resolve("backups").toString())
				.satisfies(BackupDirectory::assertClear);
			if (open) {
				statement.execute("INSERT INTO item (name) VALUES ('more')");
			}
		}
		assertThat(TestDatabase.items(this.database)).hasSize(open ? 11 : 10);
		assertThat(TestDatabase.check(this.database)).containsExactly("ok");
		assertThat(TestDatabase.journalMode(this.database)).isEqualToIgnoringCase(journalMode);
		assertThat(BackupDirectory.regularFiles(this.directory)).containsExactly(this.database,
				this.directory.resolve("backups"));
	}

	@Test
	void refusesSnapshotOfOnePageWhileOthersHaveWriteAheadLogOpen() throws Exception {
		TestDatabase.create(this.database, 10, "journal_mode = WAL");
		Path empty = this.temp.resolve("empty.db");
		TestDatabase.execute(empty, "PRAGMA user_version = 1");
		SqliteBackupService service = BackupServices.service(this.database);
		try (Connection connection = TestDatabase.open(this.database)) {
			assertThat(Restoring.hold(connection)).isPositive();
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.restore(empty, true))
				.satisfies(BackupDirectory::assertClear);
		}
		assertThat(TestDatabase.items(this.database)).hasSize(10);
		assertThat(service.restore(empty, true).kept()).isNotNull();
		assertThat(TestDatabase.query(this.database, "PRAGMA user_version")).containsExactly("1");
	}

	@Test
	void cannotTellWhetherEmptyFileIsOpen() throws Exception {
		Files.createFile(this.database);
		assertThat(BackupServices.service(this.database).openState()).isEqualTo(OpenState.UNKNOWN);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void saysWhereThatIsKeptWhichWasThereWhenDiskDamagesWhatIsWritten() {
		TestDatabase.create(this.database, 10);
		SqliteBackupService service = damagingWhatIsWritten();
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.restore(this.snapshot, false))
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining("is damaged after the restore")
			.satisfies(
					(failure) -> assertThat(failure.getAction()).contains("kept in " + service.list().get(0).file()));
		assertThat(TestDatabase.items(service.list().get(0).file())).hasSize(10);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void namesNothingThatIsKeptWhenNothingWasThere() {
		TestDatabase.execute(this.database, "PRAGMA user_version = 1");
		SqliteBackupService service = damagingWhatIsWritten();
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.restore(this.snapshot, false))
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining("is damaged after the restore");
		assertThat(service.list()).isEmpty();
	}

	/**
	 * Damages a page as soon as the last one is written, as a broken disk does.
	 */
	private SqliteBackupService damagingWhatIsWritten() {
		long size = this.snapshot.toFile().length();
		BackupListener disk = new BackupListener() {

			@Override
			public void onProgress(Path file, long bytes, long totalBytes) {
				if (bytes == size) {
					TestDatabase.overwrite(file, PAGE_SIZE, new byte[] { 99, 99, 99, 99, 99, 99, 99, 99 });
				}
			}

		};
		return new SqliteBackupService(SqliteDatabase.of(this.database), BackupServices.settings(), disk);
	}

	@Test
	void saysThatThereIsFileInPlaceOfDirectory() throws Exception {
		Path file = Files.writeString(this.temp.resolve("file"), "in the way");
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> BackupServices.service(file.resolve("app.db")).restore(this.snapshot, false))
			.satisfies(BackupDirectory::assertClear)
			.withMessageContaining("Not a directory")
			.isNotInstanceOf(NoRoomException.class);
		assertThat(file).hasContent("in the way");
	}

	@Test
	void removesWhatKilledRestoreLeftBesideMissingDatabase() throws Exception {
		String name = ".quartermaster-1-1-" + UUID.randomUUID();
		Files.createFile(this.directory.resolve(name + ".lock"));
		Files.createFile(this.directory.resolve(name + ".partial"));
		BackupServices.service(this.database).restore(this.snapshot, false);
		assertThat(BackupDirectory.regularFiles(this.directory)).containsExactly(this.database);
	}

	@Test
	void keepsRollbackJournalOfDamagedDatabase() {
		TestDatabase.create(this.database, ROWS);
		TestDatabase.overwrite(this.database, PAGE_SIZE, new byte[] { 99, 99, 99, 99 });
		RestoreResult result = BackupServices.service(this.database).restore(this.snapshot, false);
		assertThat(result.setAside()).isNotNull();
		assertThat(TestDatabase.journalMode(this.database)).isEqualTo("delete");
	}

	@Test
	void takesNoLongerThanItsCallerWaits() {
		TestDatabase.create(this.database, 10);
		SqliteBackupService service = BackupServices.service(this.database);
		long start = System.nanoTime();
		RestoreResult restored = service.restore(this.snapshot, false);
		BackupResult.Created created = BackupServices.backup(service, "x");
		long waited = System.nanoTime() - start;
		assertThat(restored.took().plus(created.took()).toNanos()).isBetween(1L, waited);
	}

}
