/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link DatabaseBackupEndpoint} over HTTP, on an application with two databases
 * of the same file name.
 */
class DatabaseBackupEndpointSeveralDatabasesTests {

	@TempDir
	private Path directory;

	private Path tasks;

	private Path users;

	private @Nullable EndpointApplication application;

	@BeforeEach
	void setUp() throws IOException {
		this.tasks = Files.createDirectory(this.directory.resolve("a")).resolve("app.db");
		this.users = Files.createDirectory(this.directory.resolve("b")).resolve("app.db");
	}

	@AfterEach
	void stop() {
		if (this.application != null) {
			this.application.close();
		}
	}

	@Test
	void postTakesSnapshotOfEach() {
		create();
		Response response = start().backup("smoke test");
		assertThat(response.status()).isEqualTo(201);
		assertThat(response.<List<String>>json("$.results[*].database")).containsExactly("tasks", "users");
		assertThat(response.<List<String>>json("$.results[*].reason")).containsExactly("smoke-test", "smoke-test");
		assertThat(response.<List<String>>json("$.results[*].verification.status")).containsExactly("sound", "sound");
		assertThat(TestDatabase.items(snapshot(this.tasks, response.json("$.results[0].name")))).hasSize(1);
		assertThat(TestDatabase.items(snapshot(this.users, response.json("$.results[1].name")))).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "users", "usersDataSource" })
	void postWithDatabaseTakesThatOne(String name) {
		create();
		Response response = start().post("{\"reason\":\"smoke test\",\"database\":\"" + name + "\"}");
		assertThat(response.status()).isEqualTo(201);
		assertThat(response.<String>json("$.database")).isEqualTo("users");
		assertThat(TestDatabase.items(snapshot(this.users, response.json("$.name")))).hasSize(2);
		assertThat(Migrations.snapshots(this.tasks)).isEmpty();
	}

	@Test
	void postWithBlankDatabaseTakesAll() {
		create();
		Response response = start().post("{\"database\":\"\"}");
		assertThat(response.status()).isEqualTo(201);
		assertThat(response.<List<String>>json("$.results[*].database")).containsExactly("tasks", "users");
	}

	@Test
	void postWithUnknownDatabaseIsBadRequest() {
		create();
		assertUnknown(start().post("{\"database\":\"stock\"}"));
		assertThat(Migrations.snapshots(this.tasks)).isEmpty();
		assertThat(Migrations.snapshots(this.users)).isEmpty();
	}

	@Test
	void getOfUnknownDatabaseIsBadRequest() {
		EndpointApplication started = start();
		assertUnknown(started.get("?database=stock"));
		assertUnknown(started.get("/app-20260103-120000-x.db?database=stock"));
	}

	@Test
	void postHasNothingToBackUpInAny() {
		Response response = start().backup("smoke test");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.<List<String>>json("$.results[*].database")).containsExactly("tasks", "users");
		assertThat(response.<List<String>>json("$.results[*].message")).hasSize(2)
			.allMatch((message) -> message.startsWith("Nothing to back up"));
	}

	@Test
	void postHasSomethingToBackUpInOne() {
		TestDatabase.create(this.users, 2);
		Response response = start().backup("smoke test");
		assertThat(response.status()).isEqualTo(201);
		assertThat(response.<String>json("$.results[0].message")).startsWith("Nothing to back up");
		assertThat(response.<String>json("$.results[1].reason")).isEqualTo("smoke-test");
	}

	@Test
	void postTakesOthersWhenOneFails() throws SQLException {
		create();
		EndpointApplication started = start("quartermaster.backup.busy-timeout=100ms");
		try (Connection other = TestDatabase.open(this.tasks); Statement statement = other.createStatement()) {
			statement.execute("BEGIN EXCLUSIVE");
			Response response = started.backup("smoke test");
			assertThat(response.status()).isEqualTo(503);
			assertThat(response.<List<String>>json("$.results[*].database")).containsExactly("tasks", "users");
			assertThat(response.<String>json("$.results[0].error"))
				.contains(this.tasks + " was locked for longer than 100 ms");
			assertThat(response.<String>json("$.results[0].action")).isNotEmpty();
			assertThat(TestDatabase.items(snapshot(this.users, response.json("$.results[1].name")))).hasSize(2);
			statement.execute("ROLLBACK");
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void postHasStatusOfWorstFailureAndOneWarning(CapturedOutput output) throws IOException {
		Files.writeString(this.tasks, "lantern, 4\nrope, 2\n".repeat(100));
		TestDatabase.create(this.users, 2);
		Files.createFile(this.directory.resolve("b/backups"));
		Response response = start().backup("smoke test");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.<String>json("$.results[0].error")).contains("not a SQLite database");
		assertThat(response.<String>json("$.results[1].error")).contains("cannot be written to");
		assertThat(output.getAll().lines().filter((line) -> line.startsWith("WARN  d.q."))).singleElement()
			.asString()
			.contains("Answered a request with 500", "not a SQLite database", "cannot be written to");
	}

	@Test
	void postOfOneThatFailsTellsWhich() throws IOException {
		Files.writeString(this.tasks, "lantern, 4\nrope, 2\n".repeat(100));
		Response response = start().post("{\"database\":\"tasks\"}");
		assertThat(response.status()).isEqualTo(409);
		assertThat(response.<String>json("$.database")).isEqualTo("tasks");
		assertThat(response.<String>json("$.error")).contains("not a SQLite database");
	}

	@Test
	void getListsAllNewestFirst() throws IOException {
		write(this.tasks, "app-20260101-120000-first.db", "app-20260103-120000-third.db");
		write(this.users, "app-20260102-120000-second.db", "app-20260104-120000-fourth.db");
		Response response = start().get("");
		assertThat(response.<List<String>>json("$.snapshots[*].reason")).containsExactly("fourth", "third", "second",
				"first");
		assertThat(response.<List<String>>json("$.snapshots[*].database")).containsExactly("users", "tasks", "users",
				"tasks");
	}

	@ParameterizedTest
	@ValueSource(strings = { "tasks", "tasksDataSource" })
	void getOfDatabaseListsItsOwn(String name) throws IOException {
		write(this.tasks, "app-20260101-120000-first.db");
		write(this.users, "app-20260102-120000-second.db");
		Response response = start().get("?database=" + name);
		assertThat(response.<List<String>>json("$.snapshots[*].reason")).containsExactly("first");
		assertThat(response.<List<String>>json("$.snapshots[*].database")).containsExactly("tasks");
	}

	@Test
	void getOfNameLooksInAll() throws IOException {
		write(this.tasks, "app-20260101-120000-first.db");
		write(this.users, "app-20260102-120000-second.db");
		EndpointApplication started = start();
		assertThat(started.get("/app-20260101-120000-first.db").<String>json("$.database")).isEqualTo("tasks");
		assertThat(started.get("/app-20260102-120000-second.db").<String>json("$.database")).isEqualTo("users");
		assertThat(started.get("/app-20260102-120000-second.db?database=tasks").status()).isEqualTo(404);
		assertThat(started.get("/app-20260103-120000-third.db").status()).isEqualTo(404);
	}

	@Test
	void getOfNameThatTwoHaveIsConflict() throws IOException {
		write(this.tasks, "app-20260101-120000-same.db");
		write(this.users, "app-20260101-120000-same.db");
		EndpointApplication started = start();
		Response response = started.get("/app-20260101-120000-same.db");
		assertThat(response.status()).isEqualTo(409);
		assertThat(response.<String>json("$.error"))
			.isEqualTo("Several databases have a snapshot called app-20260101-120000-same.db: tasks, users.");
		assertThat(response.<String>json("$.action"))
			.isEqualTo("Add the database that is meant, as in ?database=tasks.");
		assertThat(started.get("/app-20260101-120000-same.db?database=users").<String>json("$.database"))
			.isEqualTo("users");
	}

	@Test
	void directoryForAllKeepsThemApart() {
		create();
		Path shared = this.directory.resolve("shared");
		EndpointApplication started = start("quartermaster.backup.dir=" + shared);
		assertThat(started.backup("both").status()).isEqualTo(201);
		assertThat(BackupDirectory.files(shared)).containsExactly(shared.resolve("tasks"), shared.resolve("users"));
		String name = started.post("{\"reason\":\"one\",\"database\":\"tasks\"}").json("$.name");
		assertThat(TestDatabase.items(shared.resolve("tasks").resolve(name))).hasSize(1);
		assertThat(started.get("").<List<String>>json("$.snapshots[*].database")).containsExactlyInAnyOrder("tasks",
				"tasks", "users");
		assertThat(started.get("?database=users").<List<String>>json("$.snapshots[*].reason")).containsExactly("both");
	}

	private void assertUnknown(Response response) {
		assertThat(response.status()).isEqualTo(400);
		assertThat(response.<String>json("$.error"))
			.isEqualTo("The application has no SQLite database of that name; it has: tasks, users.");
		assertThat(response.<String>json("$.action"))
			.isEqualTo("Use one of these names, or leave out the name for all databases.");
	}

	private void create() {
		TestDatabase.create(this.tasks, 1);
		TestDatabase.create(this.users, 2);
	}

	private static void write(Path database, String... snapshots) throws IOException {
		Path backups = Files.createDirectory(database.resolveSibling("backups"));
		for (String snapshot : snapshots) {
			TestDatabase.create(backups.resolve(snapshot), 1);
		}
	}

	private static Path snapshot(Path database, String name) {
		return database.resolveSibling("backups").resolve(name);
	}

	private EndpointApplication start(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add(EndpointApplication.EXPOSED);
		all.add("test.directory=" + this.directory);
		EndpointApplication started = EndpointApplication.start(TwoDatabasesConfiguration.class, "unused",
				all.toArray(String[]::new));
		this.application = started;
		return started;
	}

}
