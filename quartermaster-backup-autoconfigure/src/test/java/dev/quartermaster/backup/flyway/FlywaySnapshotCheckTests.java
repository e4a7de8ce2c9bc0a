/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.quartermaster.backup.DrillResult;
import dev.quartermaster.backup.RestoreDrill;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
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
