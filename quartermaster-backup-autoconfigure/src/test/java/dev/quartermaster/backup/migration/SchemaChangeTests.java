/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.DatabaseCandidates;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.migration.MigrationSettings.When;
import dev.quartermaster.backup.support.BackupDirectory;
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
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what becomes of a {@link SchemaChange} that a {@link MigrationGuard} let
 * begin: of a database, and of another one that can be changed together with it.
 */
class SchemaChangeTests {

	private static final int ROWS = 3;

	@TempDir
	private Path temp;

	private Path database;

	private Path other;

	private SqliteBackupService backups;

	private final List<GuardedChange> late = new ArrayList<>();

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	@BeforeEach
	void createDatabases() throws IOException {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), ROWS);
		this.other = TestDatabase.create(Files.createDirectory(this.temp.resolve("other")).resolve("archive.db"), ROWS);
		DataSource router = new DriverManagerDataSource(TestDatabase.url(this.database));
		this.backups = new SqliteBackupRegistry(
				routing(router, new DriverManagerDataSource(TestDatabase.url(this.other))), BackupServices.settings(),
				BackupListener.NONE)
			.of(router);
	}

	@ParameterizedTest
	@CsvSource({ "true, false", "false, false", "true, true", "false, true" })
	void failureIsUndoneOnlyWhenToldTo(boolean restoreOnError, boolean started) {
		MigrationGuard guard = guard(restoreOnError);
		if (started) {
			guard.started();
		}
		SchemaChange change = begin(guard);
		deleteAll();
		change.fail();
		assertThat(TestDatabase.items(this.database)).hasSize(restoreOnError ? ROWS : 0);
		assertThat(failed(this.database)).hasSize(restoreOnError ? 1 : 0)
			.allSatisfy((failed) -> assertThat(TestDatabase.items(failed)).isEmpty());
		assertThat(this.late).hasSize((started && !restoreOnError) ? 1 : 0)
			.allSatisfy((failed) -> assertThat(TestDatabase.items(failed.before().file())).hasSize(ROWS));
	}

	@Test
	void undoTellsWhatWasRestoredAndKept() {
		SchemaChange change = begin(guard(true));
		TestDatabase.execute(this.database, "DELETE FROM item");
		change.fail();
		Path before = this.backups.list().get(1).file();
		Path kept = failed(this.database).get(0);
		assertThat(messages()).contains(
				"The migration of " + this.database + " failed. The snapshot taken before it was restored: " + before
						+ ". The state that the migration left is kept in " + kept + ".",
				"The migration of " + this.other + " failed, but left the database unchanged");
	}

	private List<String> messages() {
		return this.log.warnings().stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	/**
	 * Once it has started, an application goes on with the others.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void failureUndoesWhatWasChangedTogetherOnlyDuringTheStart(boolean started) {
		MigrationGuard guard = guard(true);
		if (started) {
			guard.started();
		}
		SchemaChange change = begin(guard);
		deleteAll();
		change.fail();
		assertThat(TestDatabase.items(this.other)).hasSize(started ? 0 : ROWS);
		assertThat(failed(this.other)).hasSize(started ? 0 : 1);
		assertThat(this.late).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void startThatFailsUndoesWhatCameToNoEndOnlyWhenToldTo(boolean restoreOnError) {
		MigrationGuard guard = guard(restoreOnError);
		begin(guard);
		deleteAll();
		assertThat(guard.suspects()).extracting(GuardedChange::database)
			.containsExactlyInAnyOrder(this.database, this.other);
		guard.startFailed();
		for (Path file : List.of(this.database, this.other)) {
			assertThat(TestDatabase.items(file)).hasSize(restoreOnError ? ROWS : 0);
			assertThat(failed(file)).hasSize(restoreOnError ? 1 : 0);
		}
	}

	@Test
	void startThatFailsUndoesNothingTwice() {
		MigrationGuard guard = guard(true);
		begin(guard).fail();
		deleteAll();
		guard.startFailed();
		assertThat(TestDatabase.items(this.database)).as("changed by somebody else since").isEmpty();
	}

	@Test
	void whatCameToItsEndIsNeitherUndoneNorSuspected() {
		MigrationGuard guard = guard(true);
		begin(guard).end();
		deleteAll();
		assertThat(guard.suspects()).isEmpty();
		guard.startFailed();
		assertLeftAlone();
	}

	@Test
	void whatNobodyTellsTheEndOfIsSuspectedAndNotUndone() {
		MigrationGuard guard = guard(true);
		begin(guard).endUnknown();
		deleteAll();
		assertThat(guard.suspects()).extracting(GuardedChange::database)
			.containsExactlyInAnyOrder(this.database, this.other);
		guard.startFailed();
		assertLeftAlone();
	}

	/**
	 * There is nobody who could tell its end then.
	 */
	@Test
	void whatCouldBeChangedTogetherIsGuardedAndNotUndoneWhereTheMainDatabaseIsNot() throws IOException {
		Files.createFile(this.temp.resolve("backups"));
		MigrationGuard guard = guard(true);
		assertThat(guard.beforeChange(this.backups, SnapshotReason.of("x"), () -> true)).isEmpty();
		assertThat(BackupDirectory.published(this.other.resolveSibling("backups"))).hasSize(1);
		TestDatabase.execute(this.other, "DELETE FROM item");
		guard.startFailed();
		assertThat(TestDatabase.items(this.other)).isEmpty();
	}

	@Test
	void whatChangesAfterTheStartHasSnapshotOfItsOwnAndNothingToDoWithTheStart() {
		MigrationGuard guard = guard(true);
		begin(guard);
		TestDatabase.execute(this.database, "DELETE FROM item WHERE id = 1");
		begin(guard);
		assertThat(BackupDirectory.published(this.backups.directory())).as("before the first change").hasSize(1);
		assertThat(guard.started()).containsExactly(this.database, this.other);
		begin(guard);
		assertThat(BackupDirectory.published(this.backups.directory())).hasSize(2);
		TestDatabase.execute(this.database, "DELETE FROM item WHERE id = 2");
		begin(guard);
		assertThat(BackupDirectory.published(this.backups.directory())).hasSize(3);
		assertThat(guard.suspects()).isEmpty();
		assertThat(guard.started()).isEmpty();
		guard.startFailed();
		assertThat(TestDatabase.items(this.database)).hasSize(1);
	}

	@Test
	void startIsNotedAsLongAsItLasts() {
		MigrationGuard guard = guard(false);
		begin(guard);
		assertThat(note()).exists();
		guard.started();
		assertThat(note()).doesNotExist();
		begin(guard);
		assertThat(note()).as("no start depends on it").doesNotExist();
	}

	/**
	 * Whoever starts with nothing to change has started, too.
	 */
	@Test
	void startWithNothingPendingEndsTheNoteOfAnEarlierOne() {
		begin(guard(false));
		TestDatabase.execute(this.backups.database(), "INSERT INTO item (name) VALUES ('of a migration')");
		MigrationGuard pending = new MigrationGuard(
				MigrationGuards.settings(When.PENDING, OnBackupFailure.CONTINUE, false), BackupListener.NONE,
				this.late::add);
		// Guarded all the same, so that what the earlier start did is audited.
		SchemaChange change = pending.beforeChange(this.backups, SnapshotReason.of("x"), () -> false).orElseThrow();
		change.end();
		assertThat(note()).exists();
		pending.started();
		assertThat(note()).doesNotExist();
	}

	private static DatabaseCandidates routing(DataSource router, DataSource target) {
		return new DatabaseCandidates() {

			@Override
			public Map<String, DataSource> dataSources() {
				return Map.of("router", router);
			}

			@Override
			public List<DataSource> targets(DataSource dataSource) {
				return (dataSource == router) ? List.of(target) : List.of();
			}

			@Override
			public Map<String, SqliteBackupService> services() {
				return Map.of();
			}

		};
	}

	private MigrationGuard guard(boolean restoreOnError) {
		return new MigrationGuard(MigrationGuards.settings(When.ALWAYS, OnBackupFailure.CONTINUE, restoreOnError),
				BackupListener.NONE, this.late::add);
	}

	private SchemaChange begin(MigrationGuard guard) {
		return guard.beforeChange(this.backups, SnapshotReason.of("x"), () -> true).orElseThrow();
	}

	private void deleteAll() {
		TestDatabase.execute(this.database, "DELETE FROM item");
		TestDatabase.execute(this.other, "DELETE FROM item");
	}

	private void assertLeftAlone() {
		for (Path file : List.of(this.database, this.other)) {
			assertThat(TestDatabase.items(file)).isEmpty();
			assertThat(failed(file)).isEmpty();
		}
	}

	private Path note() {
		return this.backups.directory().resolve(".quartermaster-unfinished-app.db");
	}

	private static List<Path> failed(Path file) {
		return BackupDirectory.published(file.resolveSibling("backups"))
			.stream()
			.filter((snapshot) -> snapshot.getFileName().toString().contains("-failed-migration"))
			.toList();
	}

}
