/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Files;
import java.nio.file.Path;

import dev.quartermaster.backup.migration.MigrationSettings.When;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import dev.quartermaster.backup.support.MigrationGuards;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MigrationGuard}.
 */
class MigrationGuardTests {

	@TempDir
	private Path temp;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private SqliteBackupService backups;

	@BeforeEach
	void createDatabase() {
		this.backups = BackupServices.service(TestDatabase.create(this.temp.resolve("app.db"), 3));
	}

	@ParameterizedTest
	@CsvSource({ "ALWAYS, true, 1", "ALWAYS, false, 1", "PENDING, true, 1", "PENDING, false, 0" })
	void takesSnapshotWhenAskedTo(When when, boolean pending, int snapshots) {
		assertThat(migrate(when, OnBackupFailure.CONTINUE, () -> pending)).isEqualTo(snapshots == 1);
		assertThat(this.backups.list()).hasSize(snapshots);
	}

	@Test
	void takesSnapshotWhenPendingCannotBeTold() {
		migrate(When.PENDING, OnBackupFailure.CONTINUE, () -> {
			throw new IllegalStateException("cannot be told");
		});
		assertThat(this.backups.list()).hasSize(1);
	}

	@Test
	void letsMigrationGoOnWithWarningWhenThereIsNoSnapshot() throws Exception {
		Files.createFile(this.temp.resolve("backups"));
		assertThat(migrate(When.ALWAYS, OnBackupFailure.CONTINUE, () -> true)).isFalse();
		assertThat(this.log.warnings()).singleElement()
			.satisfies((warning) -> assertThat(warning.getFormattedMessage()).startsWith("NO SNAPSHOT"));
	}

	@Test
	void refusesMigrationWithoutSnapshotWhenAskedTo() throws Exception {
		Files.createFile(this.temp.resolve("backups"));
		assertThatExceptionOfType(MigrationRefusedException.class)
			.isThrownBy(() -> migrate(When.ALWAYS, OnBackupFailure.ABORT, () -> true));
	}

	@Test
	void whatMetNoSnapshotIsNotSaidToBeGuarded() throws Exception {
		MigrationGuard guard = new MigrationGuard(
				MigrationGuards.settings(When.ALWAYS, OnBackupFailure.CONTINUE, false));
		SqliteBackupService other = BackupServices
			.service(TestDatabase.create(Files.createDirectory(this.temp.resolve("b")).resolve("app.db"), 3));
		Files.createFile(this.temp.resolve("backups"));
		guard.beforeChange(this.backups, SnapshotReason.of("x"), () -> true);
		guard.beforeChange(other, SnapshotReason.of("x"), () -> true);
		assertThat(guard.started()).containsExactly(other.database());
	}

	@Test
	void changeThatIsToldTwiceMeetsOneSnapshotOfEachDatabase() throws Exception {
		MigrationGuard guard = new MigrationGuard(
				MigrationGuards.settings(When.ALWAYS, OnBackupFailure.CONTINUE, false));
		guard.started();
		MigrationGuard.Begun change = guard.begin();
		assertThat(guard.beforeChange(this.backups, SnapshotReason.of("outer"), () -> true)).isPresent();
		TestDatabase.execute(this.backups.database(), "DELETE FROM item");
		MigrationGuard.Begun within = guard.begin();
		assertThat(guard.beforeChange(this.backups, SnapshotReason.of("inner"), () -> true)).isEmpty();
		within.end();
		assertThat(guard.beforeChange(this.backups, SnapshotReason.of("inner"), () -> true)).isEmpty();
		change.end();
		assertThat(guard.beforeChange(this.backups, SnapshotReason.of("next"), () -> true)).isPresent();
		assertThat(this.backups.list()).extracting((snapshot) -> snapshot.name().reason().slug())
			.containsExactlyInAnyOrder("outer", "next");
	}

	private boolean migrate(When when, OnBackupFailure onFailure, PendingChanges pending) {
		return new MigrationGuard(MigrationGuards.settings(when, onFailure, false))
			.beforeChange(this.backups, SnapshotReason.of("x"), pending)
			.isPresent();
	}

}
