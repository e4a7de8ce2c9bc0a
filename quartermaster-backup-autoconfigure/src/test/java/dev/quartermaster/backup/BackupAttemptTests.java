/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of what a {@link BackupListener} hears of a backup beside its result.
 */
class BackupAttemptTests {

	@TempDir
	private Path directory;

	private Path database;

	private final List<BackupAttempt> attempts = new ArrayList<>();

	private final List<Object> results = new ArrayList<>();

	private final BackupListener listener = new BackupListener() {

		@Override
		public void onResult(BackupResult result, BackupAttempt attempt) {
			BackupAttemptTests.this.results.add(result);
			BackupAttemptTests.this.attempts.add(attempt);
		}

		@Override
		public void onFailure(BackupException failure, BackupAttempt attempt) {
			BackupAttemptTests.this.results.add(failure);
			BackupAttemptTests.this.attempts.add(attempt);
		}

	};

	@BeforeEach
	void setUp() {
		this.database = TestDatabase.create(this.directory.resolve("app.db"), 3);
	}

	@Test
	void requestIsOne() {
		service(this.database).backup("Before import");
		assertThat(this.attempts).singleElement().satisfies((attempt) -> {
			assertThat(attempt.database()).isEqualTo(this.database);
			assertThat(attempt.reason()).hasToString("before-import");
			assertThat(attempt.trigger()).isEqualTo(BackupTrigger.REQUEST);
			assertThat(attempt.took()).isPositive();
		});
	}

	@Test
	void requestForAnotherReasonOfOursIsOneAllTheSame() {
		service(this.database).backup("schedule");
		assertThat(this.attempts).extracting(BackupAttempt::trigger).containsExactly(BackupTrigger.REQUEST);
	}

	@ParameterizedTest
	@CsvSource({ "flyway, MIGRATION", "flyway-clean, MIGRATION", "liquibase, MIGRATION", "hibernate, MIGRATION",
			"sql-init, MIGRATION", "database-init, MIGRATION", "schedule, SCHEDULE", "by-hand, REQUEST" })
	void backupThatNobodyAskedForHasTheTriggerOfItsReason(String reason, BackupTrigger trigger) {
		service(this.database).backupIfChanged(new SnapshotReason(reason));
		assertThat(this.attempts).extracting(BackupAttempt::trigger).containsExactly(trigger);
	}

	@Test
	void whatRestoreKeepsHasOneOfItsOwn() {
		SqliteBackupService service = service(this.database);
		BackupResult.Created created = (BackupResult.Created) service.backup("x");
		TestDatabase.execute(this.database, "DELETE FROM item");
		service.restore(created.snapshot().file(), false);
		assertThat(this.attempts).extracting(BackupAttempt::trigger)
			.containsExactly(BackupTrigger.REQUEST, BackupTrigger.RESTORE);
		assertThat(this.attempts.get(1).reason()).isEqualTo(SnapshotReason.PRE_RESTORE);
		assertThat(this.attempts.get(1).database()).isEqualTo(this.database);
	}

	@Test
	void failureSaysOfWhichDatabaseItWas() throws Exception {
		Path file = Files.createFile(this.directory.resolve("file"));
		SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(TestDatabase.url(this.database)),
				BackupSettings.DEFAULTS.withDirectory(file.resolve("backups")), this.listener);
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> service.backupIfChanged(SnapshotReason.FLYWAY))
			.satisfies((failure) -> assertThat(this.results).containsExactly(failure));
		assertThat(this.attempts).singleElement().satisfies((attempt) -> {
			assertThat(attempt.database()).isEqualTo(this.database);
			assertThat(attempt.trigger()).isEqualTo(BackupTrigger.MIGRATION);
			assertThat(attempt.took()).isGreaterThan(Duration.ZERO);
		});
	}

	private SqliteBackupService service(Path file) {
		return new SqliteBackupService(SqliteDatabase.of(TestDatabase.url(file)), BackupSettings.DEFAULTS,
				this.listener);
	}

}
