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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.quartermaster.backup.migration.DatabaseSummary;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.Restoring;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for restoring where there is no sound database: it is missing, damaged, or
 * something else. What is there is set aside whole, and nothing is lost.
 */
class RestoreDamagedDatabaseTests {

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-04-17T11:57:19.5Z"), ZoneOffset.UTC);

	private static final String ASIDE = "app-damaged-20260417-115719";

	private static final int ROWS = 3000;

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path snapshot;

	private Path directory;

	private Path database;

	@BeforeEach
	void createSnapshot() throws IOException {
		this.snapshot = TestDatabase.create(this.temp.resolve("snapshot.db"), ROWS);
		this.directory = Files.createDirectory(this.temp.resolve("data"));
		this.database = this.directory.resolve("app.db");
	}

	@Test
	void createsMissingDatabase() {
		RestoreResult result = restore();
		assertThat(result.kept()).isNull();
		assertThat(result.setAside()).isNull();
		assertRestored();
		assertThat(BackupDirectory.regularFiles(this.directory)).containsExactly(this.database);
	}

	@Test
	void createsMissingDatabaseWithItsDirectories() {
		this.database = this.temp.resolve("some").resolve("where").resolve("app.db");
		restore();
		assertRestored();
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void givesMissingDatabaseToOwnerOfDirectoryAndToNobodyElse() throws IOException {
		boolean root = "root".equals(System.getProperty("user.name"));
		if (root) {
			Files.setAttribute(this.directory, "unix:uid", 12345);
			Files.setAttribute(this.directory, "unix:gid", 23456);
		}
		restore();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.database))).isEqualTo("rw-------");
		if (root) {
			assertOwner();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "-wal", "-shm", "-journal" })
	void setsAsideWhatIsLeftOfMissingDatabase(String companion) throws IOException {
		Path stale = this.directory.resolve("app.db" + companion);
		if (companion.equals("-shm")) {
			Files.write(stale, new byte[32768]);
		}
		else {
			copyCompanion(companion, stale);
		}
		String content = Restoring.content(stale);
		RestoreResult result = restore();
		assertThat(result.setAside()).isEqualTo(this.directory.resolve(ASIDE + ".db" + companion));
		assertRestored();
		assertThat(Restoring.contents(this.directory)).containsOnlyKeys("app.db", ASIDE + ".db" + companion)
			.containsEntry(ASIDE + ".db" + companion, content);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-wal", "-journal" })
	void setsAsideWhatIsLeftOfEmptiedDatabase(String companion) throws IOException {
		Files.createFile(this.database);
		copyCompanion(companion, this.directory.resolve("app.db" + companion));
		Map<String, String> before = Restoring.contents(this.directory);
		RestoreResult result = restore();
		assertThat(result.setAside()).isNotNull();
		assertRestored();
		assertSetAside(before, ASIDE);
	}

	@ParameterizedTest
	@EnumSource(Damage.class)
	void setsDamagedDatabaseAsideByteForByte(Damage damage) throws Exception {
		damage.make(this.database, "DELETE");
		Map<String, String> before = Restoring.contents(this.directory);
		RestoreResult result = restore();
		assertThat(result.setAside()).isEqualTo(this.directory.resolve(ASIDE + ".db"));
		assertThat(result.verification()).isInstanceOf(Verification.Sound.class);
		assertThat(result.kept() != null).isEqualTo(damage.readable);
		assertRestored();
		assertSetAside(before, ASIDE);
	}

	@ParameterizedTest
	@CsvSource({ "NO_HEADER, -wal", "NO_HEADER, -journal", "NO_DATABASE, -wal", "NO_DATABASE, -journal" })
	void setsCompanionsOfWhatIsNoDatabaseAsideUntouched(Damage damage, String companion) throws Exception {
		damage.make(this.database, "DELETE");
		copyCompanion(companion, this.directory.resolve("app.db" + companion));
		Files.writeString(this.directory.resolve("app.db-shm"), "some index");
		Map<String, String> before = Restoring.contents(this.directory);
		restore();
		assertRestored();
		assertSetAside(before, ASIDE);
	}

	@ParameterizedTest
	@CsvSource({ "NO_HEADER, -wal", "NO_HEADER, -journal", "NO_DATABASE, -wal", "NO_DATABASE, -journal" })
	void lookingAtWhatIsNoDatabaseChangesNothing(Damage damage, String companion) throws Exception {
		damage.make(this.database, "WAL");
		copyCompanion(companion, this.directory.resolve("app.db" + companion));
		Map<String, String> before = Restoring.contents(this.directory);
		assertThat(OpenState.of(LiveDatabase.of(this.database))).isEqualTo(OpenState.UNKNOWN);
		assertThatExceptionOfType(NotADatabaseException.class)
			.isThrownBy(() -> DatabaseSummary.ofCurrent(BackupServices.service(this.database)))
			.withMessageContaining(this.database.toString());
		assertThat(Restoring.contents(this.directory)).isEqualTo(before);
	}

	@ParameterizedTest
	@EnumSource(value = Damage.class, mode = EnumSource.Mode.INCLUDE,
			names = { "DAMAGED_PAGE", "TRUNCATED", "MALFORMED_SCHEMA" })
	void keepsWriteAheadLogModeOfDamagedDatabase(Damage damage) throws Exception {
		damage.make(this.database, "WAL");
		RestoreResult result = restore();
		assertThat(result.setAside()).isNotNull();
		assertThat(TestDatabase.journalMode(this.database)).isEqualTo("wal");
		assertRestored();
	}

	@ParameterizedTest
	@EnumSource(value = Damage.class, mode = EnumSource.Mode.INCLUDE,
			names = { "DAMAGED_PAGE", "TRUNCATED", "MALFORMED_SCHEMA" })
	void keepsRollbackJournalOfDamagedDatabase(Damage damage) throws Exception {
		damage.make(this.database, "DELETE");
		RestoreResult result = restore();
		assertThat(result.setAside()).isNotNull();
		assertThat(TestDatabase.journalMode(this.database)).isEqualTo("delete");
		assertThat(result.journalModeUnknown()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-wal", "-shm" })
	void keepsWriteAheadLogModeThatShowsInWhatIsLeft(String companion) throws Exception {
		Files.writeString(this.directory.resolve("app.db" + companion), "what is left");
		RestoreResult result = restore();
		assertThat(TestDatabase.journalMode(this.database)).isEqualTo("wal");
		assertThat(result.journalModeUnknown()).isFalse();
		assertRestored();
	}

	@ParameterizedTest
	@ValueSource(strings = { "missing", "empty", "no database" })
	void tellsWhenJournalModeIsUnknown(String what) throws Exception {
		switch (what) {
			case "empty" -> Files.createFile(this.database);
			case "no database" -> Damage.NO_DATABASE.make(this.database, "WAL");
			default -> assertThat(this.database).doesNotExist();
		}
		RestoreResult result = restore();
		assertThat(result.journalModeUnknown()).isTrue();
		assertThat(TestDatabase.journalMode(this.database)).isEqualTo("delete");
		assertThat(this.log.ours()).extracting(ILoggingEvent::getFormattedMessage)
			.filteredOn(
					(message) -> message.startsWith("The previous journal mode of " + this.database + " is unknown"))
			.hasSize(1);
		assertThat(restore().journalModeUnknown()).isFalse();
		assertThat(this.log.ours()).extracting(ILoggingEvent::getFormattedMessage)
			.filteredOn((message) -> message.startsWith("The previous journal mode"))
			.hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "missing", "empty", "no database" })
	void takesJournalModeFromManifestWhereNothingElseTells(String what) throws Exception {
		for (String mode : List.of("wal", "delete")) {
			TestDatabase.create(this.database, 3, "journal_mode = " + mode);
			Path snapshot = BackupServices.backup(BackupServices.service(this.database), mode).snapshot().file();
			Files.delete(this.database);
			switch (what) {
				case "empty" -> Files.createFile(this.database);
				case "no database" -> Damage.NO_DATABASE.make(this.database, "WAL");
				default -> assertThat(this.database).doesNotExist();
			}
			RestoreResult result = BackupServices.service(this.database).restore(snapshot, false);
			assertThat(result.journalModeUnknown()).isFalse();
			assertThat(TestDatabase.journalMode(this.database)).isEqualTo(mode);
			assertThat(TestDatabase.items(this.database)).hasSize(3);
			assertThat(TestDatabase.journalMode(snapshot)).isEqualTo("delete");
			Files.delete(this.database);
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void keepsModeAndOwnerOfDamagedDatabase() throws Exception {
		Damage.NO_DATABASE.make(this.database, "DELETE");
		Files.setPosixFilePermissions(this.database, PosixFilePermissions.fromString("rw-r----x"));
		boolean root = "root".equals(System.getProperty("user.name"));
		if (root) {
			Files.setAttribute(this.database, "unix:uid", 12345);
			Files.setAttribute(this.database, "unix:gid", 23456);
		}
		restore();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.database))).isEqualTo("rw-r----x");
		if (root) {
			assertOwner();
		}
		assertThat(this.log.warnings()).extracting(ILoggingEvent::getFormattedMessage)
			.noneMatch((message) -> message.contains("belongs to"));
	}

	@Test
	void findsAnotherNameWhenThatOfFirstIsTaken() throws Exception {
		Damage.NO_DATABASE.make(this.database, "DELETE");
		Map<String, String> before = Restoring.contents(this.directory);
		restore();
		Map<String, String> first = Restoring.contents(this.directory);
		first.remove("app.db");
		for (String name : List.of(ASIDE + "-2", ASIDE + "-3")) {
			Files.delete(this.database);
			Damage.NO_DATABASE.make(this.database, "DELETE");
			assertThat(restore().setAside()).isEqualTo(this.directory.resolve(name + ".db"));
			assertSetAside(before, name);
		}
		assertThat(Restoring.contents(this.directory)).containsAllEntriesOf(first);
		assertRestored();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-wal", "-shm", "-journal" })
	void neverMixesWhatIsSetAsideWithWhatWasBefore(String companion) throws Exception {
		Damage.NO_DATABASE.make(this.database, "DELETE");
		Path taken = Files.writeString(this.directory.resolve(ASIDE + ".db" + companion), "of another");
		assertThat(restore().setAside()).isEqualTo(this.directory.resolve(ASIDE + "-2.db"));
		assertThat(taken).hasContent("of another");
		assertRestored();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisabledOnOs(OS.WINDOWS)
	void replacesWhatLinkPointsTo(boolean exists) throws Exception {
		Path link = Files.createSymbolicLink(this.temp.resolve("link.db"), Path.of("data", "app.db"));
		if (exists) {
			Damage.NO_DATABASE.make(this.database, "DELETE");
		}
		Files.writeString(this.directory.resolve("app.db-wal"), "some log");
		Map<String, String> before = Restoring.contents(this.directory);
		RestoreResult result = service(link, VerificationMode.QUICK).restore(this.snapshot, false);
		assertThat(result.setAside()).isEqualTo(this.directory.resolve(ASIDE + (exists ? ".db" : ".db-wal")));
		assertThat(link).isSymbolicLink();
		assertRestored();
		assertSetAside(before, ASIDE);
	}

	@ParameterizedTest
	@EnumSource(value = Damage.class, mode = EnumSource.Mode.INCLUDE, names = { "DAMAGED_PAGE", "MALFORMED_SCHEMA" })
	void isNotReplacedUnderConnectionsThatHaveItOpen(Damage damage) throws Exception {
		damage.make(this.database, "WAL");
		try (Connection connection = TestDatabase.open(this.database)) {
			assertThat(Restoring.hold(connection)).isNotNegative();
			assertThatExceptionOfType(BackupException.class).isThrownBy(this::restoreEvenIfOpen)
				.withMessageContaining(this.database.toString())
				.withMessageContaining("Stop the application");
			assertThat(
					BackupDirectory.regularFiles(this.directory).stream().map((file) -> file.getFileName().toString()))
				.noneMatch((name) -> name.contains("damaged"));
		}
		restoreEvenIfOpen();
		assertRestored();
	}

	@ParameterizedTest
	@EnumSource(VerificationMode.class)
	void givesRowsOfSnapshotHoweverSnapshotsAreVerified(VerificationMode verification) throws Exception {
		for (Damage damage : Damage.values()) {
			Path file = this.directory.resolve(damage + ".db");
			damage.make(file, "WAL");
			service(file, verification).restore(this.snapshot, false);
			assertThat(TestDatabase.check(file)).containsExactly("ok");
			assertThat(TestDatabase.items(file)).hasSize(ROWS);
		}
	}

	private RestoreResult restore() {
		return service(this.database, VerificationMode.QUICK).restore(this.snapshot, false);
	}

	private void restoreEvenIfOpen() {
		service(this.database, VerificationMode.QUICK).restore(this.snapshot, true);
	}

	private static SqliteBackupService service(Path database, VerificationMode verification) {
		return new SqliteBackupService(BackupContext
			.of(SqliteDatabase.of(database), BackupServices.settings(null, verification), BackupListener.NONE)
			.withClock(CLOCK), List::of);
	}

	private void assertRestored() {
		assertThat(TestDatabase.items(this.database)).isEqualTo(TestDatabase.items(this.snapshot)).hasSize(ROWS);
		assertThat(TestDatabase.check(this.database)).containsExactly("ok");
	}

	private void assertSetAside(Map<String, String> before, String aside) {
		Map<String, String> expected = new TreeMap<>();
		before.forEach((name, content) -> expected.put(name.replaceFirst("^app", aside), content));
		Map<String, String> actual = Restoring.contents(this.directory);
		actual.keySet().removeIf((name) -> !name.matches(aside + "\\.db.*"));
		assertThat(actual).isEqualTo(expected);
	}

	private void assertOwner() throws IOException {
		assertThat(Files.readAttributes(this.database, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS))
			.containsEntry("uid", 12345)
			.containsEntry("gid", 23456);
	}

	/**
	 * Copy what SQLite keeps beside a database that is in the middle of something.
	 */
	private void copyCompanion(String companion, Path target) throws IOException {
		Path other = this.temp.resolve("other.db");
		TestDatabase.create(other, ROWS, "journal_mode = " + (companion.equals("-wal") ? "WAL" : "DELETE"));
		try (Connection connection = TestDatabase.open(other); Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA cache_size = 1");
			statement.execute("BEGIN");
			statement.execute("UPDATE item SET name = 'half done'");
			Files.copy(this.temp.resolve("other.db" + companion), target);
			assertThat(target).isNotEmptyFile();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * What can have become of a database.
	 */
	enum Damage {

		DAMAGED_PAGE(true), TRUNCATED(true), MALFORMED_SCHEMA(true), NO_HEADER(false), NO_DATABASE(false);

		private final boolean readable;

		Damage(boolean readable) {
			this.readable = readable;
		}

		void make(Path file, String journalMode) throws IOException {
			if (this == NO_DATABASE) {
				Files.writeString(file, "Dear diary, ".repeat(1000));
				return;
			}
			TestDatabase.create(file, 5000, "journal_mode = " + journalMode);
			switch (this) {
				case DAMAGED_PAGE -> TestDatabase.overwrite(file, 4096, (byte) 99, (byte) 99, (byte) 99, (byte) 99);
				case TRUNCATED -> TestDatabase.truncate(file, 10 * 4096);
				case MALFORMED_SCHEMA -> TestDatabase.execute(file, "PRAGMA writable_schema = ON",
						"UPDATE sqlite_schema SET sql = 'CREATE TABLE item (' WHERE name = 'item'");
				default -> TestDatabase.overwrite(file, 0, new byte[16]);
			}
		}

	}

}
