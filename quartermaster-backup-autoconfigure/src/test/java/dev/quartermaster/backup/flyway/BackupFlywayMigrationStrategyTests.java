/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.ZoneOffset;

import javax.sql.DataSource;

import dev.quartermaster.backup.SnapshotManifest;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.MigrationSettings;
import dev.quartermaster.backup.migration.RehearsalFailedException;
import dev.quartermaster.backup.migration.MigrationSettings.When;
import dev.quartermaster.backup.migration.OnBackupFailure;
import dev.quartermaster.backup.migration.MigrationRefusedException;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import dev.quartermaster.backup.support.MigrationGuards;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.datasource.AbstractDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link BackupFlywayMigrationStrategy}.
 */
class BackupFlywayMigrationStrategyTests {

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	@BeforeEach
	void setUp() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@Test
	void migrationThatFindsNothingChangedKeepsNewestSnapshot() {
		BackupFlywayMigrationStrategy strategy = strategy(When.ALWAYS, OnBackupFailure.CONTINUE);
		strategy.migrate(Migrations.flyway(this.database, Migrations.FIRST));
		strategy.migrate(Migrations.flyway(this.database, Migrations.FIRST_AND_SECOND));
		assertThat(Migrations.snapshots(this.database)).singleElement().satisfies((snapshot) -> {
			assertThat(snapshot.getFileName().toString()).contains("-flyway");
			assertThat(TestDatabase.items(snapshot)).containsExactly("kettle");
		});
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
	}

	@Test
	void manifestSaysWhatWasPendingIfFlywayWasAsked() {
		strategy(When.PENDING, OnBackupFailure.CONTINUE)
			.migrate(Migrations.flyway(this.database, Migrations.FIRST_AND_SECOND));
		SnapshotManifest manifest = SnapshotManifests.find(Migrations.snapshots(this.database).get(0)).orElseThrow();
		assertThat(manifest.schema().version()).isEqualTo("1");
		assertThat(manifest.schema().pending()).singleElement().asString().matches("2 \\S.*");
	}

	@Test
	void migrationThatCameToItsEndIsNotUndoneWhenTheStartFails() {
		MigrationGuard guard = new MigrationGuard(
				MigrationGuards.settings(When.ALWAYS, OnBackupFailure.CONTINUE, true));
		strategy(guard).migrate(Migrations.flyway(this.database, Migrations.FIRST_AND_SECOND));
		guard.startFailed();
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
	}

	@Test
	void secondMigrationOfStartIsRehearsedOnWhatTheFirstLeft() throws IOException {
		MigrationSettings defaults = MigrationSettings.DEFAULTS;
		BackupFlywayMigrationStrategy strategy = strategy(
				new MigrationGuard(new MigrationSettings(When.ALWAYS, OnBackupFailure.CONTINUE, false, true,
						defaults.onDataLoss(), defaults.expectedLoss(), true, defaults.quietPeriod())));
		strategy.migrate(Migrations.flyway(this.database, Migrations.FIRST_AND_SECOND));
		byte[] content = TestDatabase.bytes(this.database);
		Path third = Files.createDirectory(this.directory.resolve("third"));
		Files.writeString(third.resolve("V3__third.sql"),
				"INSERT INTO location (name) VALUES ('smithy');\nDELETE FROM item;\n");
		Flyway flyway = Migrations.flyway(this.database, Migrations.FIRST_AND_SECOND + ",filesystem:" + third);
		assertThatExceptionOfType(RehearsalFailedException.class).isThrownBy(() -> strategy.migrate(flyway))
			.withMessageContaining("(2 -> 3) would lose data")
			.withMessageContaining("item: 1 -> 0");
		assertThat(TestDatabase.bytes(this.database)).isEqualTo(content);
		assertThat(Migrations.snapshots(this.database)).hasSize(1);
	}

	@Test
	void snapshotsOfSeveralDatabasesLieBesideThem() throws IOException {
		Path elsewhere = Files.createDirectory(this.directory.resolve("elsewhere"));
		Path other = Migrations.atFirst(elsewhere.resolve("other.db"));
		BackupFlywayMigrationStrategy strategy = strategy(When.ALWAYS, OnBackupFailure.CONTINUE);
		strategy.migrate(Migrations.flyway(this.database, Migrations.FIRST_AND_SECOND));
		strategy.migrate(Migrations.flyway(other, Migrations.FIRST_AND_SECOND));
		assertThat(Migrations.snapshots(this.database)).hasSize(1);
		assertThat(Migrations.snapshots(other)).hasSize(1);
	}

	@Test
	void snapshotIsTakenWhenPendingCannotBeTold() {
		// Flyway cannot tell, since it finds two migrations of the same version.
		Flyway flyway = Migrations.flyway(this.database, Migrations.FIRST + ",classpath:db/clash");
		assertThatExceptionOfType(FlywayException.class)
			.isThrownBy(() -> strategy(When.PENDING, OnBackupFailure.CONTINUE).migrate(flyway));
		assertThat(Migrations.snapshots(this.database)).hasSize(1);
	}

	@Test
	void failureOfFlywayIsNotHidden() {
		Flyway flyway = Migrations.flyway(this.database, Migrations.FIRST + ",classpath:db/broken");
		assertThatExceptionOfType(FlywayException.class)
			.isThrownBy(() -> strategy(When.ALWAYS, OnBackupFailure.CONTINUE).migrate(flyway));
		assertThat(Migrations.snapshots(this.database)).hasSize(1);
	}

	@Test
	void flywayWithoutDataSourceFailsAsItWouldWithoutUs() {
		assertThatExceptionOfType(FlywayException.class)
			.isThrownBy(() -> strategy(When.ALWAYS, OnBackupFailure.ABORT).migrate(Flyway.configure().load()));
		assertThat(this.log.ours()).isEmpty();
	}

	@Test
	void unexpectedFailureIsNotSilentAndMigrationGoesOn() {
		failingUnexpectedly(OnBackupFailure.CONTINUE)
			.migrate(Migrations.flyway(this.database, Migrations.FIRST_AND_SECOND));
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		assertThat(this.log.warnings()).singleElement().satisfies((warning) -> {
			assertThat(warning.getFormattedMessage()).startsWith("NO SNAPSHOT").contains("Please report it");
			assertThat(warning.getThrowableProxy()).isNotNull();
		});
	}

	@Test
	void unexpectedFailureRefusesMigrationWhenAskedTo() {
		Flyway flyway = Migrations.flyway(this.database, Migrations.FIRST_AND_SECOND);
		assertThatExceptionOfType(MigrationRefusedException.class)
			.isThrownBy(() -> failingUnexpectedly(OnBackupFailure.ABORT).migrate(flyway));
		assertThat(Migrations.versions(this.database)).containsExactly("1");
	}

	private static BackupFlywayMigrationStrategy strategy(When when, OnBackupFailure onFailure) {
		return strategy(new MigrationGuard(MigrationGuards.settings(when, onFailure, false)));
	}

	private static BackupFlywayMigrationStrategy strategy(MigrationGuard guard) {
		return new BackupFlywayMigrationStrategy(BackupFlywayMigrationStrategy.MIGRATE,
				(dataSource) -> service(dataSource), guard);
	}

	/**
	 * As with a driver whose connections fail in a way that nobody foresees.
	 */
	private static BackupFlywayMigrationStrategy failingUnexpectedly(OnBackupFailure onFailure) {
		DataSource unlinked = new AbstractDataSource() {

			@Override
			public Connection getConnection() {
				return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
						new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
							throw new NoClassDefFoundError("of the driver");
						});
			}

			@Override
			public Connection getConnection(String username, String password) {
				return getConnection();
			}

		};
		return new BackupFlywayMigrationStrategy(Flyway::migrate, (dataSource) -> service(unlinked),
				new MigrationGuard(MigrationGuards.settings(When.ALWAYS, onFailure, false)));
	}

	private static SqliteBackupService service(DataSource dataSource) {
		return new SqliteBackupService(SqliteDatabase.of(dataSource),
				new BackupSettings(null, VerificationMode.QUICK, Duration.ofSeconds(1), ZoneOffset.UTC, 0),
				BackupListener.NONE);
	}

}
