/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;

import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension.FailureDescriptor;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.aot.AbstractAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the switches of an application whose beans were decided about ahead of time,
 * without knowing them.
 */
class SwitchesTests {

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@Test
	void migrationMeetsSnapshotWhenNothingIsSwitchedOff() {
		aheadOfTime().run((context) -> {
			assertMigrated(context);
			assertThat(Migrations.snapshots(this.database)).hasSize(1);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "quartermaster.backup.enabled=false", "quartermaster.backup.migration.enabled=false" })
	void migrationMeetsNothingOfOursWhenSwitchedOff(String property) {
		aheadOfTime().withPropertyValues(property).run((context) -> {
			assertMigrated(context);
			assertThat(Migrations.snapshots(this.database)).isEmpty();
			assertThat(this.log.ours()).isEmpty();
			assertThat(this.log.guarded()).isEmpty();
		});
	}

	@Test
	void nothingCanBeInjectedWhenSwitchedOff() {
		aheadOfTime().withPropertyValues("quartermaster.backup.enabled=false").run((context) -> {
			assertThat(context.getBeanProvider(SqliteBackupService.class).getIfAvailable()).isNull();
			assertThat(context.getBeanProvider(SqliteBackupRegistry.class).getIfAvailable()).isNull();
		});
	}

	@Test
	void endpointSaysThatItIsSwitchedOff() {
		aheadOfTime().withPropertyValues("quartermaster.backup.enabled=false").run((context) -> {
			DatabaseBackupEndpointWebExtension endpoint = context.getBean(DatabaseBackupEndpointWebExtension.class);
			assertSwitchedOff(endpoint.backup("x", null));
			assertSwitchedOff(endpoint.snapshots(null));
			assertSwitchedOff(endpoint.snapshot("app-20260417-115719-x.db", "app"));
			assertThat(Migrations.snapshots(this.database)).isEmpty();
		});
	}

	@Test
	void snapshotsCanBeAskedForWhenOnlyMigrationsAreSwitchedOff() {
		aheadOfTime().withPropertyValues("quartermaster.backup.migration.enabled=false").run((context) -> {
			context.getBean(SqliteBackupService.class).backup("by hand");
			assertThat(Migrations.snapshots(this.database)).hasSize(1);
		});
	}

	private ApplicationContextRunner aheadOfTime() {
		return Contexts.runner("jdbc:sqlite:" + this.database, Migrations.FIRST_AND_SECOND)
			.withSystemProperties(AbstractAotProcessor.AOT_PROCESSING + "=true");
	}

	private void assertMigrated(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed();
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
	}

	private static void assertSwitchedOff(WebEndpointResponse<?> response) {
		assertThat(response.getStatus()).isEqualTo(404);
		assertThat(response.getBody())
			.isEqualTo(new FailureDescriptor("Backups are switched off with quartermaster.backup.enabled=false.",
					"Start the application without this property."));
	}

}
