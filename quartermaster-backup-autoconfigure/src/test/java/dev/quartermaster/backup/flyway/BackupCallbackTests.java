/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.MigrationSettings.When;
import dev.quartermaster.backup.migration.OnBackupFailure;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import dev.quartermaster.backup.support.MigrationGuards;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link BackupCallback}, in a Flyway without Spring.
 */
class BackupCallbackTests {

	@TempDir
	private Path directory;

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@Test
	void comesBeforeOtherCallbacks() {
		Deleting other = new Deleting();
		flyway(other, guard()).clean();
		assertThat(other.contexts).hasSize(1);
		assertThat(Migrations.snapshots(this.database)).singleElement()
			.satisfies((snapshot) -> assertThat(TestDatabase.items(snapshot)).containsExactly("kettle"));
	}

	@Test
	void whatFlywayFinishedIsNotUndoneWhenTheStartFails() {
		MigrationGuard guard = new MigrationGuard(
				MigrationGuards.settings(When.ALWAYS, OnBackupFailure.CONTINUE, true));
		flyway(new Deleting(), guard).clean();
		guard.startFailed();
		assertThat(Migrations.tables(this.database)).isEmpty();
	}

	@Test
	void withoutSpringEachChangeHasSnapshotOfItsOwn() {
		Flyway flyway = flyway(new Deleting(), new BackupCallback());
		flyway.clean();
		flyway.migrate();
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
		flyway.clean();
		List<Path> beforeCleaning = Migrations.snapshots(this.database)
			.stream()
			.filter((snapshot) -> snapshot.toString().endsWith("-flyway-clean.db"))
			.toList();
		assertThat(beforeCleaning).hasSize(2);
		assertThat(TestDatabase.items(beforeCleaning.get(0))).containsExactly("kettle");
		assertThat(TestDatabase.items(beforeCleaning.get(1))).containsExactly("pan");
	}

	@Test
	void withoutSpringPropertiesDecide() throws Exception {
		Path file = Files.createFile(this.directory.resolve("file"));
		System.setProperty("quartermaster.backup.dir", file.resolve("below").toString());
		try {
			flyway(new Deleting(), new BackupCallback()).clean();
			assertThat(Migrations.tables(this.database)).as("goes on without a snapshot").isEmpty();
			Migrations.migrate(this.database, Migrations.FIRST);
			System.setProperty("quartermaster.backup.migration.on-failure", "Abort");
			assertThatException().isThrownBy(() -> flyway(new Deleting(), new BackupCallback()).clean())
				.withStackTraceContaining("MigrationRefusedException");
			assertThat(Migrations.tables(this.database)).containsExactly("item");
			System.setProperty("quartermaster.backup.dir", " ");
			flyway(new Deleting(), new BackupCallback()).clean();
			assertThat(Migrations.snapshots(this.database)).as("beside the database").hasSize(1);
		}
		finally {
			System.clearProperty("quartermaster.backup.dir");
			System.clearProperty("quartermaster.backup.migration.on-failure");
		}
	}

	@Test
	void takesNoPartInTransactionsOfFlyway() {
		Deleting other = new Deleting();
		BackupCallback callback = new BackupCallback();
		flyway(other, callback).clean();
		assertThat(other.contexts).singleElement()
			.satisfies((context) -> assertThat(Arrays.stream(Event.values()))
				.noneMatch((event) -> callback.canHandleInTransaction(event, context)));
	}

	@Test
	void flywayThatDoesNotTellThatItHasConnectedIsGuardedBeforeItsFirstMigration() {
		flyway(new OfEarlierFlyway(new BackupCallback(), false), Migrations.FIRST_AND_SECOND).migrate();
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle moved");
		assertThat(Migrations.snapshots(this.database)).singleElement()
			.satisfies((snapshot) -> assertThat(TestDatabase.items(snapshot)).containsExactly("kettle"));
	}

	@Test
	void flywayThatDoesNotTellWhatItAsksAboutIsGuardedEvenIfNothingIsPending() {
		flyway(new OfEarlierFlyway(new BackupCallback(), true), Migrations.FIRST).migrate();
		assertThat(Migrations.snapshots(this.database)).hasSize(1);
	}

	@Test
	void changeOfDatabaseThatCannotBeLocatedIsRefusedWhenAskedTo() {
		BackupCallback callback = new BackupCallback((database) -> {
			throw new BackupException("It is unknown which file that is", "Check the disk.", null);
		}, new MigrationGuard(MigrationGuards.settings(When.ALWAYS, OnBackupFailure.ABORT, false)));
		assertThatException().isThrownBy(() -> flyway(new Deleting(), callback).clean())
			.withStackTraceContaining("It is unknown which file that is");
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle");
	}

	private Flyway flyway(Callback callback, String locations) {
		return Flyway.configure()
			.configuration(Migrations.flyway(this.database, locations).getConfiguration())
			.callbacks(callback)
			.load();
	}

	private Flyway flyway(Deleting other, MigrationGuard guard) {
		return flyway(other,
				new BackupCallback((database) -> BackupServices.service(database, BackupSettings.DEFAULTS), guard));
	}

	private Flyway flyway(Deleting other, BackupCallback callback) {
		return Flyway.configure()
			.configuration(Migrations.flyway(this.database, Migrations.FIRST).getConfiguration())
			.cleanDisabled(false)
			.callbacks(other, callback)
			.load();
	}

	private static MigrationGuard guard() {
		return new MigrationGuard(MigrationGuards.settings(When.ALWAYS, OnBackupFailure.CONTINUE, false));
	}

	/**
	 * Deletes all rows before Flyway cleans, and has a name that comes early.
	 */
	private static final class Deleting extends BaseCallback {

		private final List<Context> contexts = new ArrayList<>();

		@Override
		public boolean supports(Event event, Context context) {
			return event == Event.BEFORE_CLEAN;
		}

		@Override
		public void handle(Event event, Context context) {
			this.contexts.add(context);
			try (Statement statement = context.getConnection().createStatement()) {
				statement.execute("DELETE FROM item");
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public String getCallbackName() {
			return "A";
		}

	}

	/**
	 * Hands on what Flyway tells as one before version 12 does.
	 */
	private record OfEarlierFlyway(BackupCallback callback, boolean tellsOfConnections) implements Callback {

		@Override
		public boolean supports(Event event, Context context) {
			return (this.tellsOfConnections || event != Event.AFTER_CONNECT)
					&& this.callback.supports(event, (event == Event.BEFORE_MIGRATE) ? null : context);
		}

		@Override
		public boolean canHandleInTransaction(Event event, Context context) {
			return this.callback.canHandleInTransaction(event, context);
		}

		@Override
		public void handle(Event event, Context context) {
			this.callback.handle(event, context);
		}

		@Override
		public String getCallbackName() {
			return this.callback.getCallbackName();
		}

	}

}
