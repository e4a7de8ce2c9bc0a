/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupAttempt;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.BackupTrigger;
import dev.quartermaster.backup.DatabaseCandidates;
import dev.quartermaster.backup.DrillResult;
import dev.quartermaster.backup.NoRoomException;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link BackupConditions} and {@link BackupCondition}, by a clock that is set
 * forward.
 */
class BackupConditionsTests {

	private static final Duration MAX_AGE = Duration.ofHours(26);

	@TempDir
	private Path directory;

	private final SettableClock clock = new SettableClock();

	private final BackupHistory history = new BackupHistory(this.clock);

	private Path database;

	private SqliteBackupService service;

	@BeforeEach
	void setUp() {
		this.database = TestDatabase.create(this.directory.resolve("app.db"), 3);
		this.service = new SqliteBackupService(SqliteDatabase.of(this.database), BackupServices.settings(),
				this.history.listener());
	}

	@Test
	void snapshotThatIsTooOldIsWarnedOf() {
		BackupConditions conditions = conditions(MAX_AGE);
		this.service.backup("x");
		assertThat(warnings(conditions)).isEmpty();
		this.clock.pass(MAX_AGE.minusMinutes(1));
		assertThat(warnings(conditions)).isEmpty();
		this.clock.pass(Duration.ofMinutes(2));
		assertThat(warnings(conditions)).singleElement()
			.asString()
			.startsWith("The newest sound snapshot of " + this.database + " is from ")
			.contains("quartermaster.backup.health.max-age");
	}

	@Test
	void snapshotOfDatabaseThatWasFoundUnchangedIsNotTooOld() {
		BackupConditions conditions = conditions(MAX_AGE);
		this.service.backup("x");
		this.clock.pass(MAX_AGE.plusMinutes(1));
		this.service.backupIfChanged(SnapshotReason.SCHEDULE);
		assertThat(warnings(conditions)).isEmpty();
		assertThat(condition(conditions).soundAt()).hasValue(this.clock.instant());
	}

	@Test
	void damagedDatabaseIsNoReasonToTakeTheNewestForNew() {
		BackupConditions conditions = conditions(MAX_AGE);
		this.service.backup("x");
		this.clock.pass(MAX_AGE.plusMinutes(1));
		TestDatabase.overwrite(this.database, 4096, new byte[] { 99, 99, 99, 99 });
		this.service.backup("y");
		assertThat(warnings(conditions)).anySatisfy((warning) -> assertThat(warning).contains("DAMAGED"))
			.anySatisfy((warning) -> assertThat(warning).contains("max-age"));
	}

	@Test
	void withoutSnapshotTheAgeIsTooHigh() {
		assertThat(warnings(conditions(MAX_AGE))).singleElement()
			.asString()
			.startsWith("There is no sound snapshot of " + this.database);
		assertThat(warnings(conditions(null))).isEmpty();
	}

	@Test
	void databaseWithoutDataNeedsNone() throws IOException {
		Files.delete(this.database);
		this.service.backupIfChanged(SnapshotReason.FLYWAY);
		assertThat(warnings(conditions(MAX_AGE))).isEmpty();
	}

	@Test
	void databaseThatLostItsDataIsWarnedOf() throws IOException {
		BackupConditions conditions = conditions(null);
		this.service.backup("x");
		Files.delete(this.database);
		this.service.backupIfChanged(SnapshotReason.FLYWAY);
		assertThat(warnings(conditions)).singleElement()
			.asString()
			.startsWith("There is no data in " + this.database + ", although it has 1 snapshot.");
	}

	@Test
	void directoryIsLookedAtOnceInTenSecondsUnlessSomethingHappened() throws IOException {
		BackupConditions conditions = conditions(null);
		Path snapshot = BackupServices.backup(this.service, "x").snapshot().file();
		assertThat(snapshots(conditions)).isOne();
		Files.copy(snapshot, snapshot.resolveSibling("app-20200101-000000-copied.db"));
		this.clock.pass(Duration.ofSeconds(9));
		assertThat(snapshots(conditions)).isOne();
		this.clock.pass(Duration.ofSeconds(2));
		assertThat(snapshots(conditions)).isEqualTo(2);
		this.service.backup("y");
		assertThat(snapshots(conditions)).isEqualTo(3);
	}

	@Test
	void volumeWithoutRoomForTheNextIsWarnedOfBeforeItFails() {
		BackupSettings settings = new BackupSettings(null, VerificationMode.QUICK, Duration.ofSeconds(10),
				ZoneOffset.UTC, Long.MAX_VALUE / 2);
		this.service = new SqliteBackupService(SqliteDatabase.of(this.database), settings, this.history.listener());
		assertThat(warnings(conditions(null))).singleElement()
			.asString()
			.startsWith("The next backup is going to fail. There is not enough free space");
	}

	@Test
	void directoryThatIsNoneIsWarnedOfBeforeItFails() throws IOException {
		Files.createFile(this.directory.resolve("backups"));
		assertThat(warnings(conditions(null))).singleElement()
			.asString()
			.startsWith("The next backup is going to fail. The backup directory ");
	}

	@Test
	void drillThatWasNotMadeDoesNotHideOneThatFailed() {
		Path snapshot = BackupServices.backup(this.service, "x").snapshot().file();
		BackupListener listener = this.history.listener();
		listener.onDrilled(new DrillResult(this.database, snapshot, DrillResult.Outcome.FAILED, "it is damaged",
				Duration.ofSeconds(1)));
		listener.onDrilled(new DrillResult(this.database, snapshot, DrillResult.Outcome.NOT_MADE,
				"there was no drill: no room", Duration.ZERO));
		assertThat(warnings(conditions(null))).singleElement().asString().startsWith("The last restore drill failed");
	}

	@Test
	void failureIsForgottenWhenAnotherProcessTookSnapshotSince() {
		BackupConditions conditions = conditions(null);
		fail(this.history.listener());
		assertThat(warnings(conditions)).singleElement().asString().startsWith("The last backup failed.");
		this.clock.pass(Duration.ofSeconds(11));
		assertThat(warnings(conditions)).singleElement().asString().startsWith("The last backup failed.");
		BackupServices.backup(BackupServices.service(this.database), "by another process");
		this.clock.pass(Duration.ofSeconds(11));
		assertThat(warnings(conditions)).isEmpty();
	}

	@Test
	void failureOfAnotherProcessSinceTheLastSnapshotIsWarnedOf() {
		BackupServices.backup(this.service, "x");
		fail(BackupListener.NONE);
		assertThat(warnings(conditions(null))).singleElement().asString().startsWith("The last backup failed at ");
	}

	@Test
	void failureOfUnknownDatabaseIsForgottenOnceEachHadBackupThoughItFailed() {
		BackupConditions conditions = conditions(null);
		failWithoutDatabase();
		this.clock.pass(Duration.ofSeconds(1));
		assertThat(conditions.unlocatedWarning()).isPresent();
		fail(this.history.listener());
		assertThat(conditions.unlocatedWarning()).isEmpty();
	}

	@Test
	void failureOfUnknownDatabaseIsNotForgottenAsLongAsNoneIsKnown() {
		failWithoutDatabase();
		assertThat(conditions(null, Map.of()).unlocatedWarning()).isPresent();
	}

	@Test
	void failureOfUnknownDatabaseIsForgottenWithTheNextSnapshotOfAny() {
		BackupConditions conditions = conditions(null);
		failWithoutDatabase();
		assertThat(conditions.unlocatedWarning()).isPresent();
		this.clock.pass(Duration.ofSeconds(1));
		Path other = TestDatabase.create(this.directory.resolve("other.db"), 1);
		new SqliteBackupService(SqliteDatabase.of(other), BackupServices.settings(), this.history.listener())
			.backup("x");
		assertThat(conditions.unlocatedWarning()).isEmpty();
	}

	@Test
	void databasesWhoseFilesHaveTheSameNameHaveNamesOfTheirOwn() throws IOException {
		BackupConditions conditions = conditions(null);
		List<Path> files = new ArrayList<>();
		for (String name : List.of("z", "a")) {
			Path file = TestDatabase
				.create(Files.createDirectory(this.directory.resolve(name)).toRealPath().resolve("stock.db"), 1);
			assertThat(conditions.nameOf(file)).isEqualTo(files.isEmpty() ? "stock.db" : file.toString());
			new SqliteBackupService(SqliteDatabase.of(file), BackupServices.settings(), this.history.listener())
				.backup("x");
			files.add(file);
		}
		assertThat(conditions.all()).containsOnlyKeys("app", "stock.db", files.get(1).toString());
		assertThat(conditions.all()).hasEntrySatisfying("stock.db",
				(condition) -> assertThat(condition.database()).isEqualTo(files.get(0)));
	}

	private void fail(BackupListener listener) {
		BackupSettings tooMuch = new BackupSettings(null, VerificationMode.QUICK, Duration.ofSeconds(1), ZoneOffset.UTC,
				Long.MAX_VALUE);
		SqliteBackupService withoutRoom = new SqliteBackupService(SqliteDatabase.of(this.database), tooMuch, listener);
		assertThatExceptionOfType(NoRoomException.class).isThrownBy(() -> withoutRoom.backup("x"));
	}

	private void failWithoutDatabase() {
		this.history.listener()
			.onFailure(new BackupException("There is no connection", "Wait", null),
					new BackupAttempt(null, SnapshotReason.SCHEDULE, BackupTrigger.SCHEDULE, Duration.ZERO));
	}

	private BackupConditions conditions(@Nullable Duration maxAge) {
		return conditions(maxAge, Map.of("app", this.service));
	}

	private BackupConditions conditions(@Nullable Duration maxAge, Map<String, SqliteBackupService> services) {
		DatabaseCandidates candidates = new DatabaseCandidates() {

			@Override
			public Map<String, DataSource> dataSources() {
				return Map.of();
			}

			@Override
			public Map<String, SqliteBackupService> services() {
				return services;
			}

		};
		SqliteBackupRegistry registry = new SqliteBackupRegistry(candidates, BackupServices.settings(),
				BackupListener.NONE);
		return new BackupConditions(() -> registry, this.history, maxAge, this.clock);
	}

	private static BackupCondition condition(BackupConditions conditions) {
		return conditions.all().values().iterator().next();
	}

	private static List<String> warnings(BackupConditions conditions) {
		return condition(conditions).warnings();
	}

	private static int snapshots(BackupConditions conditions) {
		return condition(conditions).requireFigures().snapshots();
	}

	/**
	 * Shows the time of the system, and what was added to it.
	 */
	private static final class SettableClock extends Clock {

		private Instant now = Instant.now();

		void pass(Duration time) {
			this.now = this.now.plus(time);
		}

		@Override
		public Instant instant() {
			return this.now;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
