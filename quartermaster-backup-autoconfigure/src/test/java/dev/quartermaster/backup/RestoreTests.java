/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Restoring;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for restoring into a live database that is a sound one, or was never written to.
 */
class RestoreTests {

	private static final int ROWS = 3000;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@CsvSource({ "WAL, 4096, 4096, 10", "WAL, 4096, 4096, 9000", "WAL, 4096, 1024, 10", "WAL, 512, 8192, 9000",
			"WAL, 4096, 65536, 9000", "DELETE, 4096, 4096, 10", "DELETE, 4096, 4096, 9000", "DELETE, 4096, 1024, 10",
			"DELETE, 512, 8192, 9000", "DELETE, 65536, 4096, 10", "TRUNCATE, 4096, 4096, 10",
			"PERSIST, 4096, 4096, 9000" })
	void givesRowsOfSnapshotAndKeepsWhatWasThere(String journalMode, int pageSizeThen, int pageSizeNow, int rowsNow) {
		Path snapshot = snapshot("page_size = " + pageSizeThen);
		Map<String, String> snapshotBefore = Map.of(snapshot.toString(), Restoring.content(snapshot));
		Path database = TestDatabase.create(this.temp.resolve("app.db"), rowsNow, "page_size = " + pageSizeNow,
				"journal_mode = " + journalMode);
		List<String> before = TestDatabase.items(database);
		String mode = TestDatabase.journalMode(database);
		SqliteBackupService service = BackupServices.service(database);

		RestoreResult result = service.restore(snapshot, false);

		assertThat(TestDatabase.items(database)).isEqualTo(itemsOf(ROWS));
		assertThat(TestDatabase.check(database)).containsExactly("ok");
		assertThat(TestDatabase.journalMode(database)).isEqualTo(mode);
		assertThat(Map.of(snapshot.toString(), Restoring.content(snapshot))).isEqualTo(snapshotBefore);
		assertThat(result.database()).isEqualTo(database);
		assertThat(result.snapshot()).isEqualTo(snapshot);
		assertThat(result.verification()).isInstanceOf(Verification.Sound.class);
		assertThat(result.setAside()).isNull();
		Snapshot kept = kept(result);
		assertThat(kept.name().reason()).isEqualTo(SnapshotReason.PRE_RESTORE);
		assertThat(service.list()).containsExactly(kept);
		assertThat(TestDatabase.items(kept.file())).isEqualTo(before);

		service.restore(kept.file(), false);

		assertThat(TestDatabase.items(database)).isEqualTo(before);
		assertThat(TestDatabase.check(database)).containsExactly("ok");
		assertThat(TestDatabase.journalMode(database)).isEqualTo(mode);
		assertThat(BackupDirectory.regularFiles(this.temp)).containsExactly(database);
	}

	@ParameterizedTest
	@CsvSource({ "DELETE, WAL", "WAL, WAL", "WAL, DELETE" })
	void keepsJournalModeWhateverSnapshotSays(String live, String inSnapshot) {
		// As a copy made with the shell says.
		Path snapshot = snapshot("journal_mode = " + inSnapshot);
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1, "journal_mode = " + live);
		BackupServices.service(database).restore(snapshot, false);
		assertThat(TestDatabase.journalMode(database)).isEqualToIgnoringCase(live);
		assertThat(TestDatabase.items(database)).hasSize(ROWS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	@DisabledOnOs(OS.WINDOWS)
	void keepsModeAndOwnerOfFile(String journalMode) throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1, "journal_mode = " + journalMode);
		Files.setPosixFilePermissions(database, PosixFilePermissions.fromString("rw-r----x"));
		boolean root = "root".equals(System.getProperty("user.name"));
		if (root) {
			Files.setAttribute(database, "unix:uid", 12345);
			Files.setAttribute(database, "unix:gid", 23456);
		}
		BackupServices.service(database).restore(snapshot(), false);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(database))).isEqualTo("rw-r----x");
		if (root) {
			assertThat(Files.readAttributes(database, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS))
				.containsEntry("uid", 12345)
				.containsEntry("gid", 23456);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void givesRowsOfSnapshotToDatabaseThatWasNeverWrittenTo(String journalMode) {
		Path snapshot = snapshot("page_size = 8192");
		Path database = this.temp.resolve("app.db");
		TestDatabase.execute(database, "PRAGMA journal_mode = " + journalMode);
		RestoreResult result = BackupServices.service(database).restore(snapshot, false);
		assertThat(result.kept()).isNull();
		assertThat(result.setAside()).isNull();
		assertThat(TestDatabase.items(database)).hasSize(ROWS);
		assertThat(TestDatabase.journalMode(database)).isEqualToIgnoringCase(journalMode);
	}

	@Test
	void givesRowsOfSnapshotToEmptyFile() throws IOException {
		Path database = Files.createFile(this.temp.resolve("app.db"));
		RestoreResult result = BackupServices.service(database).restore(snapshot(), false);
		assertThat(result.kept()).isNull();
		assertThat(TestDatabase.items(database)).hasSize(ROWS);
	}

	@Test
	void rollsBackHotJournalOfKilledWriterFirst() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1000);
		assertThat(JavaProcess.start(KilledWriterTests.HalfDoneWriter.class, database.toString()).waitFor())
			.isEqualTo(1);
		assertThat(this.temp.resolve("app.db-journal")).isNotEmptyFile();

		RestoreResult result = BackupServices.service(database).restore(snapshot(), false);

		assertThat(TestDatabase.items(kept(result).file())).isEqualTo(itemsOf(1000));
		assertThat(TestDatabase.items(database)).isEqualTo(itemsOf(ROWS));
		assertThat(TestDatabase.check(database)).containsExactly("ok");
		assertThat(BackupDirectory.regularFiles(this.temp)).containsExactly(database);
	}

	@Test
	void keepsWhatKilledWriterCommittedOnlyToWriteAheadLog() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1000, "journal_mode = WAL");
		assertThat(JavaProcess.start(KilledWriterTests.CommittedWriter.class, database.toString()).waitFor())
			.isEqualTo(1);
		assertThat(this.temp.resolve("app.db-wal")).isNotEmptyFile();

		RestoreResult result = BackupServices.service(database).restore(snapshot(), false);

		assertThat(TestDatabase.items(kept(result).file())).hasSize(1001).contains("committed");
		assertThat(TestDatabase.items(database)).isEqualTo(itemsOf(ROWS));
		assertThat(TestDatabase.check(database)).containsExactly("ok");
		assertThat(TestDatabase.journalMode(database)).isEqualTo("wal");
	}

	@ParameterizedTest
	@CsvSource({ "WAL, 4096", "WAL, 8192", "DELETE, 4096", "DELETE, 8192" })
	void leavesDatabaseThatStaysLockedAsItIs(String journalMode, int pageSize) throws SQLException {
		Path snapshot = snapshot("page_size = " + pageSize);
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10, "journal_mode = " + journalMode);
		BackupSettings settings = new BackupSettings(null, VerificationMode.QUICK, Duration.ofMillis(100),
				ZoneOffset.UTC, 0);
		try (Connection connection = TestDatabase.open(database); Statement statement = connection.createStatement()) {
			statement.execute("BEGIN IMMEDIATE");
			statement.execute("INSERT INTO item (name) VALUES ('of the long transaction')");
			assertThatExceptionOfType(BackupException.class)
				.isThrownBy(() -> BackupServices.service(SqliteDatabase.of(database), settings).restore(snapshot, true))
				.withMessageContaining(database.toString())
				.withMessageContaining((journalMode.equals("WAL") && pageSize != 4096) ? "page size" : "locked");
			statement.execute("COMMIT");
		}
		assertThat(TestDatabase.items(database)).hasSize(11).endsWith("of the long transaction");
		assertThat(TestDatabase.check(database)).containsExactly("ok");
		assertThat(TestDatabase.journalMode(database)).isEqualToIgnoringCase(journalMode);
	}

	@ParameterizedTest
	@ValueSource(strings = { "missing", "0 bytes", "1 byte", "garbage", "zeros", "directory", "damaged page",
			"truncated to some pages", "truncated within the last page", "live in WAL mode", "live with hot journal" })
	void refusesWhatIsNoSoundSnapshot(String what) throws Exception {
		Path snapshot = this.temp.resolve("other").resolve("snapshot.db");
		Files.createDirectories(snapshot.getParent());
		unsound(snapshot, what);
		Map<String, String> snapshotBefore = Restoring.contents(snapshot.getParent());
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		Map<String, String> before = Restoring.contents(this.temp);
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> BackupServices.service(database).restore(snapshot, true))
			.withMessageContaining(snapshot.toString())
			.satisfies((ex) -> assertThat(ex.getAction()).isNotBlank());
		assertThat(Restoring.contents(this.temp)).isEqualTo(before);
		assertThat(this.temp.resolve("backups")).doesNotExist();
		assertThat(Restoring.contents(snapshot.getParent())).isEqualTo(snapshotBefore);
	}

	@Test
	void refusesLinkToLiveDatabaseAndDatabaseItself() throws Exception {
		Path live = TestDatabase.create(this.temp.resolve("live.db"), 10, "journal_mode = WAL");
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 5);
		try (Connection application = TestDatabase.open(live); Statement statement = application.createStatement()) {
			statement.execute("DELETE FROM item");
			Path link = Files.createSymbolicLink(this.temp.resolve("snapshot.db"), live);
			SqliteBackupService service = BackupServices.service(database);
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.restore(link, true))
				.withMessageContaining(live + " is not a snapshot but a live database");
			Path itself = Files.createSymbolicLink(this.temp.resolve("itself.db"), database);
			for (Path path : List.of(database, itself)) {
				assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.restore(path, true))
					.withMessageContaining("is the database itself");
			}
			assertThat(service.list()).isEmpty();
		}
		assertThat(TestDatabase.items(database)).hasSize(5);
	}

	private static void unsound(Path snapshot, String what) throws Exception {
		switch (what) {
			case "missing" -> assertThat(snapshot).doesNotExist();
			case "0 bytes" -> Files.createFile(snapshot);
			// SQLite takes it for an empty database.
			case "1 byte" -> Files.write(snapshot, new byte[1]);
			case "garbage" -> Files.writeString(snapshot, "Dear diary, ".repeat(1000));
			case "zeros" -> Files.write(snapshot, new byte[8192]);
			case "directory" -> Files.createDirectory(snapshot);
			case "damaged page" ->
				TestDatabase.overwrite(TestDatabase.create(snapshot, ROWS), 4096, (byte) 99, (byte) 99, (byte) 99);
			case "truncated to some pages" -> TestDatabase.truncate(TestDatabase.create(snapshot, ROWS), 5 * 4096);
			case "truncated within the last page" -> {
				TestDatabase.create(snapshot, 10);
				TestDatabase.execute(snapshot, "CREATE TABLE big (content BLOB)",
						"INSERT INTO big VALUES (randomblob(100000))");
				TestDatabase.truncate(snapshot, Files.size(snapshot) - 1);
			}
			case "live in WAL mode" -> {
				TestDatabase.create(snapshot, 1000, "journal_mode = WAL");
				JavaProcess.start(KilledWriterTests.CommittedWriter.class, snapshot.toString()).waitFor();
			}
			case "live with hot journal" -> {
				TestDatabase.create(snapshot, 1000);
				JavaProcess.start(KilledWriterTests.HalfDoneWriter.class, snapshot.toString()).waitFor();
			}
			default -> throw new IllegalArgumentException(what);
		}
	}

	@Test
	void restoresDatabaseThatOnlyItsApplicationCanVerify() {
		Path snapshot = this.temp.resolve("other.db");
		TestDatabase.createWithOwnCollation(snapshot);
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		RestoreResult result = BackupServices.service(database).restore(snapshot, false);
		assertThat(result.verification()).isInstanceOfSatisfying(Verification.Unverifiable.class,
				(unverifiable) -> assertThat(unverifiable.what()).isEqualTo("the table item"));
		assertThat(TestDatabase.query(database, "SELECT name FROM item ORDER BY rowid")).containsExactly("a", "b");
	}

	@Test
	void refusesDamageBesideWhatOnlyItsApplicationCanVerify() {
		Path snapshot = this.temp.resolve("other.db");
		TestDatabase.createWithOwnCollation(snapshot);
		TestDatabase.execute(snapshot, "CREATE TABLE damaged (content)", "INSERT INTO damaged VALUES (1)");
		long root = Long.parseLong(
				TestDatabase.query(snapshot, "SELECT rootpage FROM sqlite_schema WHERE name = 'damaged'").get(0));
		TestDatabase.overwrite(snapshot, (root - 1) * 4096, new byte[] { 99, 99, 99, 99 });
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> BackupServices.service(database).restore(snapshot, false))
			.withMessageContaining("is damaged and was not restored");
		assertThat(TestDatabase.items(database)).hasSize(10);
	}

	@Test
	void restoresThroughLinkToDatabase() throws IOException {
		Path snapshot = snapshot();
		Path directory = Files.createDirectory(this.temp.resolve("real"));
		Path database = TestDatabase.create(directory.resolve("app.db"), 10, "journal_mode = WAL");
		Path link = this.temp.resolve("link.db");
		assumeThat(DurableFiles.POSIX).isTrue();
		Files.createSymbolicLink(link, database);
		BackupServices.service(link).restore(snapshot, false);
		assertThat(link).isSymbolicLink();
		assertThat(TestDatabase.items(database)).hasSize(ROWS);
	}

	@Test
	void removesWhatKilledRestoreLeftBesideDatabase() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		String name = ".quartermaster-1-1-" + UUID.randomUUID();
		Files.createFile(this.temp.resolve(name + ".lock"));
		Files.createFile(this.temp.resolve(name + ".partial"));
		BackupServices.service(database).restore(snapshot(), false);
		assertThat(BackupDirectory.regularFiles(this.temp)).containsExactly(database);
	}

	private Path snapshot(String... pragmas) {
		Path directory = this.temp.resolve("elsewhere");
		assertThat(directory.toFile().mkdir()).isTrue();
		return TestDatabase.create(directory.resolve("snapshot.db"), ROWS, pragmas);
	}

	private static List<String> itemsOf(int rows) {
		return IntStream.rangeClosed(1, rows).mapToObj((i) -> "item " + i).toList();
	}

	private static Snapshot kept(RestoreResult result) {
		Snapshot kept = result.kept();
		assertThat(kept).isNotNull();
		return Objects.requireNonNull(kept);
	}

}
