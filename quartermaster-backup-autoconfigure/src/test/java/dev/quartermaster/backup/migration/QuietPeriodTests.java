/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.NoRoomException;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link QuietPeriod}, by starts of an application that writes a row each time.
 */
class QuietPeriodTests {

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	private SqliteBackupService backups;

	@BeforeEach
	void createDatabase() throws Exception {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		settle();
		this.backups = BackupServices.service(this.database);
	}

	@Test
	void crashLoopThatWritesRowAtEachStartLeavesOneSnapshot() throws Exception {
		for (int minutes = 0; minutes < 60; minutes += 10) {
			crash(start(minutes, () -> false));
		}
		assertThat(this.backups.list()).hasSize(1);
		assertThat(messages()).contains("No new snapshot of " + this.database
				+ ": nothing is to be migrated, and the newest one was taken 50 min ago,"
				+ " within quartermaster.backup.migration.quiet-period: " + this.backups.list().get(0).file());
		crash(start(60, () -> false));
		assertThat(this.backups.list()).hasSize(2);
	}

	@Test
	void whatIsPendingOrCannotBeToldEndsIt() {
		start(0, () -> false).started();
		write();
		start(1, () -> true).started();
		assertThat(this.backups.list()).hasSize(2);
		write();
		start(2, () -> {
			throw new IllegalStateException("cannot be told");
		}).started();
		assertThat(this.backups.list()).hasSize(3);
	}

	@Test
	void backupThatFailedIsTriedAgain() {
		start(0, () -> false).started();
		write();
		SqliteBackupService failing = new SqliteBackupService(SqliteDatabase.of(this.database), new BackupSettings(null,
				VerificationMode.QUICK, Duration.ofSeconds(10), ZoneOffset.UTC, Long.MAX_VALUE / 2),
				BackupListener.NONE);
		assertThatExceptionOfType(NoRoomException.class).isThrownBy(() -> failing.backup("x"));
		start(1, () -> false).started();
		assertThat(this.backups.list()).hasSize(2);
		write();
		start(2, () -> false).started();
		assertThat(this.backups.list()).as("quiet again").hasSize(2);
	}

	@Test
	void unfinishedChangeEndsIt() {
		MigrationGuard first = guard(0, MigrationSettings.DEFAULTS);
		first.beforeChange(this.backups, SnapshotReason.FLYWAY, () -> true);
		write();
		start(1, () -> false);
		assertThat(this.backups.list()).hasSize(2);
	}

	@Test
	void crashLoopAfterMigrationLeavesOneSnapshotFromBeforeAndOneFromAfterIt() throws Exception {
		MigrationGuard migrating = guard(0, MigrationSettings.DEFAULTS);
		Optional<SchemaChange> change = migrating.beforeChange(this.backups, SnapshotReason.FLYWAY, () -> true);
		write();
		change.orElseThrow().end();
		crash(migrating);
		Snapshot before = this.backups.list().get(0);
		for (int minutes = 1; minutes < 6; minutes++) {
			MigrationGuard guard = guard(minutes, MigrationSettings.DEFAULTS);
			SchemaChange later = guard.beforeChange(this.backups, SnapshotReason.FLYWAY, () -> false).orElseThrow();
			assertThat(later.toRehearse()).singleElement()
				.satisfies((candidate) -> assertThat(candidate.before()).as("still guarded").isEqualTo(before));
			later.end();
			crash(guard);
		}
		assertThat(this.backups.list()).hasSize(2).contains(before);
		assertThat(this.backups.bookmark().snapshot()).contains(before);
	}

	@Test
	void changeAfterOneThatWroteNothingIsStillUnfinishedWhenTheStartFails() {
		MigrationGuard first = guard(0, MigrationSettings.DEFAULTS);
		first.beforeChange(this.backups, SnapshotReason.FLYWAY, () -> false).ifPresent(SchemaChange::end);
		assertThat(this.backups.bookmark().snapshot()).isEmpty();
		first.beforeChange(this.backups, SnapshotReason.HIBERNATE, () -> true);
		assertThat(this.backups.bookmark().snapshot()).isPresent();
	}

	@Test
	void databaseIsGuardedAllTheSame() {
		start(0, () -> false).started();
		write();
		assertThat(start(1, () -> false).started()).containsExactly(this.database);
	}

	@Test
	void databaseThatIsGoneEndsItAndNobodyIsAsked() throws Exception {
		start(0, () -> true).started();
		Files.delete(this.database);
		start(1, () -> {
			throw new AssertionError("asked, with a connection");
		});
		assertThat(messages()).contains("Nothing to back up").doesNotContain("No new snapshot");
	}

	@Test
	void stateThatWasReplacedDoesNotCount() {
		start(0, () -> false).started();
		write();
		this.backups.restore(this.backups.list().get(0).file(), false);
		assertThat(this.backups.list().get(0).isReplacedState()).isTrue();
		write();
		start(59, () -> false);
		assertThat(this.backups.list()).hasSize(2);
		start(61, () -> false);
		assertThat(this.backups.list()).hasSize(3);
	}

	@Test
	void snapshotFromTheFutureDoesNotCount() {
		start(0, () -> false).started();
		write();
		start(-30, () -> false);
		assertThat(this.backups.list()).hasSize(2);
	}

	@Test
	void changeOnceTheApplicationHasStartedIsNotQuiet() {
		MigrationGuard guard = start(0, () -> false);
		guard.started();
		write();
		assertThat(guard.beforeChange(this.backups, SnapshotReason.FLYWAY, () -> false)).isPresent();
		assertThat(this.backups.list()).hasSize(2);
	}

	@Test
	void canBeTurnedOffAndIsNotNegative() {
		for (int i = 0; i < 3; i++) {
			MigrationGuard guard = guard(i, MigrationSettings.DEFAULTS.withQuietPeriod(Duration.ZERO));
			guard.beforeChange(this.backups, SnapshotReason.FLYWAY, () -> false).ifPresent(SchemaChange::end);
			guard.started();
			write();
		}
		assertThat(this.backups.list()).hasSize(3);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> MigrationSettings.DEFAULTS.withQuietPeriod(Duration.ofSeconds(-1)));
	}

	private MigrationGuard start(int minutes, PendingChanges pending) {
		MigrationGuard guard = guard(minutes, MigrationSettings.DEFAULTS);
		Optional<SchemaChange> change = guard.beforeChange(this.backups, SnapshotReason.FLYWAY, pending);
		change.ifPresent(SchemaChange::end);
		return guard;
	}

	private MigrationGuard guard(int minutes, MigrationSettings settings) {
		return new MigrationGuard(settings, BackupListener.NONE, (change) -> {
		}, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(minutes)));
	}

	/**
	 * Go on after what could change the schema, and end before the application has
	 * started.
	 */
	private void crash(MigrationGuard guard) throws Exception {
		assertThat(guard).isNotNull();
		write();
		settle();
	}

	private void write() {
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('of a start')");
	}

	/**
	 * Make the last write one of some time ago, as it is when a process was started
	 * since.
	 */
	private void settle() throws Exception {
		Files.setLastModifiedTime(this.database, FileTime.from(Instant.now().minusSeconds(10)));
	}

	private String messages() {
		return String.join("\n", this.log.ours().stream().map(ILoggingEvent::getFormattedMessage).toList());
	}

}
