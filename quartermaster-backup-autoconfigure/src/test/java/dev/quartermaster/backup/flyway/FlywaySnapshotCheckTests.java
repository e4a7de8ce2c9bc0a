/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.quartermaster.backup.DrillResult;
import dev.quartermaster.backup.RestoreDrill;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FlywaySnapshotCheck}, in restore drills.
 */
class FlywaySnapshotCheckTests {

	@TempDir
	private Path directory;

	private Path database;

	private SqliteBackupService service;

	@BeforeEach
	void createDatabase() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
		this.service = BackupServices.service(this.database);
	}

	@Test
	void passesIfTheApplicationHasTheSameMigrationsOrMore() {
		assertThat(drill(Migrations.FIRST).outcome()).isEqualTo(DrillResult.Outcome.PASSED);
		assertThat(drill(Migrations.FIRST_AND_SECOND).outcome()).isEqualTo(DrillResult.Outcome.PASSED);
	}

	@Test
	void failsIfMigrationIsNotTheOneThatWasApplied() {
		TestDatabase.execute(this.database, "UPDATE flyway_schema_history SET checksum = 1");
		DrillResult result = drill(Migrations.FIRST);
		assertThat(result.outcome()).isEqualTo(DrillResult.Outcome.FAILED);
		assertThat(result.summary()).contains("FlywaySnapshotCheck: ", "checksum mismatch").doesNotContain("\n");
	}

	@Test
	void whatCannotBeAskedWithoutBeansHasNotFailed() throws Exception {
		Files.writeString(this.directory.resolve("R__view.sql"), "CREATE VIEW ${name} AS SELECT 1");
		Flyway flyway = Migrations.flyway(this.database, Migrations.FIRST + ",filesystem:" + this.directory);
		assertThat(drill(FlywaySnapshotCheck.withoutBeans(flyway, this.service)).outcome())
			.isEqualTo(DrillResult.Outcome.PASSED);
		TestDatabase.execute(this.database, "UPDATE flyway_schema_history SET checksum = 1");
		Files.delete(this.directory.resolve("R__view.sql"));
		assertThat(drill(FlywaySnapshotCheck.withoutBeans(flyway, this.service)).outcome())
			.isEqualTo(DrillResult.Outcome.FAILED);
	}

	@Test
	void migrationAboveTheTargetIsKnownAndNotMissed() {
		Flyway flyway = Flyway.configure()
			.configuration(Migrations.flyway(this.database, Migrations.FIRST_AND_SECOND).getConfiguration())
			.target("1")
			.load();
		assertThat(fit(flyway, "1")).contains("fits");
		assertThat(fit(flyway, "2")).contains("fits");
		assertThat(fit(flyway, "3")).contains("newer");
		assertThat(fit(flyway, "1.5")).isEmpty();
	}

	private Optional<String> fit(Flyway flyway, String version) {
		return FlywayMigrations.foundBy(flyway).fitOf(this.database, version, null).map(Object::toString);
	}

	@Test
	void doesNotLookAtOtherDatabases() {
		TestDatabase.execute(this.database, "UPDATE flyway_schema_history SET checksum = 1");
		Path other = TestDatabase.create(this.directory.resolve("other.db"), 1);
		FlywaySnapshotCheck ofOther = new FlywaySnapshotCheck(
				() -> Stream.of(Migrations.flyway(other, Migrations.FIRST)),
				(dataSource) -> BackupServices.service(other));
		assertThat(drill(ofOther).outcome()).isEqualTo(DrillResult.Outcome.PASSED);
	}

	private DrillResult drill(String locations) {
		return drill(new FlywaySnapshotCheck(() -> Stream.of(Migrations.flyway(this.database, locations)),
				(dataSource) -> this.service));
	}

	private DrillResult drill(FlywaySnapshotCheck check) {
		Path snapshot = BackupServices.backup(this.service, null).snapshot().file();
		return RestoreDrill.of(this.service, List.of(check)).run(snapshot);
	}

}
