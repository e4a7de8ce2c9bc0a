/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.RetentionPolicy.Limits;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.SettableClock;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SnapshotRetention} and {@link SnapshotPruning}: which files are there
 * after backups.
 */
class SnapshotRetentionTests {

	private static final SnapshotReason REASON = SnapshotReason.FLYWAY;

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private final SettableClock clock = new SettableClock(Instant.parse("2026-04-17T11:57:19Z"));

	private final List<PruneResult> pruned = new ArrayList<>();

	private Path database = Path.of("");

	private @Nullable Path directory;

	@BeforeEach
	void createDatabase() throws IOException {
		this.database = Files.createDirectory(this.temp.resolve("data")).resolve("app.db");
		TestDatabase.create(this.database, 1);
	}

	@Test
	void removesWhatMayGoAfterEachBackupAndItsManifest() {
		take(4, count(4));
		assertThat(this.pruned).hasSize(4).allMatch((result) -> result.removed().isEmpty());
		take(6, count(4));
		assertThat(stamps(snapshots())).containsExactly("20260423", "20260424", "20260425", "20260426");
		assertThat(BackupDirectory.everything(directory()).stream().filter((file) -> file.toString().endsWith(".json")))
			.hasSize(4);
		assertThat(this.pruned.get(9).removed()).extracting((file) -> file.getFileName().toString())
			.containsExactly("app-20260422-115719-flyway.db");
		assertThat(this.log.ours()).extracting((event) -> event.getFormattedMessage())
			.contains("Removed 1 snapshot of " + this.database
					+ " by the retention policy: app-20260422-115719-flyway.db");
	}

	@Test
	void removesWhatMayGoAfterBackupThatFoundNothingChanged() {
		take(6, RetentionPolicy.NONE);
		assertThat(snapshots()).hasSize(6);
		assertThat(service(count(4)).backupIfChanged(REASON)).isInstanceOf(BackupResult.Unchanged.class);
		assertThat(snapshots()).hasSize(4);
	}

	@Test
	void namesFourThatItRemovedButOfMoreOnlyTheFirstThree() {
		take(7, RetentionPolicy.NONE);
		service(count(3)).backupIfChanged(REASON);
		take(5, RetentionPolicy.NONE);
		service(count(3)).backupIfChanged(REASON);
		String names = "app-202604%d-115719-flyway.db, app-202604%d-115719-flyway.db, app-202604%d-115719-flyway.db";
		assertThat(this.log.ours()).extracting((event) -> event.getFormattedMessage())
			.contains(
					"Removed 4 snapshots of " + this.database + " by the retention policy: "
							+ names.formatted(17, 18, 19) + ", app-20260420-115719-flyway.db",
					"Removed 5 snapshots of " + this.database + " by the retention policy: "
							+ names.formatted(21, 22, 23) + " and 2 more");
	}

	@Test
	void removesNothingWithoutPolicy() {
		take(6, RetentionPolicy.NONE);
		assertThat(snapshots()).hasSize(6);
		assertThat(this.pruned).isEmpty();
	}

	@Test
	void removesNothingWhenTheBackupFails() throws SQLException {
		take(6, RetentionPolicy.NONE);
		TestDatabase.execute(this.database, "PRAGMA journal_mode = DELETE");
		try (Connection other = TestDatabase.open(this.database); Statement statement = other.createStatement()) {
			statement.execute("BEGIN EXCLUSIVE");
			assertThatExceptionOfType(DatabaseBusyException.class)
				.isThrownBy(() -> service(count(1)).backupIfChanged(REASON));
			assertThatExceptionOfType(DatabaseBusyException.class)
				.isThrownBy(() -> new SnapshotPruning(service(count(1))).prune());
		}
		assertThat(snapshots()).hasSize(6);
	}

	@Test
	void removesNothingWhenTheDatabaseIsDamaged() {
		take(6, RetentionPolicy.NONE);
		damage(this.database);
		assertThat(service(count(1)).backupIfChanged(REASON)).isInstanceOf(BackupResult.Created.class);
		assertThat(snapshots()).hasSize(7);
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> new SnapshotPruning(service(count(1))).prune())
			.satisfies(BackupDirectory::assertClear);
		assertThat(snapshots()).hasSize(7);
	}

	@Test
	void removesNothingWhenTheDatabaseIsGone() throws IOException {
		take(6, RetentionPolicy.NONE);
		Files.delete(this.database);
		assertThat(service(count(1)).backupIfChanged(REASON)).isInstanceOf(BackupResult.NothingToBackUp.class);
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> new SnapshotPruning(service(count(1))).prune())
			.satisfies(BackupDirectory::assertClear);
		assertThat(snapshots()).hasSize(6);
	}

	@Test
	void removesNothingForRestore() {
		take(6, RetentionPolicy.NONE);
		Path oldest = snapshots().get(0);
		service(count(1)).restore(oldest, false);
		assertThat(snapshots()).hasSize(7).contains(oldest);
	}

	@Test
	void damagedSnapshotIsNotCountedAndStaysUntilSomebodyWasTold() throws IOException {
		take(5, RetentionPolicy.NONE);
		Path damaged = snapshots().get(3);
		damage(damaged);
		take(1, count(1));
		// Of which that of the 20th is the damaged one.
		assertThat(stamps(snapshots())).containsExactly("20260419", "20260420", "20260421", "20260422");
	}

	@Test
	void damagedSnapshotGoesOnceSomebodyWasTold() throws IOException {
		take(6, RetentionPolicy.NONE);
		Path damaged = snapshots().get(1);
		damage(damaged);
		take(1, count(3));
		assertThat(snapshots()).hasSize(4).contains(damaged);
		tell(damaged);
		take(1, count(3));
		assertThat(snapshots()).hasSize(3).doesNotContain(damaged);
	}

	@Test
	void damagedSnapshotWithoutManifestGoesOnceSomebodyWasTold() throws IOException {
		take(6, RetentionPolicy.NONE);
		Path damaged = snapshots().get(1);
		Files.delete(SnapshotName.manifestOf(damaged));
		damage(damaged);
		take(1, count(3));
		assertThat(snapshots()).hasSize(4).contains(damaged);
		SqliteBackupService service = service(RetentionPolicy.NONE);
		Snapshot snapshot = service.find(damaged.getFileName().toString()).orElseThrow();
		VerifiedSnapshot.told(snapshot, service.verify(damaged, VerificationMode.QUICK));
		Files.setLastModifiedTime(SnapshotName.manifestOf(damaged), FileTime.from(Instant.now().plusSeconds(4)));
		take(1, count(3));
		assertThat(snapshots()).hasSize(3).doesNotContain(damaged);
	}

	@Test
	void damagedSnapshotIsNotCountedByItsOtherNameEither() throws IOException {
		take(3, RetentionPolicy.NONE);
		this.clock.advance(Duration.ofDays(1));
		service(RetentionPolicy.NONE).backup("asked for");
		List<Path> before = snapshots();
		damage(before.get(2));
		// Each manifest is newer than its snapshot, and that of the second name knows of
		// no damage.
		tell(before.get(2));
		Files.setLastModifiedTime(SnapshotName.manifestOf(before.get(3)), FileTime.from(Instant.now().plusSeconds(4)));
		take(1, new RetentionPolicy(new Limits(1, null, null, null), Map.of(), null, 3, 0));
		assertThat(snapshots()).contains(before.get(0), before.get(1));
	}

	@Test
	void snapshotThatWasPutBackIsSoundAgain() throws IOException {
		take(2, RetentionPolicy.NONE);
		Path snapshot = snapshots().get(1);
		Path copy = Files.copy(snapshot, this.temp.resolve("elsewhere"));
		damage(snapshot);
		tell(snapshot);
		Files.copy(copy, snapshot, StandardCopyOption.REPLACE_EXISTING);
		Files.setLastModifiedTime(snapshot, FileTime.from(Instant.now().plusSeconds(8)));
		take(1, new RetentionPolicy(new Limits(1, null, null, null), Map.of(), null, 2, 0));
		assertThat(snapshots()).hasSize(2).contains(snapshot);
	}

	@Test
	void allStayIfItIsUnknownWhichOneAnUnfinishedChangeNeeds() throws IOException {
		take(6, RetentionPolicy.NONE);
		Files.createDirectory(directory().resolve(".quartermaster-unfinished-app.db"));
		take(1, count(1));
		assertThat(snapshots()).hasSize(7);
		assertThat(this.log.warnings()).anySatisfy((warning) -> assertThat(warning.getFormattedMessage())
			.contains("All are kept", "an unfinished change of the schema needs"));
	}

	@Test
	void lastSnapshotBeforeThereWasAnyVersionStays() {
		take(3, RetentionPolicy.NONE);
		TestDatabase.execute(this.database,
				"CREATE TABLE flyway_schema_history (installed_rank INTEGER PRIMARY KEY, version TEXT, description TEXT,"
						+ " type TEXT, script TEXT, checksum INTEGER, installed_by TEXT, installed_on TEXT,"
						+ " execution_time INTEGER, success INTEGER)",
				"INSERT INTO flyway_schema_history VALUES (1, '1', '', 'SQL', '', 0, '', '', 0, 1)");
		take(4, new RetentionPolicy(new Limits(1, null, null, null), Map.of(), null, 1, 3));
		assertThat(stamps(snapshots())).containsExactly("20260419", "20260423");
	}

	@Test
	void pruningWithoutRoomRemovesNothingOfDamagedDatabase() {
		take(6, RetentionPolicy.NONE);
		damage(this.database);
		SqliteBackupService demanding = new SqliteBackupService(BackupContext
			.of(SqliteDatabase.of(this.database),
					new BackupSettings(null, VerificationMode.QUICK, Duration.ofMillis(50), ZoneOffset.UTC,
							Long.MAX_VALUE)
						.withRetention(count(1)),
					BackupListener.NONE)
			.withClock(this.clock), List::of);
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> new SnapshotPruning(demanding).prune())
			.withMessageContaining("No snapshot was removed");
		assertThat(snapshots()).hasSize(6);
	}

	@Test
	void newestSoundOneStaysThoughAllSinceAreDamagedOnes() throws IOException {
		take(8, RetentionPolicy.NONE);
		List<Path> before = snapshots();
		for (Path later : before.subList(2, 8)) {
			damage(later);
			tell(later);
		}
		take(1, new RetentionPolicy(new Limits(1, Duration.ofDays(1), 1L, true), Map.of(), null, 2, 0));
		assertThat(stamps(snapshots())).containsExactly("20260418", "20260425");
	}

	@Test
	void snapshotThatCannotBeVerifiedHereGoesAndTakesThePlaceOfNoSoundOne() throws IOException {
		take(2, RetentionPolicy.NONE);
		TestDatabase.createWithOwn(this.database, "CREATE TABLE own (name TEXT COLLATE BACKWARDS)",
				"CREATE INDEX own_name ON own (name)", "INSERT INTO own VALUES ('a'), ('b')");
		take(2, RetentionPolicy.NONE);
		Files.delete(SnapshotName.manifestOf(snapshots().get(2)));
		take(1, new RetentionPolicy(new Limits(1, null, null, null), Map.of(), null, 1, 0));
		assertThat(stamps(snapshots())).containsExactly("20260418", "20260421");
	}

	@Test
	void replacedStateGoesThoughItIsTheNewestOfAll() {
		take(2, RetentionPolicy.NONE);
		List<Path> before = snapshots();
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('more')");
		service(RetentionPolicy.NONE).restore(before.get(1), false);
		assertThat(snapshots()).hasSize(3).startsWith(before.get(0), before.get(1));
		this.clock.advance(Duration.ofDays(4));
		RetentionPolicy policy = new RetentionPolicy(Limits.NONE, Map.of(), Duration.ofDays(3), 1, 0);
		assertThat(service(policy).backupIfChanged(REASON)).isInstanceOf(BackupResult.Unchanged.class);
		assertThat(snapshots()).isEqualTo(before);
	}

	@Test
	void lastSnapshotBeforeEachOfTheLastVersionsStaysWithAndWithoutManifest() throws IOException {
		TestDatabase.execute(this.database,
				"CREATE TABLE flyway_schema_history (installed_rank INTEGER PRIMARY KEY, version TEXT, description TEXT,"
						+ " type TEXT, script TEXT, checksum INTEGER, installed_by TEXT, installed_on TEXT,"
						+ " execution_time INTEGER, success INTEGER)");
		for (int version = 1; version <= 6; version++) {
			TestDatabase.execute(this.database, "INSERT INTO flyway_schema_history VALUES (" + version + ", '" + version
					+ "', '', 'SQL', '', 0, '', '', 0, 1)");
			take(3, RetentionPolicy.NONE);
		}
		RetentionPolicy policy = new RetentionPolicy(new Limits(1, null, null, null), Map.of(), null, 1, 3);
		Files.delete(SnapshotName.manifestOf(snapshots().get(11)));
		take(1, policy);
		// Of versions 3, 4 and 5 the last one, and the newest.
		assertThat(stamps(snapshots())).containsExactly("20260425", "20260428", "20260501", "20260505");
	}

	@Test
	void lastSnapshotBeforeEachOfTheLastVersionsOfModuleStays() throws IOException {
		for (String table : List.of("flyway_schema_history", "flyway_schema_history_orders")) {
			TestDatabase.execute(this.database,
					"CREATE TABLE " + table + " (installed_rank INTEGER PRIMARY KEY, version TEXT, description TEXT,"
							+ " type TEXT, script TEXT, checksum INTEGER, installed_by TEXT, installed_on TEXT,"
							+ " execution_time INTEGER, success INTEGER)",
					"INSERT INTO " + table + " VALUES (1, '1', '', 'SQL', '', 0, '', '', 0, 1)");
		}
		take(3, RetentionPolicy.NONE);
		TestDatabase.execute(this.database,
				"INSERT INTO flyway_schema_history_orders VALUES (2, '2', '', 'SQL', '', 0, '', '', 0, 1)");
		take(3, RetentionPolicy.NONE);
		Files.delete(SnapshotName.manifestOf(snapshots().get(1)));
		take(1, new RetentionPolicy(new Limits(1, null, null, null), Map.of(), null, 1, 3));
		assertThat(stamps(snapshots())).containsExactly("20260419", "20260423");
	}

	@Test
	void whatAnotherInstallationWroteIsNeitherRemovedNorCounted() throws IOException {
		this.directory = this.temp.resolve("shared");
		take(6, RetentionPolicy.NONE);
		List<Path> first = snapshots();
		Path old = first.get(0);
		Files.delete(SnapshotName.manifestOf(old));
		// As on another machine, on which the database has the same path.
		Files.delete(this.database.resolveSibling(".quartermaster-app.installation"));
		take(6, count(4));
		assertThat(snapshots()).hasSize(10).containsAll(first);
		List<RetentionDecision> decisions = new SnapshotPruning(service(count(4))).decide();
		assertThat(decisions.get(9).why()).contains("nothing tells which installation");
		assertThat(decisions.get(8).why()).contains("another installation wrote it");
	}

	@Test
	void snapshotsFromBeforeManifestsAreOurOwnInDirectoryOfOurOwn() throws IOException {
		take(6, RetentionPolicy.NONE);
		for (Path snapshot : snapshots()) {
			Files.delete(SnapshotName.manifestOf(snapshot));
		}
		take(1, count(4));
		assertThat(snapshots()).hasSize(4);
	}

	@Test
	void directoryThatIsNotMountedLosesNothing() throws IOException {
		take(6, RetentionPolicy.NONE);
		List<Path> before = snapshots();
		Path mounted = this.temp.resolve("mounted");
		Files.move(directory(), mounted);
		take(5, count(4));
		assertThat(snapshots()).hasSize(4);
		Files.move(directory(), this.temp.resolve("below"));
		Files.move(mounted, directory());
		assertThat(snapshots()).isEqualTo(before);
		take(1, count(5));
		assertThat(snapshots()).hasSize(5).containsAll(before.subList(2, 6));
	}

	@Test
	void anotherDiskThatWasMountedSinceTheBackupLosesNothing() throws IOException {
		take(6, RetentionPolicy.NONE);
		BackupResult result = service(RetentionPolicy.NONE).backupIfChanged(REASON);
		Files.delete(((BackupResult.Unchanged) result).snapshot().file());
		SnapshotRetention.after(service(count(1)).context(), result);
		assertThat(snapshots()).hasSize(5);
	}

	@Test
	void fileThatIsAnotherByNowStays() throws IOException {
		take(1, RetentionPolicy.NONE);
		Snapshot snapshot = service(RetentionPolicy.NONE).list().get(0);
		FileIdentity identity = FileIdentity.of(snapshot.file());
		Files.move(snapshot.file(), this.temp.resolve("away"));
		Files.copy(this.temp.resolve("away"), snapshot.file());
		SnapshotRemoval removal = new SnapshotRemoval(directory());
		removal.remove(snapshot, identity);
		assertThat(removal.finish(this.database).removed()).isEmpty();
		assertThat(snapshot.file()).exists();
	}

	@Test
	void snapshotsOfDatabaseWhoseNameBeginsTheSameStay() {
		take(4, RetentionPolicy.NONE);
		Path own = this.database;
		this.database = TestDatabase.create(own.resolveSibling("app-20260101-000000-x.db"), 1);
		take(4, RetentionPolicy.NONE);
		this.database = TestDatabase.create(own.resolveSibling("ap.db"), 1);
		take(4, RetentionPolicy.NONE);
		this.database = own;
		take(3, count(3));
		assertThat(snapshots()).hasSize(11);
		assertThat(service(count(3)).list()).hasSize(3);
	}

	@Test
	void clockThatIsYearsAheadLosesNothing() {
		take(6, RetentionPolicy.NONE);
		RetentionPolicy policy = new RetentionPolicy(new Limits(null, Duration.ofDays(30), null, true), Map.of(), null,
				1, 0);
		Instant right = this.clock.instant();
		this.clock.advance(Duration.ofDays(3650));
		take(1, policy);
		assertThat(snapshots()).hasSize(7);
		assertThat(this.log.warnings()).extracting((event) -> event.getFormattedMessage())
			.anyMatch((message) -> message.contains("More than a year has passed"));
		this.clock.set(right);
		take(1, policy);
		assertThat(snapshots()).hasSize(8);
	}

	@Test
	void clockThatIsYearsBehindLosesNothing() {
		take(6, RetentionPolicy.NONE);
		this.clock.set(Instant.parse("2001-01-01T00:00:00Z"));
		take(1, count(1));
		assertThat(snapshots()).hasSize(7);
	}

	@Test
	void snapshotToGoBackToAfterUnfinishedChangeStays() {
		take(6, RetentionPolicy.NONE);
		SqliteBackupService service = service(count(3));
		Snapshot first = service.list().get(5);
		service.bookmark().set(first);
		take(2, count(3));
		assertThat(snapshots()).hasSize(4).contains(first.file());
		service.bookmark().remove();
		take(1, count(3));
		assertThat(snapshots()).hasSize(3).doesNotContain(first.file());
	}

	@Test
	void whatCannotBeRemovedIsOneWarningAndNoFailedBackup() throws Exception {
		take(6, RetentionPolicy.NONE);
		Process process = JavaProcess.startWithoutPrivileges(Unprivileged.class, this.database.toString());
		assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()).singleElement()
			.asString()
			.contains("3 snapshots of " + this.database, "could not be removed", "write access");
		assertThat(process.waitFor()).isZero();
		assertThat(snapshots()).hasSize(6);
	}

	@Test
	void pruningMakesRoomThoughThereIsNoneForSnapshot() {
		take(6, RetentionPolicy.NONE);
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('more')");
		BackupSettings greedy = new BackupSettings(null, VerificationMode.QUICK, Duration.ofSeconds(1), ZoneOffset.UTC,
				Long.MAX_VALUE / 2)
			.withRetention(count(3));
		SqliteBackupService service = new SqliteBackupService(
				BackupContext.of(SqliteDatabase.of(this.database), greedy, BackupListener.NONE).withClock(this.clock),
				List::of);
		SnapshotPruning.Pruned done = new SnapshotPruning(service).prune();
		assertThat(done.notBackedUp()).isInstanceOf(NoRoomException.class);
		assertThat(done.result().removed()).hasSize(3);
		assertThat(snapshots()).hasSize(3);
	}

	@Test
	void pruningTakesSnapshotOfWhatChangedFirst() {
		take(6, RetentionPolicy.NONE);
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('more')");
		assertThat(new SnapshotPruning(service(count(3))).decide()).filteredOn(RetentionDecision::kept).hasSize(3);
		assertThat(snapshots()).hasSize(6);
		new SnapshotPruning(service(count(3))).prune();
		assertThat(snapshots()).hasSize(3);
		assertThat(snapshots().get(2).toString()).endsWith("-before-prune.db");
	}

	/**
	 * Take snapshots, one a day, each of something new.
	 */
	private void take(int number, RetentionPolicy policy) {
		for (int i = 0; i < number; i++) {
			TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('one more')");
			assertThat(service(policy).backupIfChanged(REASON)).isInstanceOf(BackupResult.Created.class);
			this.clock.advance(Duration.ofDays(1));
		}
	}

	private SqliteBackupService service(RetentionPolicy policy) {
		BackupSettings settings = new BackupSettings(this.directory, VerificationMode.QUICK, Duration.ofMillis(50),
				ZoneOffset.UTC, 0)
			.withRetention(policy);
		BackupListener listener = new BackupListener() {

			@Override
			public void onPruned(PruneResult result) {
				SnapshotRetentionTests.this.pruned.add(result);
			}

		};
		return new SqliteBackupService(
				BackupContext.of(SqliteDatabase.of(this.database), settings, listener).withClock(this.clock), List::of);
	}

	private static RetentionPolicy count(int maxCount) {
		return RetentionPolicy.of(new Limits(maxCount, null, null, null));
	}

	private Path directory() {
		return (this.directory != null) ? this.directory : this.database.resolveSibling("backups");
	}

	private List<Path> snapshots() {
		return BackupDirectory.published(directory());
	}

	private static List<String> stamps(List<Path> snapshots) {
		return snapshots.stream()
			.map((file) -> file.getFileName().toString().replaceAll("app-(\\d{8}).*", "$1"))
			.toList();
	}

	static void damage(Path file) {
		byte[] nonsense = { -1, -1, -1, -1, -1, -1, -1, -1 };
		TestDatabase.overwrite(file, 100, nonsense);
		try {
			// The clock of a file system may be coarse.
			Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(2)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * As if somebody had been told by {@code verify} that it is damaged.
	 */
	static void tell(Path snapshot) throws IOException {
		Path manifest = SnapshotName.manifestOf(snapshot);
		String json = Files.readString(manifest).strip();
		Files.writeString(manifest,
				json.substring(0, json.length() - 1) + ", \"corruptSeenAt\": \"2026-04-17T11:57:19Z\"}");
		Files.setLastModifiedTime(manifest, FileTime.from(Instant.now().plusSeconds(4)));
	}

	/**
	 * Backs up with a policy what did not change, in a directory that cannot be written
	 * to while it removes.
	 */
	static final class Unprivileged {

		public static void main(String[] args) throws IOException {
			Path database = Path.of(args[0]);
			List<String> warnings = new ArrayList<>();
			BackupListener listener = new BackupListener() {

				@Override
				public void onResult(BackupResult result) {
					Path directory = database.resolveSibling("backups");
					directory.toFile().setWritable(false);
				}

				@Override
				public void onWarning(String message) {
					warnings.add(message);
				}

			};
			BackupSettings settings = new BackupSettings(null, VerificationMode.QUICK, Duration.ofSeconds(1),
					ZoneOffset.UTC, 0)
				.withRetention(count(3));
			BackupContext context = BackupContext.of(SqliteDatabase.of(database), settings, listener)
				.withClock(new SettableClock(Instant.parse("2026-04-27T11:57:19Z")));
			new SqliteBackupService(context, List::of).backupIfChanged(REASON);
			database.resolveSibling("backups").toFile().setWritable(true);
			warnings.forEach(System.out::println);
		}

	}

}
