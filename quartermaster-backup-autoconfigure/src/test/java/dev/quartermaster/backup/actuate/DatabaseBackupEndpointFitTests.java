/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.quartermaster.backup.ApplicationRelease;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the endpoint tells of whether the application can take a snapshot.
 */
class DatabaseBackupEndpointFitTests {

	@TempDir
	private Path directory;

	@Test
	void snapshotsOfFlywayFitOrAreOlderOrNewer() {
		Path database = Migrations.atFirst(this.directory.resolve("app.db"));
		try (EndpointApplication application = EndpointApplication.on(database, "spring.flyway.enabled=true",
				"spring.flyway.locations=" + Migrations.FIRST_AND_SECOND)) {
			assertThat(application.backup("At the second!").status()).isEqualTo(201);
			TestDatabase.execute(database,
					"INSERT INTO flyway_schema_history SELECT 9, '9', description, type, script, checksum,"
							+ " installed_by, installed_on, execution_time, success FROM flyway_schema_history LIMIT 1");
			String newer = backUpByOtherRelease(database);
			List<Map<String, Object>> snapshots = application.get("").json("$.snapshots");
			assertThat(snapshots).extracting((snapshot) -> snapshot.get("fit"))
				.containsExactly("newer: written by 2.3.0", "fits", "older: 1 migration to apply");
			assertThat(snapshots).extracting((snapshot) -> snapshot.get("schemaVersion"))
				.containsExactly("9", "2", "1");
			assertThat(snapshots.get(0)).containsOnlyKeys("database", "name", "reason", "takenAt", "size",
					"reasonInFull", "schemaVersion", "applicationVersion", "fit");
			assertThat(snapshots.get(1)).containsEntry("reasonInFull", "At the second!");
			assertThat(application.get("/" + newer).<String>json("$.fit")).isEqualTo("newer: written by 2.3.0");
		}
	}

	@Test
	void snapshotsOfLiquibaseFitOrAreOlderOrNewer() throws Exception {
		Path database = this.directory.resolve("app.db");
		Path log = this.directory.resolve("changes.sql");
		String first = "--liquibase formatted sql\n--changeset jo:1\nCREATE TABLE item (id INTEGER);\n";
		String second = "--changeset jo:2\nCREATE TABLE location (id INTEGER);\n";
		String third = "--changeset jo:3 context:test\nCREATE TABLE only_in_tests (id INTEGER);\n";
		Files.writeString(log, first);
		try (EndpointApplication application = start(database, log)) {
			assertThat(application.backup("first").status()).isEqualTo(201);
		}
		Files.writeString(log, first + second + third);
		try (EndpointApplication application = start(database, log)) {
			assertThat(application.backup("second").status()).isEqualTo(201);
			TestDatabase
				.execute(database, "INSERT INTO DATABASECHANGELOG SELECT '4', author, filename, dateexecuted, 9,"
						+ " exectype, md5sum, description, comments, tag, liquibase, contexts, labels, deployment_id"
						+ " FROM DATABASECHANGELOG LIMIT 1");
			backUpByOtherRelease(database);
			List<Map<String, Object>> snapshots = application.get("").json("$.snapshots");
			assertThat(snapshots).extracting((snapshot) -> snapshot.get("fit"))
				.startsWith("newer: written by 2.3.0", "fits", "older: 1 change set to apply");
			assertThat(snapshots).extracting((snapshot) -> snapshot.get("schemaVersion"))
				.startsWith("4::jo", "2::jo", "1::jo");
		}
	}

	@Test
	void lookingAtSnapshotsDoesNotUpdateTheDatabaseOfLazyApplication() throws Exception {
		Path database = this.directory.resolve("app.db");
		Path log = this.directory.resolve("changes.sql");
		String first = "--liquibase formatted sql\n--changeset jo:1\nCREATE TABLE item (id INTEGER);\n";
		Files.writeString(log, first);
		try (EndpointApplication application = start(database, log)) {
			assertThat(application.backup("first").status()).isEqualTo(201);
		}
		Files.writeString(log, first + "--changeset jo:2\nCREATE TABLE location (id INTEGER);\n");
		try (EndpointApplication application = start(database, log, "spring.main.lazy-initialization=true")) {
			assertThat(application.get("").<List<Object>>json("$.snapshots")).hasSize(1);
			assertThat(Migrations.tables(database)).contains("item").doesNotContain("location");
		}
	}

	private static EndpointApplication start(Path database, Path log, String... properties) {
		return EndpointApplication.on(database,
				Stream
					.concat(Stream.of(properties), Stream.of("spring.liquibase.enabled=true",
							"spring.liquibase.change-log=file:" + log, "spring.liquibase.contexts=production"))
					.toArray(String[]::new));
	}

	private static String backUpByOtherRelease(Path database) {
		SqliteBackupService service = new SqliteBackupService(SqliteDatabase.of(database),
				BackupServices.settings().withApplication(new ApplicationRelease("shop", "2.3.0")),
				BackupListener.NONE);
		return BackupServices.backup(service, "z").snapshot().name().toString();
	}

}
