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
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.Restoring;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link PlannedRestores} and {@link RestoreAtStart}.
 */
class RestoreAtStartTests {

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private final List<BackupResult> heard = new ArrayList<>();

	private Path database;

	private Path snapshot;

	private BackupSettings settings = BackupServices.settings();

	private Optional<SchemaFit> fit = Optional.empty();

	@BeforeEach
	void makeSnapshot() {
		this.database = TestDatabase.create(this.directory.resolve("app.db"), 3);
		this.snapshot = BackupServices.backup(service(), "good").snapshot().file();
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('later')");
	}

	@Test
	void planIsCarriedOutOnceAndWarnsHowToUndoIt() {
		plan();
		start();
		assertThat(items()).containsExactly("item 1", "item 2", "item 3");
		Path kept = kept();
		assertThat(TestDatabase.items(kept)).contains("later");
		assertThat(warning()).startsWith("This start has restored " + this.database + " from " + this.snapshot)
			.contains(" by jo.", "kept in " + kept + ".", RestoreCommandLine.of(kept, this.database, ""));
		assertThat(this.heard).singleElement().isInstanceOf(BackupResult.Created.class);
		TestDatabase.execute(this.database, "DELETE FROM item");
		start();
		assertThat(items()).isEmpty();
		assertThat(plans()).isEmpty();
	}

	@Test
	void startWithoutPlanLeavesNoTrace() {
		List<Path> before = BackupDirectory.files(this.directory.resolve("backups"));
		start();
		assertThat(BackupDirectory.files(this.directory.resolve("backups"))).isEqualTo(before);
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void planIsForTheOwnerOnlyAndSaysWhatWasPlanned() throws IOException {
		PlannedRestore planned = plan();
		assertThat(plans()).singleElement().satisfies((file) -> {
			assertThat(file.getFileName()).hasToString(".quartermaster-restore-planned-app.db.json");
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
			assertThat(file).content().contains(this.snapshot.getFileName().toString(), planned.sha256(), "\"jo\"");
		});
		assertThat(restores().find(service())).contains(planned);
		assertThat(planned.bytes()).isEqualTo(Files.size(this.snapshot));
	}

	@Test
	void planIsAnnouncedOnceAndSoIsItsEnd() throws IOException {
		PlannedRestore planned = plan();
		assertThat(said()).containsExactly("At the next start of the application, " + this.database
				+ " is going to be restored from " + this.snapshot + ", as was planned " + planned.origin()
				+ ". No other process may use the database then.");
		plan();
		assertThat(said()).hasSize(1);
		restores().cancel(service());
		restores().cancel(service());
		assertThat(said()).hasSize(2).last().isEqualTo("No restore of " + this.database + " is planned any more.");
		Path kept = restoreAndBeKilled();
		restores().cancel(service());
		assertThat(said()).last()
			.isEqualTo("No restore of " + this.database + " is planned any more. It was begun, and may have been"
					+ " carried out. The data from before the restore is kept in " + kept + ".");
	}

	@Test
	void planThatWasTakenBackIsNotCarriedOut() {
		plan();
		assertThat(restores().cancel(service())).isTrue();
		assertThat(restores().cancel(service())).isFalse();
		start();
		assertThat(items()).contains("later");
	}

	@Test
	void secondPlanIsRefusedUnlessItIsTheSame() {
		PlannedRestore planned = plan();
		assertThat(plan()).isEqualTo(planned);
		Path other = BackupServices.backup(service(), "other").snapshot().file();
		assertThatExceptionOfType(RestoreAlreadyPlannedException.class)
			.isThrownBy(() -> restores().plan(service(), other, false, null))
			.withMessageContaining(this.snapshot.toString());
		assertThat(restores().find(service())).contains(planned);
	}

	@Test
	void damagedOrMissingSnapshotIsRefusedWhenPlanned() {
		assertThatExceptionOfType(RestoreRefusedException.class)
			.isThrownBy(() -> restores().plan(service(), this.directory.resolve("none.db"), false, null))
			.withMessageContaining("does not exist");
		TestDatabase.overwrite(this.snapshot, 4096, new byte[100]);
		assertThatExceptionOfType(RestoreRefusedException.class).isThrownBy(this::plan)
			.withMessageContaining("is damaged");
		assertThat(plans()).isEmpty();
	}

	@Test
	void databaseThatNextStartWouldNotFindIsRefused() {
		PlannedRestores restores = new PlannedRestores(this.settings, (file) -> Optional.empty(), start()::hasSeen);
		Path other = TestDatabase.create(this.directory.resolve("other.db"), 1);
		assertThat(restores.plan(service(), this.snapshot, false, null).snapshot()).isEqualTo(this.snapshot);
		assertThatExceptionOfType(RestoreRefusedException.class)
			.isThrownBy(() -> restores.plan(BackupServices.service(other), this.snapshot, false, null))
			.withMessageContaining("only shows once it is open");
	}

	@Test
	void restoreOfDatabaseWithoutLocksIsPlannedOnlyIfForced() {
		SqliteBackupService unlocked = BackupServices
			.service(SqliteDatabase.of("jdbc:sqlite:" + this.database + "?nolock=1"), this.settings);
		assertThatExceptionOfType(RestoreRefusedException.class)
			.isThrownBy(() -> restores().plan(unlocked, this.snapshot, false, null))
			.withMessageContaining("without locks (nolock=1)");
		assertThat(plans()).isEmpty();
		assertThat(restores().plan(unlocked, this.snapshot, true, null).forced()).isTrue();
	}

	@Test
	void snapshotThatIsGoneByThenIsNotRestored() throws IOException {
		plan();
		Files.delete(this.snapshot);
		start();
		assertThatItFailed("The file " + this.snapshot + " is not a snapshot, or does not exist");
	}

	@Test
	void snapshotThatWasChangedIsNotRestored() {
		plan();
		TestDatabase.execute(this.snapshot, "UPDATE item SET name = 'forged'");
		start();
		assertThatItFailed("The snapshot " + this.snapshot + " is not what it was when the restore was planned");
	}

	@Test
	void snapshotOfNewerReleaseIsRefusedWhenPlannedAndByTheStart() {
		this.fit = Optional.of(SchemaFit.newer("2.3.0", "migration"));
		assertThatExceptionOfType(RestoreRefusedException.class).isThrownBy(this::plan)
			.withMessageContaining(
					"has a newer schema than this release of the application knows: it was written by 2.3.0");
		this.fit = Optional.empty();
		plan();
		this.fit = Optional.of(SchemaFit.newer("2.3.0", "migration"));
		start();
		assertThatItFailed("has a newer schema than this release of the application knows: it was written by 2.3.0");
	}

	@Test
	void snapshotOfNewerReleaseIsRestoredIfForced() {
		this.fit = Optional.of(SchemaFit.newer("2.3.0", "migration"));
		restores().plan(service(), this.snapshot, true, null);
		start();
		assertThat(items()).hasSize(3);
	}

	@Test
	void databaseThatIsOpenElsewhereIsNotRestored() throws Exception {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = WAL");
		plan();
		try (Connection other = TestDatabase.open(this.database)) {
			assertThat(Restoring.hold(other)).isPositive();
			start();
		}
		assertThatItFailed("The database " + this.database + " is open in another process");
	}

	@Test
	void poolThatConnectsWhenItIsMadeSeesTheRestoredDataIfForced() throws Exception {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = WAL");
		plan();
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl("jdbc:sqlite:" + this.database);
		config.setMaximumPoolSize(1);
		config.setConnectionInitSql("SELECT count(*) FROM item");
		assertThat(restores().cancel(service())).isTrue();
		restores().plan(service(), this.snapshot, true, null);
		try (HikariDataSource pool = new HikariDataSource(config)) {
			start(pool);
			try (Connection connection = pool.getConnection();
					Statement statement = connection.createStatement();
					ResultSet result = statement.executeQuery("SELECT count(*) FROM item")) {
				assertThat(result.getInt(1)).isEqualTo(3);
			}
		}
		assertThat(plans()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "{\"format\": 2}", "{\"format\": 1}", "" })
	void fileThatSaysNothingIsSetAside(String content) throws IOException {
		plan();
		Files.writeString(plans().get(0), content);
		start();
		assertThat(items()).contains("later");
		assertThat(warning()).contains("was NOT carried out", "says nothing that can be carried out");
		assertThat(plans()).singleElement().asString().contains("-failed-");
	}

	@Test
	void missingDatabaseIsMadeFromTheSnapshot() throws IOException {
		plan();
		Files.delete(this.database);
		start();
		assertThat(items()).hasSize(3);
		assertThat(warning()).contains("There was no data in it.");
	}

	@Test
	void damagedDatabaseIsSetAsideAndReplaced() {
		plan();
		TestDatabase.overwrite(this.database, 0, new byte[200]);
		start();
		assertThat(items()).hasSize(3);
		assertThat(warning()).contains("could not be used as a database", "app-damaged-");
	}

	@Test
	void planMovesWithTheWholeDirectory() throws IOException {
		plan();
		Path elsewhere = Files.move(this.directory.resolve("backups"),
				Files.createDirectories(this.directory.resolve("moved")).resolve("backups"));
		this.database = Files.move(this.database, this.directory.resolve("moved/app.db"));
		this.snapshot = elsewhere.resolve(this.snapshot.getFileName());
		start();
		assertThat(items()).hasSize(3);
		assertThat(warning()).contains(this.snapshot.toString());
	}

	@Test
	void planIsFoundInDirectoryThatWasMovedAlone() throws IOException {
		plan();
		Path elsewhere = Files.move(this.directory.resolve("backups"),
				Files.createDirectories(this.directory.resolve("volume")).resolve("snapshots"));
		this.settings = this.settings.withDirectory(elsewhere);
		start();
		assertThat(items()).hasSize(3);
		assertThat(elsewhere.resolve(".quartermaster-restore-planned-app.db.json")).doesNotExist();
	}

	@Test
	void databaseThatMayHaveBeenMovedIsNotRestoredAndSaysSo() throws IOException {
		plan();
		this.settings = this.settings.withDirectory(this.directory.resolve("backups"));
		this.database = Files.move(this.database,
				Files.createDirectories(this.directory.resolve("volume/data")).resolve("app.db"));
		start();
		assertThat(items()).contains("later");
		assertThat(warning()).contains(plans().get(0).toString(), "for a database that is not there",
				"not carried out on " + this.database);
	}

	@Test
	void planOfDatabaseThatIsThereIsNotTakenForOneOfAnotherOfItsName() throws IOException {
		plan();
		this.settings = this.settings.withDirectory(this.directory.resolve("backups"));
		start(dataSource(TestDatabase
			.create(Files.createDirectories(this.directory.resolve("volume/data")).resolve("app.db"), 1)));
		assertThat(this.log.warnings()).isEmpty();
		assertThat(plans()).singleElement().asString().contains("-planned-");
	}

	@Test
	void databasesOfOneNameInOneDirectoryHavePlansOfTheirOwn() throws IOException {
		this.settings = this.settings.withDirectory(this.directory.resolve("backups"));
		Path other = TestDatabase.create(Files.createDirectories(this.directory.resolve("b")).resolve("app.db"), 2);
		SqliteBackupService others = BackupServices.service(SqliteDatabase.of(other), this.settings);
		Path snapshotOfOther = BackupServices.backup(others, "good").snapshot().file();
		TestDatabase.execute(other, "DELETE FROM item");
		restores().plan(others, snapshotOfOther, false, null);
		start();
		assertThat(items()).contains("later");
		plan();
		start(dataSource(other));
		assertThat(TestDatabase.items(other)).hasSize(2);
		assertThat(items()).contains("later");
		start();
		assertThat(items()).hasSize(3);
	}

	@Test
	void plannedSnapshotIsNotPrunedAndSaysWhy() {
		plan();
		for (int i = 0; i < 3; i++) {
			TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('more')");
			BackupServices.backup(service(), "later");
		}
		SqliteBackupService pruning = BackupServices.service(SqliteDatabase.of(this.database), this.settings
			.withRetention(new RetentionPolicy(new RetentionPolicy.Limits(1, null, null, null), Map.of(), null, 1, 0)));
		assertThat(new SnapshotPruning(pruning).decide())
			.filteredOn((decision) -> decision.name().toString().equals(this.snapshot.getFileName().toString()))
			.singleElement()
			.satisfies((decision) -> {
				assertThat(decision.kept()).isTrue();
				assertThat(decision.why()).isEqualTo("the restore that is planned for the next start needs it");
			});
	}

	@Test
	void planSaysHowFarItWasCarriedOut() throws IOException {
		plan();
		try (HeldRestore held = Objects.requireNonNull(planned().hold(Duration.ZERO))) {
			held.begin();
			assertThat(plans()).singleElement().asString().contains("-begun-");
			held.write(null);
			assertThat(plans()).singleElement().asString().contains("-writing-");
			held.begin();
			assertThat(plans()).singleElement().asString().contains("-writing-");
		}
	}

	@Test
	void startThatWasKilledBeforeTheRestoreCarriesItOut() throws IOException {
		plan();
		begin("begun");
		start();
		assertThat(items()).hasSize(3);
		assertThat(TestDatabase.items(kept())).contains("later");
	}

	@Test
	void startThatWasKilledAfterItKeptTheDataKeepsItOnce() throws IOException {
		plan();
		Path kept = Files.copy(copy(), keptBeside(copy()));
		begin("begun");
		start();
		assertThat(items()).hasSize(3);
		assertThat(BackupDirectory.published(kept.getParent()))
			.filteredOn((file) -> file.toString().contains("-pre-restore"))
			.containsExactly(kept);
		assertThat(warning()).contains("kept in " + kept);
	}

	@Test
	void damagedDataThatStartKeptBeforeItWasKilledIsSetAsideAllTheSame() throws IOException {
		plan();
		TestDatabase.overwrite(this.database, 4096, new byte[200]);
		Path kept = Files.copy(copy(), keptBeside(copy()));
		begin("begun");
		start();
		assertThat(items()).hasSize(3);
		assertThat(kept()).isEqualTo(kept);
		assertThat(this.directory).isDirectoryContaining("glob:**/app-damaged-*.db");
	}

	/**
	 * Neither a snapshot that may be pruned, nor a name of the database itself, which is
	 * about to be overwritten.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whatNoEarlierStartHasKeptIsKept(boolean live) throws IOException {
		plan();
		Path copy = copy();
		if (live) {
			Files.delete(copy);
			Files.createLink(keptBeside(copy), this.database);
		}
		begin("begun");
		start();
		assertThat(items()).hasSize(3);
		assertThat(TestDatabase.items(kept())).contains("later");
	}

	private Path copy() {
		service().backupIfChanged(new SnapshotReason("copy"));
		return newest("copy");
	}

	private static Path keptBeside(Path copy) {
		return copy.resolveSibling(copy.getFileName().toString().replace("-copy.db", "-pre-restore.db"));
	}

	@Test
	void startThatWasKilledAfterTheRestoreDoesNotRepeatItButSaysSo() throws IOException {
		Path kept = restoreAndBeKilled();
		String before = Restoring.content(this.database);
		start();
		assertThat(Restoring.content(this.database)).isEqualTo(before);
		assertThat(this.log.warnings()).last()
			.satisfies((event) -> assertThat(event.getFormattedMessage())
				.startsWith("An earlier start, which was killed then, has restored " + this.database)
				.contains(RestoreCommandLine.of(kept, this.database, "")));
		assertThat(plans()).isEmpty();
	}

	@Test
	void whatSomebodyWroteAfterTheRestoreIsNotReplaced() throws IOException {
		Path kept = restoreAndBeKilled();
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('since')");
		start();
		assertThat(items()).contains("since");
		assertThat(this.log.warnings()).last()
			.satisfies((event) -> assertThat(event.getFormattedMessage())
				.startsWith("It is unknown whether the planned restore of " + this.database + " was carried out, and is"
						+ " not tried again: the plan is now " + plans().get(0))
				.contains("somebody has written to it since", "is kept in " + kept + "."));
		assertThat(plans()).singleElement().asString().contains("-failed-");
	}

	@Test
	void whatSomebodyWroteIntoWhatWasEmptyIsNotReplaced() throws IOException {
		plan();
		begin("writing");
		start();
		assertThat(items()).contains("later");
		assertThat(warning()).contains("somebody has written to it since");
	}

	@Test
	void emptyDatabaseWhoseStartWasKilledIsFilled() throws IOException {
		plan();
		Files.delete(this.database);
		begin("writing");
		start();
		assertThat(items()).hasSize(3);
	}

	@Test
	void databaseThatOnlyThePoolOfTheApplicationMayHaveOpenIsNotRestored() {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = WAL");
		plan();
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl("jdbc:sqlite:" + this.database);
		config.setMaximumPoolSize(1);
		try (HikariDataSource pool = new HikariDataSource(config)) {
			start(pool);
		}
		assertThatItFailed("nobody can tell whether another process has it open as well");
	}

	@Test
	void restoreBesideOthersThatOnlyWriteAheadLogsShowSaysSo() {
		plan();
		start();
		assertThat(warning()).contains("Whether another process has it open only shows in WAL mode");
	}

	@Test
	void restoreWithoutOthersDoesNotSpeakOfThem() {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = WAL");
		plan();
		start();
		assertThat(items()).hasSize(3);
		assertThat(warning()).doesNotContain("another process");
	}

	@Test
	void whatMayHaveBeenDoneIsNotCalledUndoneWhenItCannotBeLookedAt() throws IOException {
		Path kept = restoreAndBeKilled();
		String before = Restoring.content(this.database);
		this.settings = new BackupSettings(this.settings.directory(), this.settings.verification(),
				this.settings.busyTimeout(), this.settings.timeZone(), Long.MAX_VALUE / 2);
		start();
		assertThat(Restoring.content(this.database)).isEqualTo(before);
		assertThat(warning()).startsWith("It is unknown whether the planned restore of " + this.database)
			.contains("is kept in " + kept + ".");
		assertThat(restores().find(service()).orElseThrow().failure()).contains("space");
	}

	@Test
	void whatMayHaveBeenDoneIsNotRepeatedWhenTheSnapshotCannotBeRead() throws IOException {
		restoreAndBeKilled();
		Files.delete(this.snapshot);
		Files.createDirectory(this.snapshot);
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('since')");
		start();
		assertThat(items()).contains("since");
		assertThat(warning()).startsWith("It is unknown whether the planned restore of ")
			.contains(this.snapshot + " could not be compared with the database");
	}

	@Test
	void whatSomebodyWroteIsNotReplacedAlthoughTheClockWentBack() throws IOException {
		Path kept = restoreAndBeKilled();
		Path writing = plans().get(0);
		Files.writeString(writing,
				Files.readString(writing).replaceFirst("\"plannedAt\": \"[0-9]+", "\"plannedAt\": \"2099"));
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('since')");
		start();
		assertThat(items()).contains("since");
		assertThat(warning()).contains("is kept in " + kept + ".");
	}

	@Test
	void whatSomebodyWroteIsNotReplacedAlthoughTheKeptSnapshotIsGone() throws IOException {
		Files.delete(restoreAndBeKilled());
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('since')");
		start();
		assertThat(items()).contains("since");
		assertThat(plans()).singleElement().asString().contains("-failed-");
	}

	@Test
	void planIsCarriedOutAlthoughAnotherRestoreCameInBetween() throws IOException {
		Path other = BackupServices.backup(service(), "other").snapshot().file();
		plan();
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('more')");
		service().restore(other, false);
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('again')");
		begin("begun");
		start();
		assertThat(items()).hasSize(3);
		assertThat(TestDatabase.items(kept())).contains("later", "again");
	}

	@Test
	void snapshotOfWhatWasThereIsNotPrunedBeforeAnybodyKnowsWhatCameOfIt() throws IOException {
		Path kept = restoreAndBeKilled();
		for (int i = 0; i < 3; i++) {
			TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('more')");
			BackupServices.backup(service(), "later");
		}
		assertThat(decisions())
			.contains(kept.getFileName() + ": the restore that is planned for the next start needs it");
	}

	@Test
	void planWithSecondNameIsCarriedOut() throws IOException {
		plan();
		Path plan = plans().get(0);
		Files.writeString(plan, " ".repeat(1025 - (int) Files.size(plan)), StandardOpenOption.APPEND);
		Files.createLink(this.directory.resolve("backups/.quartermaster-partial"), plans().get(0));
		start();
		assertThat(items()).hasSize(3);
		assertThat(plans()).isEmpty();
	}

	@Test
	void nameOfWhoPlansItIsOneShortLine() {
		PlannedRestore planned = restores().plan(service(), this.snapshot, false,
				"jo\n\u001b[31mWARN All is lost" + "x".repeat(200));
		assertThat(planned.plannedBy()).startsWith("jo [31mWARN All is lost").hasSizeLessThan(110);
	}

	@Test
	void planOfTheSameSnapshotThatIsForcedIsAnotherOne() {
		plan();
		assertThatExceptionOfType(RestoreAlreadyPlannedException.class)
			.isThrownBy(() -> restores().plan(service(), this.snapshot, true, null))
			.withMessageContaining(" by jo. ");
		restores().cancel(service());
		restores().plan(service(), this.snapshot, true, "jo");
		assertThatExceptionOfType(RestoreAlreadyPlannedException.class).isThrownBy(this::plan)
			.withMessageContaining(" by jo with --force. ");
	}

	@Test
	void planOfSnapshotThatWasReplacedIsAnotherOne() {
		plan();
		TestDatabase.execute(this.snapshot, "DELETE FROM item");
		assertThatExceptionOfType(RestoreAlreadyPlannedException.class).isThrownBy(this::plan);
	}

	@ParameterizedTest
	@ValueSource(strings = { "begun", "writing" })
	void planThatWasBegunCanBeTakenBackUnlessSomebodyHoldsIt(String mark) throws IOException {
		plan();
		begin(mark);
		try (HeldRestore held = planned().hold(Duration.ZERO)) {
			assertThat(held).isNotNull();
			assertThatExceptionOfType(DatabaseBusyException.class).isThrownBy(() -> restores().cancel(service()))
				.withMessageContaining("is restoring " + this.database + " now");
		}
		assertThat(restores().cancel(service())).isTrue();
		assertThat(plans()).isEmpty();
	}

	@Test
	void startDoesNotWaitForEverForAnotherOne() throws IOException {
		plan();
		try (HeldRestore held = planned().hold(Duration.ZERO)) {
			assertThat(held).isNotNull();
			assertThat(planned().hold(Duration.ofMillis(1))).isNull();
		}
		assertThat(warning()).startsWith("This start has not carried out the planned restore of " + this.database);
		start();
		assertThat(items()).hasSize(3);
	}

	@Test
	@Timeout(20)
	void startWaitsForAnotherOneAndSaysSo() throws Exception {
		plan();
		CompletableFuture<Boolean> waiting;
		try (HeldRestore held = planned().hold(Duration.ZERO)) {
			assertThat(held).isNotNull();
			waiting = CompletableFuture.supplyAsync(this::isHeld);
			while (!waiting.isDone() && this.log.ours()
				.stream()
				.noneMatch((event) -> event.getFormattedMessage()
					.equals("Waiting for another process that is restoring " + this.database))) {
				Thread.onSpinWait();
			}
		}
		assertThat(waiting.get()).isTrue();
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void snapshotThatHasBecomeTheDatabaseIsNotOpened() throws IOException {
		plan();
		Files.delete(this.snapshot);
		Files.createLink(this.snapshot, this.database);
		start();
		assertThatItFailed(" is the database itself under another name");
	}

	@Test
	void snapshotThatIsAnotherDatabaseOfTheApplicationIsNotOpened() throws IOException {
		plan();
		Path other = TestDatabase.create(this.directory.resolve("other.db"), 2);
		Files.delete(this.snapshot);
		Files.createLink(this.snapshot, other);
		RestoreAtStart start = new RestoreAtStart(this.settings, BackupListener.NONE, (file) -> this.fit);
		start.beforeFirstConnection(dataSource(other));
		start.beforeFirstConnection(dataSource(this.database));
		assertThatItFailed(" is the database itself under another name");
	}

	@Test
	void whatIsKeptGoesWhereSnapshotsAreLookedForAlthoughTheSnapshotLiesBelow() throws IOException {
		Path archive = Files.createDirectory(this.directory.resolve("backups/archive"));
		this.snapshot = Files.move(this.snapshot, archive.resolve(this.snapshot.getFileName()));
		plan();
		start();
		assertThat(items()).hasSize(3);
		assertThat(kept().resolveSibling("")).isEqualTo(this.directory.resolve("backups"));
	}

	@Test
	void whatIsKeptGoesToTheOtherSnapshotsOfTheDatabaseAlthoughTheirDirectoryIsNotKnownYet() {
		SqliteBackupService inSubdirectory = BackupServices.service(SqliteDatabase.of(this.database),
				this.settings.withDirectory(this.directory.resolve("backups/users")));
		this.snapshot = BackupServices.backup(inSubdirectory, "good").snapshot().file();
		TestDatabase.execute(this.database, "DELETE FROM item");
		plan();
		start();
		assertThat(items()).contains("later");
		assertThat(inSubdirectory.list()).extracting((kept) -> kept.name().reason())
			.contains(SnapshotReason.PRE_RESTORE);
	}

	@Test
	void databaseThatWasOpenedBeforeItWasKnownIsNotRestored() {
		plan();
		RestoreAtStart start = start(new SQLiteDataSource());
		start.missed(service());
		assertThatItFailed("The database was opened before this start could know that it is " + this.database);
	}

	@Test
	void planOfTheRunningApplicationIsForItsNextStart() {
		RestoreAtStart start = start();
		plan();
		start.beforeFirstConnection(dataSource(this.database));
		start.missed(service());
		assertThat(items()).contains("later");
		assertThat(restores().find(service())).isPresent();
	}

	@Test
	void nothingIsPlannedInDirectoryThatCannotExist() throws IOException {
		Path file = Files.writeString(this.directory.resolve("file"), "");
		assertThat(PlannedRestoreFile.of(BackupSettings.DEFAULTS.withDirectory(file.resolve("backups")), this.database)
			.find()).isEmpty();
	}

	@Test
	void directoryThatCannotBeLookedAtIsNotTakenForOneWithoutPlan() throws IOException {
		Path loop = this.directory.resolve("loop");
		Files.createSymbolicLink(loop, loop);
		PlannedRestores restores = new PlannedRestores(this.settings.withDirectory(loop), (file) -> this.fit,
				(file) -> true);
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> restores.find(service()))
			.withMessageContaining("unknown which restore of " + this.database + " is planned");
	}

	@Test
	void planIsNeverAsLongAsWholePagesOfDatabase() throws Exception {
		PlannedRestoreJson json = json("x");
		int missing = 512 - json.text().getBytes(StandardCharsets.UTF_8).length % 512;
		PlannedRestoreJson asLong = json("x".repeat(1 + missing));
		assertThat(asLong.text().getBytes(StandardCharsets.UTF_8).length % 512).isEqualTo(1);
		assertThat(json.text()).endsWith("}\n").doesNotEndWith("\n\n");
	}

	@Test
	void directoryThatCannotBeWrittenToLeavesThePlan() throws IOException {
		plan();
		Path backups = this.directory.resolve("backups");
		assertThat(Files.isDirectory(backups)).isTrue();
		Files.move(plans().get(0), backups.resolve("x"));
		Files.createSymbolicLink(backups.resolve(".quartermaster-restore-planned-app.db.json"), backups.resolve("x"));
		start();
		assertThat(items()).contains("later");
		assertThat(warning()).startsWith("It is unknown whether a restore of " + this.database + " is planned")
			.doesNotContain("Exception");
	}

	private void assertThatItFailed(String why) {
		assertThat(items()).contains("later");
		assertThat(plans()).singleElement().asString().contains(".quartermaster-restore-failed-app.db.json");
		assertThat(warning()).startsWith("The planned restore of " + this.database + " was NOT carried out, ")
			.contains("It was to be from " + this.snapshot + ", as was planned at ", " by jo.",
					plans().get(0).toString(), why);
		assertThat(restores().find(service()).orElseThrow())
			.satisfies((plan) -> assertThat(plan.stage()).isEqualTo(PlannedRestore.Stage.FAILED))
			.satisfies((plan) -> assertThat(plan.failure()).contains(why));
		start();
		assertThat(items()).contains("later");
		assertThat(this.log.warnings()).hasSize(1);
	}

	/**
	 * Leave what a start leaves that is killed after it has restored the database.
	 * @return what it kept
	 */
	private Path restoreAndBeKilled() throws IOException {
		plan();
		Path file = plans().get(0);
		byte[] content = Files.readAllBytes(file);
		start();
		Path kept = kept();
		Files.write(file, content);
		try (HeldRestore held = Objects.requireNonNull(planned().hold(Duration.ZERO))) {
			held.begin();
			held.write(kept);
		}
		return kept;
	}

	private boolean isHeld() {
		try (HeldRestore held = planned().hold(Duration.ofMinutes(1))) {
			return held != null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private PlannedRestoreFile planned() {
		return PlannedRestoreFile.of(this.settings, this.database);
	}

	private List<String> decisions() {
		SqliteBackupService pruning = BackupServices.service(SqliteDatabase.of(this.database), this.settings
			.withRetention(new RetentionPolicy(new RetentionPolicy.Limits(1, null, null, null), Map.of(), null, 1, 0)));
		return new SnapshotPruning(pruning).decide()
			.stream()
			.map((decision) -> decision.name() + ": " + decision.why())
			.toList();
	}

	/**
	 * Return what was said of plans, without warnings.
	 */
	private List<String> said() {
		return this.log.ours()
			.stream()
			.filter((event) -> event.getLoggerName().equals(PlannedRestores.class.getName()))
			.map((event) -> event.getFormattedMessage())
			.toList();
	}

	private String warning() {
		assertThat(this.log.warnings()).isNotEmpty();
		return this.log.warnings().get(this.log.warnings().size() - 1).getFormattedMessage();
	}

	private PlannedRestore plan() {
		return restores().plan(service(), this.snapshot, false, "jo");
	}

	private void begin(String mark) throws IOException {
		Path planned = plans().get(0);
		Files.move(planned,
				planned.resolveSibling(planned.getFileName().toString().replace("-planned-", "-" + mark + "-")));
	}

	private static PlannedRestoreJson json(String by) {
		return new PlannedRestoreJson("/app.db", null, "x.db", 1, "", false, OffsetDateTime.MIN, by, null, null);
	}

	private RestoreAtStart start() {
		return start(dataSource(this.database));
	}

	private RestoreAtStart start(DataSource dataSource) {
		RestoreAtStart start = new RestoreAtStart(this.settings, new BackupListener() {

			@Override
			public void onResult(BackupResult result) {
				RestoreAtStartTests.this.heard.add(result);
			}

		}, (file) -> this.fit);
		start.beforeFirstConnection(dataSource);
		return start;
	}

	private PlannedRestores restores() {
		return new PlannedRestores(this.settings, (file) -> this.fit, (file) -> true);
	}

	private SqliteBackupService service() {
		return BackupServices.service(SqliteDatabase.of(this.database), this.settings);
	}

	private List<String> items() {
		return TestDatabase.items(this.database);
	}

	private Path kept() {
		return newest("pre-restore");
	}

	private Path newest(String reason) {
		return service().list()
			.stream()
			.filter((each) -> each.name().reason().slug().startsWith(reason))
			.findFirst()
			.orElseThrow()
			.file();
	}

	private List<Path> plans() {
		try (Stream<Path> files = Files.list(this.directory.resolve("backups"))) {
			return files.filter((file) -> file.getFileName().toString().startsWith(".quartermaster-restore-")).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static DataSource dataSource(Path file) {
		SQLiteDataSource dataSource = new SQLiteDataSource();
		dataSource.setUrl("jdbc:sqlite:" + file);
		return dataSource;
	}

}
