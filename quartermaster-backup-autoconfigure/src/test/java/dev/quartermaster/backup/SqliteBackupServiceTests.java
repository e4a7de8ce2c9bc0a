/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.Thread.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

import com.zaxxer.hikari.HikariDataSource;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link SqliteBackupService}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SqliteBackupServiceTests {

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-04-17T11:57:19.5Z"), ZoneOffset.UTC);

	@TempDir
	private Path temp;

	@Test
	void takesSnapshotBesideDatabase() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 3);
		Snapshot snapshot = backup(database, "smoke test").snapshot();
		assertThat(snapshot.file())
			.isEqualTo(this.temp.resolve("backups").resolve("quartermaster-20260417-115719-smoke-test.db"));
		assertThat(snapshot.takenAt()).isEqualTo(ZonedDateTime.parse("2026-04-17T11:57:19Z"));
		assertThat(snapshot.file()).hasSize(snapshot.size());
		assertThat(TestDatabase.items(snapshot.file())).containsExactly("item 1", "item 2", "item 3");
	}

	@Test
	void leavesNothingButSnapshotInDirectory() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 3, "journal_mode = WAL");
		Snapshot snapshot = backup(database, "x").snapshot();
		TestDatabase.items(snapshot.file());
		assertThat(BackupDirectory.files(this.temp.resolve("backups"))).containsExactly(snapshot.file());
	}

	@Test
	void neverReplacesSnapshotOfSameSecondAndReason() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		List<String> names = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			names.add(backup(database, "x").snapshot().name().toString());
			TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
		}
		assertThat(names).containsExactly("quartermaster-20260417-115719-x.db", "quartermaster-20260417-115719-x-2.db",
				"quartermaster-20260417-115719-x-3.db");
		assertThat(TestDatabase.items(this.temp.resolve("backups").resolve(names.get(0)))).hasSize(1);
	}

	@Test
	void stampsInConfiguredTimeZone() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		BackupSettings settings = new BackupSettings(null, VerificationMode.QUICK, Duration.ofSeconds(1),
				ZoneId.of("Asia/Tokyo"), 0);
		Snapshot snapshot = BackupServices
			.backup(new SqliteBackupService(
					BackupContext.of(SqliteDatabase.of(database), settings, BackupListener.NONE).withClock(CLOCK),
					List::of), "x")
			.snapshot();
		assertThat(snapshot.name()).hasToString("quartermaster-20260417-205719-x.db");
		assertThat(snapshot.takenAt()).isEqualTo(ZonedDateTime.parse("2026-04-17T11:57:19Z"));
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1, 3600, 86_400 })
	void clockThatIsPutBackLeavesOrderAsItWas(long seconds) {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Snapshot before = backup(database, "a").snapshot();
		TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
		SqliteBackupService later = service(database, Clock.offset(CLOCK, Duration.ofSeconds(-seconds)));
		Snapshot after = BackupServices.backup(later, "b").snapshot();
		assertThat(after.name()).hasToString("quartermaster-20260417-115719-b.db");
		assertThat(later.list()).containsExactly(after, before);
		assertThat(later.backupIfChanged(SnapshotReason.of("c"))).isInstanceOfSatisfying(BackupResult.Unchanged.class,
				(unchanged) -> assertThat(unchanged.snapshot()).isEqualTo(after));
	}

	@Test
	void snapshotsOfOneSecondAreListedAsTheyWereTaken() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		List<Snapshot> taken = new ArrayList<>();
		for (String reason : List.of("before-import", "x", "a", "x", "long-after-import")) {
			taken.add(0, backup(database, reason).snapshot());
			TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
		}
		assertThat(service(database, CLOCK).list()).isEqualTo(taken);
	}

	@Test
	void orderIsInNamesAlone() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		List<Snapshot> taken = new ArrayList<>();
		for (String reason : List.of("before-import", "x", "a", "x", "x", "long-after-import", "b", "x")) {
			taken.add(0, backup(database, reason).snapshot());
			TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
		}
		for (int i = 0; i < taken.size(); i++) {
			Files.setLastModifiedTime(taken.get(i).file(), FileTime.fromMillis(i * 1000L));
		}
		assertThat(service(database, CLOCK).list()).isEqualTo(taken);
		assertThat(taken).extracting(Snapshot::name).isSortedAccordingTo(Comparator.reverseOrder());
	}

	@Test
	void numberThatIsFreeAgainIsNotGivenToLaterSnapshot() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		for (int i = 0; i < 3; i++) {
			backup(database, "x");
			TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
		}
		Files.delete(this.temp.resolve("backups/quartermaster-20260417-115719-x.db"));
		Files.delete(this.temp.resolve("backups/quartermaster-20260417-115719-x-2.db"));
		Snapshot newest = backup(database, "x").snapshot();
		assertThat(newest.name()).hasToString("quartermaster-20260417-115719-x-4.db");
		assertThat(service(database, CLOCK).list().get(0)).isEqualTo(newest);
	}

	@Test
	void stampOfWrongClockIsToldAndDoesNotMoveOthers(CapturedOutput output) {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		SqliteBackupService wrong = service(database, Clock.offset(CLOCK, Duration.ofDays(3600)));
		Snapshot ahead = BackupServices.backup(wrong, "wrong").snapshot();
		TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
		SqliteBackupService right = service(database, CLOCK);
		Snapshot first = BackupServices.backup(right, "b").snapshot();
		assertThat(right.backupIfChanged(SnapshotReason.of("c"))).isInstanceOfSatisfying(BackupResult.Unchanged.class,
				(unchanged) -> assertThat(unchanged.snapshot()).isEqualTo(first));
		Snapshot second = BackupServices.backup(right, "a").snapshot();
		assertThat(first.name()).hasToString("quartermaster-20260417-115719-b.db");
		assertThat(second.name()).hasToString("quartermaster-20260417-115720-a.db");
		assertThat(right.list()).containsExactly(second, first, ahead);
		assertThat(output).containsOnlyOnce("Either this system's clock is wrong")
			.containsPattern("WARN .*The time in the name of the snapshot \\Q" + ahead.file()
					+ "\\E is more than a day in the future");
	}

	@Test
	void snapshotOfWrongClockIsComparedWithWhileThereIsNoOther() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Snapshot ahead = BackupServices.backup(service(database, Clock.offset(CLOCK, Duration.ofDays(2))), "x")
			.snapshot();
		assertThat(service(database, CLOCK).backupIfChanged(SnapshotReason.of("y"))).isInstanceOfSatisfying(
				BackupResult.Unchanged.class, (unchanged) -> assertThat(unchanged.snapshot()).isEqualTo(ahead));
	}

	@ParameterizedTest
	@CsvSource({ "pre-restore, manual-pre-restore", "failed-migration-2, manual-failed-migration-2",
			"20260417-115719, 20260417115719", "flyway-clean, flyway-clean" })
	void reasonThatOnlyWeMayGiveIsNotTakenFromOthers(String slug, String taken) {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		assertThat(service(database, CLOCK).backupIfChanged(new SnapshotReason(slug))).isInstanceOfSatisfying(
				BackupResult.Created.class,
				(created) -> assertThat(created.snapshot().name().reason()).hasToString(taken));
		assertThat(service(database, CLOCK).list()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "pre-restore", "failed migration", "pre-restore-2" })
	void reasonThatMarksReplacedStateCannotBeTyped(String reason) {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Snapshot snapshot = backup(database, reason).snapshot();
		assertThat(snapshot.name().reason().slug()).startsWith("manual-");
		assertThat(snapshot.isCandidate()).isTrue();
		assertThat(service(database, CLOCK).backupIfChanged(SnapshotReason.of("x"))).isInstanceOfSatisfying(
				BackupResult.Unchanged.class, (unchanged) -> assertThat(unchanged.snapshot()).isEqualTo(snapshot));
	}

	@Test
	void laterSnapshotBearsLaterStamp() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		backup(database, "x");
		TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
		SqliteBackupService later = service(database, Clock.offset(CLOCK, Duration.ofMinutes(1)));
		assertThat(BackupServices.backup(later, "x").snapshot().file())
			.hasFileName("quartermaster-20260417-115819-x.db");
	}

	@Test
	void stateThatRestoreReplacedIsNotTheOneToCompareWith() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Snapshot snapshot = backup(database, "x").snapshot();
		TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
		SqliteBackupService service = service(database, CLOCK);
		service.restore(snapshot.file(), false);
		assertThat(service.list()).hasSize(2);
		assertThat(service.backupIfChanged(SnapshotReason.of("y"))).isInstanceOfSatisfying(BackupResult.Unchanged.class,
				(unchanged) -> assertThat(unchanged.snapshot()).isEqualTo(snapshot));
	}

	@Test
	void interruptedThreadTakesNoSnapshotAndSpoilsNothing() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		SqliteBackupService service = service(database, CLOCK);
		Thread.currentThread().interrupt();
		try {
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"))
				.isExactlyInstanceOf(BackupException.class)
				.withMessageContaining("the thread was interrupted");
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
		assertThat(this.temp.resolve("backups")).doesNotExist();
		assertThat(service.backup("x")).isInstanceOf(BackupResult.Created.class);
	}

	@Test
	void interruptionHalfWayIsSaid() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		SqliteBackupService service = service(database, new BackupListener() {

			@Override
			public void onProgress(Path file, long bytes, long totalBytes) {
				Thread.currentThread().interrupt();
			}

		});
		try {
			assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"))
				.isExactlyInstanceOf(BackupException.class)
				.withMessage("The database " + database + " was not copied: the thread was interrupted."
						+ " Try again on a thread that is not interrupted.");
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
		assertThat(BackupDirectory.files(this.temp.resolve("backups"))).isEmpty();
	}

	@Test
	void secondOneWaitsUntilFirstIsCopied() throws InterruptedException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		CompletableFuture<SqliteBackupService> service = new CompletableFuture<>();
		Thread second = new Thread(() -> service.join().backup("second"));
		AtomicReference<State> meanwhile = new AtomicReference<>();
		service.complete(service(database, new BackupListener() {

			@Override
			public void onProgress(Path file, long bytes, long totalBytes) {
				if (second.getState() == State.NEW) {
					second.start();
					while (second.getState() != State.TIMED_WAITING && second.isAlive()) {
						Thread.onSpinWait();
					}
					meanwhile.set(second.getState());
				}
			}

		}));
		service.join().backup("first");
		second.join();
		assertThat(meanwhile).hasValue(State.TIMED_WAITING);
		assertThat(service.join().list()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void takesSnapshotOfWhatIsCommittedInTransactionThatHasOnlyConnectionOfPool(String journalMode) {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1, "journal_mode = " + journalMode);
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl(TestDatabase.url(database));
			pool.setMaximumPoolSize(1);
			pool.setConnectionTimeout(250);
			SqliteBackupService service = BackupServices.service(SqliteDatabase.of(pool), BackupServices.settings());
			Snapshot snapshot = new TransactionTemplate(new JdbcTransactionManager(pool)).execute((status) -> {
				new JdbcTemplate(pool).update("INSERT INTO item (name) VALUES ('not committed yet')");
				return BackupServices.backup(service, "x").snapshot();
			});
			assertThat(TestDatabase.items(snapshot.file())).containsExactly("item 1");
		}
		assertThat(TestDatabase.items(database)).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE", "WAL" })
	void readsAllOfOneMoment(String journalMode) {
		Path database = Ledger.create(this.temp.resolve("app.db"), 1, journalMode);
		List<Integer> moved = BackupServices.service(database).read((statement) -> {
			int before = moved(statement);
			Ledger.tryToWrite(database);
			return List.of(before, moved(statement));
		});
		assertThat(moved).containsExactly(0, 0);
	}

	private static int moved(Statement statement) throws SQLException {
		try (ResultSet result = statement.executeQuery("SELECT times FROM moved")) {
			return result.getInt(1);
		}
	}

	@Test
	void doesNothingForMissingDatabase() throws IOException {
		Path database = this.temp.resolve("quartermaster.db");
		assertThat(BackupServices.service(database).backup("x")).isEqualTo(new BackupResult.NothingToBackUp(database));
		assertThat(BackupDirectory.files(this.temp)).isEmpty();
	}

	@Test
	void warnsWhenDatabaseIsGoneOfWhichThereAreSnapshots(CapturedOutput output) throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 3);
		Path snapshot = backup(database, "x").snapshot().file();
		Files.delete(database);
		assertThat(BackupServices.service(database).backup("x")).isInstanceOf(BackupResult.NothingToBackUp.class);
		assertThat(output).containsPattern("WARN .*no data in \\Q" + database + "\\E, although it has 1 snapshot\\.")
			.contains("restore the newest one, " + snapshot);
	}

	@Test
	void doesNothingForEmptyFile() throws IOException {
		Path database = Files.createFile(this.temp.resolve("quartermaster.db"));
		assertThat(BackupServices.service(database).backup("x")).isInstanceOf(BackupResult.NothingToBackUp.class);
		assertThat(BackupDirectory.files(this.temp)).containsExactly(database);
	}

	@Test
	void doesNothingForDatabaseInWhichNoTableWasMade() throws IOException {
		Path database = this.temp.resolve("quartermaster.db");
		TestDatabase.execute(database, "PRAGMA journal_mode = WAL");
		assertThat(database).isNotEmptyFile();
		assertThat(BackupServices.service(database).backup("x")).isInstanceOf(BackupResult.NothingToBackUp.class);
		assertThat(BackupDirectory.files(this.temp)).containsExactly(database);
	}

	/**
	 * Somebody made tables in it, and what was in them may still be found.
	 */
	@Test
	void backsUpDatabaseWhoseTablesWereAllDropped() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		TestDatabase.execute(database, "DROP TABLE item");
		assertThat(BackupServices.service(database).backup("x")).isInstanceOf(BackupResult.Created.class);
	}

	@Test
	void backsUpDatabaseWhoseSchemaVersionWasSetToZero() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		TestDatabase.execute(database, "PRAGMA schema_version = 0");
		assertThat(BackupServices.service(database).backup("x")).isInstanceOf(BackupResult.Created.class);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void letsOnlyOwnerReadSnapshots() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Path file = backup(database, "x").snapshot().file();
		assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
		assertThat(Files.getPosixFilePermissions(file.getParent()))
			.isEqualTo(PosixFilePermissions.fromString("rwx------"));
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void leavesModeOfExistingDirectoryAlone() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Path directory = Files.createDirectory(this.temp.resolve("backups"));
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));
		backup(database, "x");
		assertThat(Files.getPosixFilePermissions(directory)).isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
	}

	@Test
	void usesConfiguredDirectory() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Path directory = this.temp.resolve("some/where else");
		SqliteBackupService service = BackupServices.service(SqliteDatabase.of(database),
				BackupServices.settings(directory, VerificationMode.FULL));
		BackupResult.Created created = BackupServices.backup(service, "x");
		assertThat(created.snapshot().file()).hasParent(directory);
		assertThat(created.verification()).isEqualTo(new Verification.Sound(VerificationMode.FULL));
	}

	@Test
	void worksAcrossFileSystems() throws IOException {
		Path memory = Path.of("/dev/shm");
		assumeThat(memory).isWritable();
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Path directory = Files.createTempDirectory(memory, "quartermaster");
		try {
			SqliteBackupService service = BackupServices.service(SqliteDatabase.of(database),
					BackupServices.settings(directory, VerificationMode.QUICK));
			assertThat(TestDatabase.items(BackupServices.backup(service, "x").snapshot().file())).hasSize(1);
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	@Test
	void copyOfUnchangedDatabaseIsTheSameToTheByte() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 100, "journal_mode = WAL");
		List<Path> copies = new ArrayList<>();
		for (String directory : List.of("a", "b")) {
			copies.add(BackupServices
				.backup(BackupServices.service(SqliteDatabase.of(database),
						BackupServices.settings(this.temp.resolve(directory), VerificationMode.QUICK)), "x")
				.snapshot()
				.file());
		}
		assertThat(copies.get(1)).hasSameBinaryContentAs(copies.get(0));
	}

	@Test
	void keepsNewestSnapshotForHundredBootsWithoutChange() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 100);
		SqliteBackupService service = BackupServices.service(database);
		assertThat(service.backupIfChanged(SnapshotReason.FLYWAY)).isInstanceOf(BackupResult.Created.class);
		for (int boot = 1; boot < 100; boot++) {
			assertThat(service.backupIfChanged(SnapshotReason.FLYWAY)).isInstanceOf(BackupResult.Unchanged.class);
		}
		assertThat(BackupDirectory.files(this.temp.resolve("backups"))).hasSize(1);
	}

	@Test
	void keepsNewestSnapshotWhateverItsReason(CapturedOutput output) {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 100);
		Snapshot manual = backup(database, "x").snapshot();
		BackupResult result = BackupServices.service(database).backupIfChanged(SnapshotReason.FLYWAY);
		assertThat(result).isInstanceOfSatisfying(BackupResult.Unchanged.class,
				(unchanged) -> assertThat(unchanged.snapshot()).isEqualTo(manual));
		assertThat(output).containsPattern("INFO .*Not changed since the newest snapshot: \\Q" + database
				+ "\\E still matches \\Q" + manual.file());
	}

	@Test
	void takesNewSnapshotWhenOneByteChanged() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 100);
		SqliteBackupService service = BackupServices.service(database);
		service.backupIfChanged(SnapshotReason.FLYWAY);
		TestDatabase.execute(database, "UPDATE item SET name = 'jtem 1' WHERE id = 1");
		assertThat(service.backupIfChanged(SnapshotReason.FLYWAY)).isInstanceOf(BackupResult.Created.class);
		assertThat(service.list()).hasSize(2);
	}

	@Test
	void takesNewSnapshotWhenOnlyAnOlderOneIsTheSame() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 100);
		SqliteBackupService service = BackupServices.service(database);
		service.backupIfChanged(SnapshotReason.FLYWAY);
		TestDatabase.execute(database, "PRAGMA user_version = 1");
		service.backupIfChanged(SnapshotReason.FLYWAY);
		TestDatabase.execute(database, "PRAGMA user_version = 0");
		assertThat(service.backupIfChanged(SnapshotReason.FLYWAY)).isInstanceOf(BackupResult.Created.class);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void givesRequestWithoutChangeItsOwnNameAndNoSpace() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 100);
		Path first = backup(database, "x").snapshot().file();
		Path second = backup(database, "y").snapshot().file();
		assertThat(second).isNotEqualTo(first).hasSameBinaryContentAs(first);
		assertThat(Files.getAttribute(second, "unix:ino")).isEqualTo(Files.getAttribute(first, "unix:ino"));
	}

	@Test
	void leavesDatabaseAsItWas() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 100);
		byte[] before = Files.readAllBytes(database);
		backup(database, "x");
		assertThat(database).hasBinaryContent(before);
	}

	@Test
	void listsNewestFirstAndOnlySnapshotsOfThisDatabase() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Path directory = Files.createDirectory(this.temp.resolve("backups"));
		for (String name : List.of("quartermaster-20250101-000000-old.db", "quartermaster-20250102-000000-newer.db",
				"quartermaster-20250102-000000-newer-2.db", "other-20250101-000000-x.db", "notes.txt",
				".quartermaster-1-2-x.partial")) {
			Files.writeString(directory.resolve(name), "content");
		}
		Files.createDirectory(directory.resolve("quartermaster-20250103-000000-directory.db"));
		assertThat(BackupServices.service(database).list()).extracting((snapshot) -> snapshot.name().toString())
			.containsExactly("quartermaster-20250102-000000-newer-2.db", "quartermaster-20250102-000000-newer.db",
					"quartermaster-20250101-000000-old.db");
	}

	@Test
	void findsSnapshotByNameAndNothingElse() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Snapshot snapshot = backup(database, "x").snapshot();
		SqliteBackupService service = BackupServices.service(database);
		Files.copy(snapshot.file(), this.temp.resolve("quartermaster-20250101-000000-outside.db"));
		assertThat(service.find(snapshot.name().toString())).contains(snapshot);
		assertThat(service.find("../quartermaster-20250101-000000-outside.db")).isEmpty();
		assertThat(service.find("../quartermaster.db")).isEmpty();
		assertThat(service.find(snapshot.file().toString())).isEmpty();
		assertThat(service.find("\0")).isEmpty();
	}

	@Test
	void saysWhereDatabaseAndSnapshotsAre() {
		Path database = this.temp.resolve("quartermaster.db");
		assertThat(BackupServices.service(database).database()).isEqualTo(database);
		assertThat(BackupServices.service(database).directory()).isEqualTo(this.temp.resolve("backups"));
		SqliteBackupService elsewhere = BackupServices.service(SqliteDatabase.of(database),
				BackupServices.settings(this.temp.resolve("elsewhere"), VerificationMode.QUICK));
		assertThat(elsewhere.directory()).isEqualTo(this.temp.resolve("elsewhere"));
	}

	@Test
	void checksSnapshotAgain() {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1000);
		Path snapshot = backup(database, "x").snapshot().file();
		SqliteBackupService service = BackupServices.service(database);
		assertThat(service.verify(snapshot, VerificationMode.FULL))
			.isEqualTo(new Verification.Sound(VerificationMode.FULL));
		service.requireSound(snapshot);
		TestDatabase.overwrite(snapshot, 4096, new byte[] { 99, 99, 99, 99 });
		assertThat(service.verify(snapshot, VerificationMode.QUICK)).isInstanceOf(Verification.Corrupt.class);
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.requireSound(snapshot))
			.withMessageContaining(snapshot.toString());
	}

	@Test
	void givesEveryConcurrentRequestItsOwnSnapshot() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1000);
		int requests = 16;
		ExecutorService executor = Executors.newFixedThreadPool(requests);
		try {
			List<Future<BackupResult.Created>> results = new ArrayList<>();
			for (int i = 0; i < requests; i++) {
				results.add(executor.submit(() -> backup(database, "x")));
			}
			for (Future<BackupResult.Created> result : results) {
				assertThat(result.get().verification()).isInstanceOf(Verification.Sound.class);
			}
		}
		finally {
			executor.shutdown();
		}
		assertThat(BackupServices.service(database).list()).hasSize(requests);
		assertThat(BackupDirectory.files(this.temp.resolve("backups"))).hasSize(requests);
	}

	@Test
	void saysInOneLineWhatWasDone(CapturedOutput output) {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Path file = backup(database, "x").snapshot().file();
		assertThat(output)
			.containsPattern("INFO .*Backed up \\Q" + database + "\\E to \\Q" + file
					+ "\\E \\(8.0 KB in \\d+ ms, quick_check ok\\)")
			.doesNotContain("Copying ");
	}

	@Test
	void reportsThatDatabaseStayedLocked() throws SQLException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		try (Connection connection = TestDatabase.open(database); Statement statement = connection.createStatement()) {
			statement.execute("BEGIN EXCLUSIVE");
			BackupSettings settings = new BackupSettings(null, VerificationMode.QUICK, Duration.ofMillis(50),
					ZoneOffset.UTC, 0);
			assertThatExceptionOfType(DatabaseBusyException.class)
				.isThrownBy(() -> BackupServices.service(SqliteDatabase.of(database), settings).backup("x"))
				.withMessageContaining(database.toString())
				.withMessageContaining("50 ms")
				.extracting(BackupException::getAction)
				.asString()
				.contains("quartermaster.backup.busy-timeout");
		}
	}

	@Test
	void reportsFileThatIsNoDatabase() throws IOException {
		Path database = Files.writeString(this.temp.resolve("quartermaster.db"), "Dear diary, ".repeat(100));
		assertThatExceptionOfType(NotADatabaseException.class)
			.isThrownBy(() -> BackupServices.service(database).backup("x"))
			.withMessageContaining(database.toString());
		assertThat(BackupDirectory.files(this.temp)).containsExactly(database);
	}

	@Test
	void reportsDirectoryThatCannotBeMade() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		Path file = Files.writeString(this.temp.resolve("file"), "in the way");
		for (Path directory : List.of(file, file.resolve("below"))) {
			assertThatExceptionOfType(BackupException.class)
				.isThrownBy(() -> BackupServices
					.service(SqliteDatabase.of(database), BackupServices.settings(directory, VerificationMode.QUICK))
					.backup("x"))
				.withMessageContaining(directory.toString())
				.extracting(BackupException::getAction)
				.asString()
				.contains("quartermaster.backup.dir");
		}
	}

	@Test
	void refusesWhenLessThanMinimumWouldBeLeft() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		BackupSettings settings = new BackupSettings(null, VerificationMode.QUICK, Duration.ofSeconds(1),
				ZoneOffset.UTC, Long.MAX_VALUE);
		assertThatExceptionOfType(NoRoomException.class)
			.isThrownBy(() -> BackupServices.service(SqliteDatabase.of(database), settings).backup("x"))
			.withMessageContaining(this.temp.resolve("backups").toString())
			.extracting(BackupException::getAction)
			.asString()
			.contains("quartermaster.backup.min-free-space");
		assertThat(BackupDirectory.files(this.temp.resolve("backups"))).isEmpty();
	}

	@Test
	void tellsListenerOfResultAndOfFailure() throws IOException {
		List<Object> told = new ArrayList<>();
		BackupListener listener = new BackupListener() {

			@Override
			public void onResult(BackupResult result) {
				told.add(result);
			}

			@Override
			public void onFailure(BackupException failure) {
				told.add(failure);
			}

		};
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 1);
		SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(database), BackupServices.settings(),
				listener);
		BackupResult result = service.backup("x");
		Files.writeString(database, "no more a database ".repeat(100));
		assertThatExceptionOfType(NotADatabaseException.class).isThrownBy(() -> service.backup("x"));
		assertThat(told).hasSize(2);
		assertThat(told.get(0)).isSameAs(result);
		assertThat(told.get(1)).isInstanceOf(NotADatabaseException.class);
	}

	@Test
	void snapshotThatWasPublishedIsTakenWhateverBecomesOfItsStagingFile(CapturedOutput output) throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		Path directory = this.temp.resolve("backups");
		SqliteBackupService service = new SqliteBackupService(
				BackupContext.of(SqliteDatabase.of(database), BackupServices.settings(), new BackupListener() {

					@Override
					public void onProgress(Path file, long bytes, long totalBytes) {
						if (bytes == totalBytes) {
							putInWayOfRemoval(directory);
						}
					}

				}).withClock(CLOCK), List::of);
		Snapshot snapshot = BackupServices.backup(service, "x").snapshot();
		assertThat(service.list()).containsExactly(snapshot);
		assertThat(TestDatabase.items(snapshot.file())).containsExactly("item 1");
		assertThat(output).containsPattern(
				"WARN .* The staging file " + directory + "/.* could not be removed .*It is not a snapshot");
	}

	/**
	 * SQLite has removed its journal by the end of the copy. What is no file any more can
	 * not be removed like one.
	 */
	private static void putInWayOfRemoval(Path directory) {
		try {
			Path partial = BackupDirectory.files(directory)
				.stream()
				.filter((file) -> file.toString().endsWith(".partial"))
				.findFirst()
				.orElseThrow();
			Files.createDirectories(partial.resolveSibling(partial.getFileName() + "-journal").resolve("not empty"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void isNotAffectedByListenerThatFails(CapturedOutput output) {
		BackupListener listener = new BackupListener() {

			@Override
			public void onProgress(Path file, long bytes, long totalBytes) {
				throw new NoClassDefFoundError("on purpose");
			}

			@Override
			public void onCheckProgress(Path file, long bytes, long totalBytes) {
				throw new NoClassDefFoundError("on purpose");
			}

			@Override
			public void onResult(BackupResult result) {
				throw new IllegalStateException("no matter");
			}

		};
		Path database = TestDatabase.create(this.temp.resolve("quartermaster.db"), 10_000);
		SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(database), BackupServices.settings(),
				listener);
		assertThat(service.backup("x")).isInstanceOf(BackupResult.Created.class);
		assertThat(output).contains("A backup listener failed").contains("no matter");
	}

	private static BackupResult.Created backup(Path database, String reason) {
		return BackupServices.backup(service(database, CLOCK), reason);
	}

	private static SqliteBackupService service(Path database, Clock clock) {
		return new SqliteBackupService(
				BackupContext.of(SqliteDatabase.of(database), BackupServices.settings(), BackupListener.NONE)
					.withClock(clock),
				List::of);
	}

	private static SqliteBackupService service(Path database, BackupListener listener) {
		return new SqliteBackupService(SqliteDatabase.of(database), BackupServices.settings(), listener);
	}

}
