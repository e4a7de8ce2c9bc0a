/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The command that rehearses the demo's start, on databases of an earlier version of it.
 */
@Execution(ExecutionMode.CONCURRENT)
class RehearseCommandIT {

	private static final long PATIENCE_SECONDS = 60;

	private static final String NEVER_ENDING = "CREATE TABLE x AS WITH RECURSIVE n (i) AS"
			+ " (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n;";

	@TempDir
	private Path temp;

	private Path home;

	private Path database;

	private Path migrations;

	private Path programs;

	@BeforeEach
	void copyDatabase() throws IOException {
		this.home = Files.createDirectory(this.temp.toRealPath().resolve("home of it"));
		this.database = Files.copy(ExtractedDemo.earlierDatabase(), this.home.resolve("quartermaster.db"));
		this.migrations = Files.createDirectory(this.home.resolve("migrations"));
		this.programs = Files.createDirectory(this.home.resolve("tmp"));
	}

	@Test
	void saysSoAsJsonForSnapshotTooInTheExecutableJar() throws Exception {
		Path snapshot = Files.copy(this.database,
				Files.createDirectory(this.home.resolve("backups")).resolve("quartermaster-20260101-000000-before.db"));
		SqliteShell.query(this.database, "DELETE FROM item");
		migration("V5__empty.sql", "DELETE FROM item;");
		Before before = Before.of(snapshot);
		byte[] content = Files.readAllBytes(this.database);
		List<String> command = DemoJar.java("-Djarmode=dbbackup", "-Djava.io.tmpdir=" + this.programs, "-jar",
				DemoJar.path().toString(), "rehearse", "latest", "--json", locations(),
				"--quartermaster.backup.migration.expected-loss=item");
		String json = CommandRun.of(this.home, Map.of(), "", command).done().out();
		assertThat(JsonPath.<String>read(json, "$.result")).isEqualTo("takes-over");
		assertThat(JsonPath.<String>read(json, "$.databases[0].snapshot")).isEqualTo(snapshot.toString());
		assertThat(JsonPath.<String>read(json, "$.databases[0].versionAfter")).isEqualTo("5");
		assertThat(JsonPath.<List<String>>read(json, "$.databases[0].migrations[*].version")).containsExactly("3", "4",
				"5");
		assertThat(JsonPath.<List<String>>read(json, "$.databases[0].expectedLosses[*].name")).containsExactly("item");
		assertThat(JsonPath.<List<Integer>>read(json, "$.databases[0].tables[?(@.table == 'item')].rowsBefore"))
			.containsExactly(2);
		before.assertUnchanged();
		assertThat(this.database).hasBinaryContent(content);
		assertNothingIsLeft();
	}

	@Test
	void tellsWhatEachMigrationDoesAndFailsWhenDataWouldBeLost() throws Exception {
		migration("V5__empty.sql", "DELETE FROM item;");
		Before before = Before.of(this.database);
		CommandRun run = run("rehearse", locations());
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.out()).startsWith("Rehearsed on a copy of " + this.database)
			.containsPattern("Flyway 3 every item is somewhere +\\d+ ms")
			.containsPattern("item +2 +0\\R")
			.containsPattern("Schema version +2 +5\\R")
			.containsPattern("Lost:\\R    item: ")
			.contains("This version loses data", "quartermaster.backup.migration.expected-loss=item");
		before.assertUnchanged();
		assertNothingIsLeft();
	}

	@Test
	void failsWithTheApplicationsOwnFailure() throws Exception {
		migration("V5__broken.sql", "DROP TABLE item; CREATE TABLE location (id INTEGER);");
		Before before = Before.of(this.database);
		CommandRun run = run("rehearse", locations(), "--json");
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).contains("V5__broken.sql", "table location already exists", "Caused by:");
		assertThat(run.err().lines().reduce((line, next) -> next).orElseThrow())
			.startsWith("This version of the application cannot take over the data of " + this.database)
			.endsWith("The database was not touched.");
		assertThat(JsonPath.<String>read(run.out(), "$.result")).isEqualTo("failed");
		before.assertUnchanged();
		assertNothingIsLeft();
	}

	@Test
	void endsAnApplicationThatTakesTooLong() throws Exception {
		migration("V3_1__long.sql", NEVER_ENDING);
		CommandRun run = run("rehearse", "--timeout", "1s", locations());
		assertThat(run.exit()).as(run.all()).isOne();
		assertThat(run.err()).contains("It is unknown whether", "was not ready after 1 s and was ended");
		assertNothingIsLeft();
	}

	@Test
	void rehearsesWhileTheOldVersionWrites() throws Exception {
		migration("V5__suppliers.sql", "CREATE TABLE supplier (id INTEGER PRIMARY KEY);");
		try (DemoProcess demo = DemoProcess.start(ExtractedDemo.java(), this.home, this.database,
				this.home.resolve("backups"))) {
			AtomicBoolean done = new AtomicBoolean();
			List<Integer> answers = new ArrayList<>();
			Thread writer = new Thread(() -> {
				try {
					while (!done.get()) {
						answers
							.add(demo.post("/items", "{\"name\": \"nail\", \"quantity\": 1, \"location\": \"smithy\"}")
								.statusCode());
						Thread.sleep(20);
					}
				}
				catch (Exception ex) {
					answers.add(0);
				}
			});
			writer.start();
			CommandRun run;
			try {
				run = run("rehearse", locations()).done();
			}
			finally {
				done.set(true);
				writer.join();
			}
			assertThat(run.out()).containsPattern("Schema version +4 +5\\R")
				.contains("This version can take over the data, and loses none of it");
			assertThat(answers).isNotEmpty().allMatch((status) -> status / 100 == 2);
			assertThat(SqliteShell.query(this.database, "SELECT max(version) FROM flyway_schema_history"))
				.containsExactly("4");
			assertThat(SqliteShell.query(this.database, "SELECT count(*) FROM item WHERE name = 'nail'"))
				.containsExactly(String.valueOf(answers.size()));
		}
	}

	@Test
	void leavesNothingWhenInterrupted() throws Exception {
		Process command = startForEver();
		command.destroy();
		assertThat(command.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
		assertNothingIsLeft();
	}

	@Test
	void applicationEndsAndNextRunCleansUpWhenKilled() throws Exception {
		Process command = startForEver();
		List<ProcessHandle> application = command.descendants().toList();
		assertThat(application).isNotEmpty();
		command.destroyForcibly().waitFor();
		await(() -> application.stream().noneMatch(ProcessHandle::isAlive));
		assertNothingElseIsLeft();
		assertThat(hidden()).isNotEmpty();
		run("create", "next").done();
		assertNothingIsLeft();
	}

	/**
	 * Start a rehearsal of a migration that never ends, and wait for that to begin.
	 */
	private Process startForEver() throws Exception {
		migration("V3_1__long.sql", NEVER_ENDING);
		Process command = DemoJar.process(this.home, command("rehearse", locations()))
			.redirectOutput(this.temp.resolve("out").toFile())
			.redirectError(this.temp.resolve("err").toFile())
			.start();
		try {
			// With its journal the copy is being migrated, by another process than this.
			await(() -> command.descendants().findAny().isPresent()
					&& hidden().stream().anyMatch((file) -> file.toString().endsWith(".partial-journal")));
			return command;
		}
		catch (Throwable ex) {
			command.destroyForcibly();
			throw ex;
		}
	}

	private static void await(BooleanSupplier condition) throws InterruptedException {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime() - end).as("time is up").isNegative();
			Thread.sleep(50);
		}
	}

	private void migration(String name, String sql) throws IOException {
		Files.writeString(this.migrations.resolve(name), sql);
	}

	private String locations() {
		return "--spring.flyway.locations=classpath:db/migration,filesystem:" + this.migrations;
	}

	private List<Path> hidden() {
		return BackupDirectory.files(this.home.resolve("backups"))
			.stream()
			.filter((file) -> file.getFileName().toString().startsWith("."))
			.toList();
	}

	private void assertNothingIsLeft() throws IOException {
		assertThat(hidden()).isEmpty();
		assertNothingElseIsLeft();
	}

	private void assertNothingElseIsLeft() throws IOException {
		try (Stream<Path> left = Files.list(this.programs)) {
			assertThat(left.filter((path) -> path.getFileName().toString().contains("rehearsal"))).isEmpty();
		}
	}

	private CommandRun run(String... words) throws Exception {
		return CommandRun.of(this.home, new HashMap<>(), "", command(words));
	}

	private List<String> command(String... words) {
		List<String> command = ExtractedDemo.java("-Djarmode=dbbackup", "-Djava.io.tmpdir=" + this.programs);
		command.addAll(List.of(words));
		return command;
	}

	/**
	 * What a file was before.
	 */
	record Before(Path file, byte[] content, FileTime changed) {

		static Before of(Path file) throws IOException {
			return new Before(file, Files.readAllBytes(file), Files.getLastModifiedTime(file));
		}

		void assertUnchanged() throws IOException {
			assertThat(this.file).hasBinaryContent(this.content);
			assertThat(Files.getLastModifiedTime(this.file)).isEqualTo(this.changed);
		}

	}

}
