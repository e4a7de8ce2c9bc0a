/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that no database is taken for the one that a snapshot is of, whatever the names.
 */
@ExtendWith(OutputCaptureExtension.class)
class SnapshotOwnerTests {

	@TempDir
	private Path temp;

	private Path backups;

	private Path shared;

	@BeforeEach
	void setUp() throws IOException {
		this.temp = this.temp.toRealPath();
		this.backups = this.temp.resolve("backups");
		this.shared = this.temp.resolve("elsewhere/shared");
	}

	@Test
	void firstDatabaseOfNameHasItAndAnotherExtensionSubdirectory(CapturedOutput output) {
		Path first = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Path second = TestDatabase.create(this.temp.resolve("app.sqlite"), 2);
		Snapshot of1 = backup(first, null);
		Snapshot of2 = backup(second, null);
		assertThat(of1.file()).hasParent(this.backups);
		assertThat(of2.file()).hasParent(this.backups.resolve("app.sqlite"));
		assertOwn(first, null, of1);
		assertOwn(second, null, of2);
		assertThat(output)
			.containsOnlyOnce("The snapshots of " + second + " go to " + this.backups.resolve("app.sqlite")
					+ ", because the snapshots app-*.db in " + this.backups + " belong to ../app.db");
	}

	@Test
	void databasesOfOneNameInTwoPlacesDoNotMix() throws IOException {
		Path first = TestDatabase.create(Files.createDirectory(this.temp.resolve("a")).resolve("app.db"), 1);
		Path second = TestDatabase.create(Files.createDirectory(this.temp.resolve("b")).resolve("app.db"), 2);
		Snapshot of1 = backup(first, this.shared);
		Snapshot of2 = backup(second, this.shared);
		assertThat(of1.file()).hasParent(this.shared);
		assertThat(of2.file().getParent()).hasParent(this.shared);
		assertOwn(first, this.shared, of1);
		assertOwn(second, this.shared, of2);
		assertOwn(second, of2.file().getParent(), of2);
		assertThat(service(second, null).list()).isEmpty();
	}

	@Test
	void snapshotThatIsOpenedAsDatabaseElsewhereHasSnapshotsOfItsOwn() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Snapshot snapshot = backup(database, this.shared);
		Path copy = Files.copy(snapshot.file(), this.temp.resolve(snapshot.file().getFileName()));
		TestDatabase.execute(copy, "DELETE FROM item");
		Snapshot ofCopy = backup(copy, this.shared);
		assertOwn(database, this.shared, snapshot);
		assertOwn(copy, this.shared, ofCopy);
	}

	@Test
	void toLookMakesNoFile() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		SqliteBackupService service = service(database, null);
		assertThat(service.list()).isEmpty();
		assertThat(service.directory()).isEqualTo(this.backups).doesNotExist();
	}

	@Test
	void interruptedThreadKnowsWhoseSnapshotsAre() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Snapshot snapshot = backup(database, null);
		Thread.currentThread().interrupt();
		try {
			assertThat(service(database, null).list()).containsExactly(snapshot);
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
	}

	@Test
	@Timeout(60)
	void recordThatWasNotWrittenToItsEndIsWrittenAgain() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Path record = Files.createDirectory(this.backups).resolve(".quartermaster-app.owner");
		Files.writeString(record, "../an");
		Snapshot snapshot = backup(database, null);
		assertThat(record).content().isEqualTo("../app.db\n");
		assertOwn(database, null, snapshot);
	}

	@Test
	void directoriesThatAreMovedTogetherStayTogether() throws IOException {
		Path old = Files.createDirectories(this.temp.resolve("old"));
		backup(TestDatabase.create(old.resolve("app.db"), 1), null);
		backup(TestDatabase.create(old.resolve("app.sqlite"), 2), null);
		Path moved = Files.move(old, this.temp.resolve("new"));
		for (String name : List.of("app.db", "app.sqlite")) {
			SqliteBackupService service = service(moved.resolve(name), null);
			Snapshot snapshot = service.list().get(0);
			assertThat(service.list()).hasSize(1);
			assertThat(TestDatabase.items(snapshot.file())).isEqualTo(TestDatabase.items(moved.resolve(name)));
			assertThat(service.backupIfChanged(SnapshotReason.of("x"))).isInstanceOf(BackupResult.Unchanged.class);
		}
	}

	@Test
	void databaseWhosePathChangedIsToldHowToHaveItsSnapshotsBack(CapturedOutput output) throws IOException {
		Path old = TestDatabase.create(Files.createDirectory(this.temp.resolve("old")).resolve("app.db"), 1);
		Snapshot snapshot = backup(old, this.shared);
		Path moved = Files.move(old, Files.createDirectory(this.temp.resolve("new")).resolve("app.db"));
		SqliteBackupService service = service(moved, this.shared);
		assertThat(service.list()).isEmpty();
		Path record = this.shared.resolve(".quartermaster-app.owner");
		assertThat(output).containsPattern("WARN .*belong to \\Q" + old + "\\E, which no longer exists.*"
				+ "If it is the same database under a new path, remove \\Q" + record);
		Files.delete(record);
		assertThat(service.list()).containsExactly(snapshot);
		assertThat(service.backupIfChanged(SnapshotReason.of("x"))).isInstanceOf(BackupResult.Unchanged.class);
		assertThat(record).hasContent(moved.toString());
	}

	@Test
	void snapshotsFromBeforeAreThoseOfDatabaseWithSameTables() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Snapshot snapshot = backup(database, null);
		Files.delete(this.backups.resolve(".quartermaster-app.owner"));
		// Neither of which can have taken them.
		TestDatabase.create(this.temp.resolve("other.db"), 1);
		TestDatabase.execute(this.temp.resolve("app.sqlite"), "PRAGMA user_version = 1");
		assertThat(service(database, null).backupIfChanged(SnapshotReason.of("x"))).isInstanceOfSatisfying(
				BackupResult.Unchanged.class, (unchanged) -> assertThat(unchanged.snapshot()).isEqualTo(snapshot));
	}

	@Test
	void snapshotsFromBeforeAreNotThoseOfDatabaseWithOtherTables(CapturedOutput output) throws IOException {
		Path first = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Path old = backup(first, null).file();
		Files.delete(this.backups.resolve(".quartermaster-app.owner"));
		Files.delete(first);
		TestDatabase.execute(first, "CREATE TABLE other (id INTEGER)",
				"CREATE TABLE flyway_schema_history (id INTEGER)");
		// What the database itself is does not tell whose the snapshots are.
		Files.createLink(old.resolveSibling(old.getFileName().toString().replace("-x.db", "-y.db")), first);
		Snapshot snapshot = backup(first, null);
		assertThat(snapshot.file()).hasParent(this.backups.resolve("app.db"));
		assertOwn(first, null, snapshot);
		assertThat(output)
			.containsPattern("WARN .*It is unknown which database the snapshots app-\\*\\.db in .* belong to");
	}

	@Test
	void snapshotsFromBeforeAreNobodysWhenTwoDatabasesMayHaveTakenThem() throws IOException {
		Path first = TestDatabase.create(this.temp.resolve("app.db"), 1);
		backup(first, null);
		Files.delete(this.backups.resolve(".quartermaster-app.owner"));
		Files.writeString(this.temp.resolve("app.log"), "no database");
		Path second = TestDatabase.create(this.temp.resolve("app.sqlite"), 2);
		assertOwn(first, null, backup(first, null));
		assertOwn(second, null, backup(second, null));
		assertThat(BackupDirectory.published(this.backups).stream().filter(Files::isRegularFile)).hasSize(1);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void databaseInTheRootDirectoryKeepsItsNameWhereverItsSnapshotsAre() {
		Path database = Path.of("/quartermaster-test.db");
		assertThat(SnapshotOwner.namesIn(this.shared, database)).contains("quartermaster-test.db");
	}

	@Test
	void databasesThatComeAtTheSameMomentDoNotMix() throws Exception {
		List<Path> databases = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			databases.add(TestDatabase.create(Files.createDirectory(this.temp.resolve("d" + i)).resolve("app.db"), i));
		}
		ExecutorService executor = Executors.newFixedThreadPool(databases.size());
		try {
			List<Future<Snapshot>> taken = new ArrayList<>();
			for (Path database : databases) {
				taken.add(executor.submit(() -> backup(database, this.shared)));
			}
			for (int i = 0; i < databases.size(); i++) {
				assertOwn(databases.get(i), this.shared, taken.get(i).get());
			}
		}
		finally {
			executor.shutdown();
		}
		assertThat(BackupDirectory.published(this.shared).stream().filter(Files::isRegularFile)).hasSize(1);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void recordThatIsNoneIsNotOpened() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Path record = Files.createDirectory(this.backups).resolve(".quartermaster-app.owner");
		SqliteBackupService service = service(database, null);
		for (String kind : List.of("directory", "link", "live", "fifo")) {
			switch (kind) {
				case "directory" -> Files.createDirectory(record);
				case "link" -> Files.createSymbolicLink(record, database);
				case "live" -> Files.createLink(record, database);
				default -> Programs.need("mkfifo", record.toString());
			}
			for (Runnable use : List.<Runnable>of(service::list, () -> service.backup("x"))) {
				assertThatExceptionOfType(BackupException.class).as(kind)
					.isThrownBy(use::run)
					.satisfies(BackupDirectory::assertClear)
					.withMessageContaining(record.toString());
			}
			Files.delete(record);
		}
	}

	@Test
	void fileThatIsPlainlyOfAnotherDatabaseIsKnown() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		SqliteBackupService service = service(database, null);
		Path own = backup(database, null).file();
		Path prod = Files.copy(own, this.temp.resolve("prod-20260417-115719-x.db"));
		Path copy = Files.copy(own, this.temp.resolve("copy.db"));
		Path other = this.temp.resolve("other.db");
		TestDatabase.execute(other, "CREATE TABLE other (id INTEGER)");
		assertThat(service.signOfAnotherDatabase(own)).isEmpty();
		assertThat(service.signOfAnotherDatabase(copy)).isEmpty();
		assertThat(service.signOfAnotherDatabase(prod)).contains("its name says that it belongs to prod");
		assertThat(service.signOfAnotherDatabase(other))
			.hasValueSatisfying((sign) -> assertThat(sign).contains("table"));
		TestDatabase.execute(database, "ALTER TABLE item RENAME TO thing");
		assertThat(service.signOfAnotherDatabase(own)).isEmpty();
		assertThat(service.signOfAnotherDatabase(copy)).isPresent();
		Files.delete(database);
		assertThat(service.signOfAnotherDatabase(other)).isEmpty();
		assertThat(database).doesNotExist();
	}

	private void assertOwn(Path database, @Nullable Path directory, Snapshot snapshot) {
		SqliteBackupService service = service(database, directory);
		assertThat(service.list()).containsExactly(snapshot);
		assertThat(service.directory()).isEqualTo(snapshot.file().getParent());
		assertThat(TestDatabase.query(snapshot.file(), "SELECT name FROM sqlite_schema"))
			.isEqualTo(TestDatabase.query(database, "SELECT name FROM sqlite_schema"));
		assertThat(service.backupIfChanged(SnapshotReason.of("y"))).isInstanceOf(BackupResult.Unchanged.class);
	}

	private static Snapshot backup(Path database, @Nullable Path directory) {
		return BackupServices.backup(service(database, directory), "x").snapshot();
	}

	private static SqliteBackupService service(Path database, @Nullable Path directory) {
		return BackupServices.service(SqliteDatabase.of(database),
				BackupServices.settings(directory, VerificationMode.QUICK));
	}

}
