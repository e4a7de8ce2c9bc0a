/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.jayway.jsonpath.JsonPath;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.LastFailure;
import dev.quartermaster.backup.NoRoomException;
import dev.quartermaster.backup.PlannedRestores;
import dev.quartermaster.backup.PruneResult;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.DocumentationPage;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
		application = start(database);
	}

	private static EndpointApplication start(Path file) {
		return EndpointApplication.start(EndpointApplication.WithoutSecurity.class, TestDatabase.url(file),
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

	@Test
	void failureBeforeTheApplicationStartedIsKnownUntilBackupSucceeds() throws IOException {
		Path other = TestDatabase.create(Files.createDirectory(directory.resolve("restarted")).resolve("app.db"), 3);
		BackupServices.service(other).backup("sound");
		SqliteBackupService failing = service(other);
		assertThatExceptionOfType(NoRoomException.class).isThrownBy(() -> failing.backup("x"));
		try (EndpointApplication restarted = start(other)) {
			assertThat(component(restarted).<List<String>>json("$.details.dataSource.warnings")).singleElement()
				.asString()
				.startsWith("The last backup failed at ")
				.contains("and none was taken since. There is not enough free space");
			assertThat(restarted.backup("x").status()).isEqualTo(201);
			assertThat(component(restarted).<String>json("$.status")).isEqualTo("UP");
		}
		assertThat(LastFailure.of(failing)).isEmpty();
	}

	@Test
	void failureBeforeTheDatabaseWasLocatedIsTold() {
		DataSource unreachable = new AbstractDataSource() {

			@Override
			public Connection getConnection() throws SQLException {
				throw new SQLException("the pool is exhausted");
			}

			@Override
			public Connection getConnection(String user, String password) throws SQLException {
				return getConnection();
			}

		};
		SqliteBackupService service = application.bean(SqliteBackupRegistry.class).of(unreachable);
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"));
		assertThat(component().<String>json("$.status")).isEqualTo("WARNING");
		assertThat(component().<List<String>>json("$.details.unknown.warnings")).singleElement()
			.asString()
			.startsWith("A backup failed at ")
			.contains("the pool is exhausted");
	}

	@Test
	void failureOfDatabaseThatIsNoBeanIsTold() throws IOException {
		Path other = TestDatabase.create(Files.createDirectory(directory.resolve("other")).resolve("made-in-code.db"),
				3);
		SqliteBackupService service = application.bean(SqliteBackupRegistry.class)
			.of(new DriverManagerDataSource(TestDatabase.url(other)));
		service.backup("sound");
		byte[] page = TestDatabase.bytes(other);
		TestDatabase.overwrite(other, 0, "no database any more".getBytes(StandardCharsets.US_ASCII));
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> service.backup("x"));
		assertThat(component().<String>json("$.status")).isEqualTo("WARNING");
		assertThat(component().<List<String>>json("$.details['made-in-code.db'].warnings")).singleElement()
			.asString()
			.startsWith("The last backup failed. ")
			.contains(other.toString());
		TestDatabase.overwrite(other, 0, page);
		service.backup("sound again");
		assertThat(component().<String>json("$.details['made-in-code.db'].newest")).endsWith("-sound-again.db");
	}

	@Test
	void plannedRestoreIsToldAndIsNoFault() throws IOException {
		Path planned = TestDatabase.create(Files.createDirectory(directory.resolve("planned")).resolve("app.db"), 3);
		SqliteBackupService service = BackupServices.service(planned);
		Snapshot good = BackupServices.backup(service, "good").snapshot();
		TestDatabase.execute(planned, "DELETE FROM item");
		BackupServices.backup(service, "bad");
		try (EndpointApplication running = start(planned)) {
			assertThat(component(running).<List<Object>>json("$.details.dataSource[?(@.restore)]")).isEmpty();
			running.bean(PlannedRestores.class)
				.plan(running.bean(SqliteBackupRegistry.class).named("dataSource"), good.file(), false, null);
			Response health = component(running);
			assertThat(health.<String>json("$.status")).isEqualTo("UP");
			assertThat(health.<Map<String, String>>json("$.details.dataSource.restore"))
				.containsOnlyKeys("name", "state", "plannedAt")
				.containsEntry("name", good.name().toString())
				.containsEntry("state", "planned");
		}
		Files.delete(good.file());
		try (EndpointApplication restarted = start(planned)) {
			Response health = component(restarted);
			assertThat(health.<String>json("$.status")).isEqualTo("UP");
			Map<String, String> restore = health.json("$.details.dataSource.restore");
			assertThat(restore).containsEntry("state", "failed")
				.hasEntrySatisfying("failure", (why) -> assertThat(why).contains(good.file().toString()));
			String shown = DocumentationPage.of("docs/monitoring.md").blocks("json").get(1);
			assertThat(JsonPath.<Map<String, String>>read(shown, "$.restore").keySet()).isEqualTo(restore.keySet());
			PlannedRestores restores = restarted.bean(PlannedRestores.class);
			restores.cancel(restarted.bean(SqliteBackupRegistry.class).named("dataSource"));
			assertThat(component(restarted).<List<Object>>json("$.details.dataSource[?(@.restore)]")).isEmpty();
		}
	}

	@Test
	void planThatCannotBeReadIsTold() throws IOException {
		Path plan = Files.writeString(backups.resolve(".quartermaster-restore-planned-app.db.json"), "{}");
		try {
			Response health = component();
			assertThat(health.<String>json("$.status")).isEqualTo("UP");
			assertThat(health.<String>json("$.details.dataSource.restore.state")).isEqualTo("unknown");
			assertThat(health.<String>json("$.details.dataSource.restore.failure")).contains(database.toString());
		}
		finally {
			Files.delete(plan);
		}
	}

	/**
	 * Return the service that another process has, with less room.
	 */
	private static SqliteBackupService service(Path file) {
		return new SqliteBackupService(SqliteDatabase.of(file), new BackupSettings(null, VerificationMode.QUICK,
				Duration.ofSeconds(10), ZoneOffset.UTC, Long.MAX_VALUE / 2), BackupListener.NONE);
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
		return component(application);
	}

	private static Response component(EndpointApplication application) {
		return application.send(application.request("/actuator/health/dbbackup"));
	}

	private static Response get(String path) {
		return application.send(application.request("/actuator/health" + path));
	}

}
