/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.PruneResult;
import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link BackupHealthIndicator} over HTTP, as a load balancer and somebody who
 * looks after the application see it.
 */
class BackupHealthIndicatorTests {

	@TempDir
	static Path directory;

	private static Path backups;

	private static Path database;

	private static EndpointApplication application;

	@BeforeAll
	static void start() {
		backups = directory.resolve("backups");
		database = TestDatabase.create(directory.resolve("app.db"), 3);
		application = EndpointApplication.start(EndpointApplication.WithoutSecurity.class, TestDatabase.url(database),
				"management.endpoints.web.exposure.include=health,dbbackup",
				"management.endpoint.health.show-details=always", "management.endpoint.health.probes.enabled=true",
				"management.endpoint.health.group.backups.include=dbbackup", "quartermaster.backup.health.max-age=26h");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@AfterEach
	void recover() throws IOException {
		if (Files.isRegularFile(backups)) {
			Files.delete(backups);
		}
		assertThat(application.backup("recovered").status()).isEqualTo(201);
		assertThat(component().<String>json("$.status")).isEqualTo("UP");
	}

	@Test
	void tellsWhatThereIs() {
		assertThat(application.backup("x").status()).isEqualTo(201);
		Response health = component();
		assertThat(health.<String>json("$.details.dataSource.newest")).endsWith("-x.db");
		assertThat(health.<String>json("$.details.dataSource.database")).isEqualTo(database.toString());
		assertThat(health.<Integer>json("$.details.dataSource.size")).isEqualTo(8192);
		assertThat(health.<Integer>json("$.details.dataSource.snapshots")).isPositive();
		assertThat(health.<Integer>json("$.details.dataSource.totalSize")).isPositive();
		assertThat(health.<Number>json("$.details.dataSource.free").longValue()).isPositive();
		assertThat(health.<List<String>>json("$.details.dataSource[?(@.warnings)]")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/liveness", "/readiness" })
	void failedBackupLeavesTheApplicationInRotation(String path) throws IOException {
		fail();
		assertThat(warnings()).singleElement()
			.asString()
			.startsWith("The last backup failed. ")
			.contains(backups.toString());
		Response whole = get(path);
		assertThat(whole.status()).isEqualTo(200);
		assertThat(whole.<String>json("$.status")).isEqualTo("UP");
	}

	@Test
	void whoAsksForTheBackupsAloneIsTold() throws IOException {
		fail();
		assertThat(get("/dbbackup").status()).isEqualTo(200);
		assertThat(get("/backups").status()).isEqualTo(200);
		assertThat(get("/backups").<String>json("$.components.dbbackup.status")).isEqualTo("WARNING");
	}

	@Test
	void failureIsForgottenWithTheNextBackup() throws IOException {
		fail();
		assertThat(warnings()).isNotEmpty();
		Files.delete(backups);
		assertThat(application.backup("again").status()).isEqualTo(201);
		assertThat(component().<String>json("$.status")).isEqualTo("UP");
	}

	@Test
	void damagedDatabaseIsWarnedOf() {
		assertThat(application.backup("sound").status()).isEqualTo(201);
		byte[] page = Arrays.copyOfRange(TestDatabase.bytes(database), 4096, 8192);
		TestDatabase.overwrite(database, 4096, new byte[] { 99, 99, 99, 99 });
		application.backup("damaged");
		TestDatabase.overwrite(database, 4096, page);
		assertThat(warnings()).singleElement().asString().contains(database.toString()).contains("DAMAGED");
		assertThat(component().<String>json("$.details.dataSource.newest")).endsWith("-sound.db");
	}

	@Test
	void retentionThatIsStuckIsWarnedOfUntilItIsNot() {
		BackupListener listener = application.bean(BackupHistory.class).listener();
		listener
			.onPruned(new PruneResult(database, List.of(), List.of(backups.resolve("a.db"), backups.resolve("b.db")),
					"2 snapshots should go, but could not be removed. Look at it."));
		assertThat(warnings()).singleElement()
			.asString()
			.isEqualTo("2 snapshots should go, but could not be removed. Look at it.");
		listener.onPruned(new PruneResult(database, List.of(backups.resolve("a.db")), List.of(), ""));
	}

	private static void fail() throws IOException {
		FileSystemUtils.deleteRecursively(backups);
		Files.createFile(backups);
		assertThat(application.backup("x").status()).isEqualTo(500);
	}

	private static List<String> warnings() {
		Response component = component();
		assertThat(component.<String>json("$.status")).isEqualTo("WARNING");
		return component.json("$.details.dataSource.warnings");
	}

	private static Response component() {
		return get("/dbbackup");
	}

	private static Response get(String path) {
		return application.send(application.request("/actuator/health" + path));
	}

}
