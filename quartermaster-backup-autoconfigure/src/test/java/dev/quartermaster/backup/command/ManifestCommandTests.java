/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import dev.quartermaster.backup.ApplicationRelease;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.DocumentationPage;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the command makes of manifests.
 */
@ExtendWith(OutputCaptureExtension.class)
class ManifestCommandTests {

	@TempDir
	private Path temp;

	private Path database;

	private Snapshot atFirst;

	private Snapshot atSecond;

	@BeforeEach
	void migrate() {
		this.database = Migrations.atFirst(this.temp.resolve("app.db"));
		this.atFirst = backUp("At the first\nversion");
		Migrations.migrate(this.database, Migrations.FIRST_AND_SECOND);
		this.atSecond = backUp("At the second version");
	}

	private Snapshot backUp(String reason) {
		BackupSettings settings = BackupSettings.DEFAULTS.withApplication(new ApplicationRelease("shop", "2.3.0"));
		return BackupServices
			.backup(new SqliteBackupService(SqliteDatabase.of(this.database), settings, BackupListener.NONE), reason)
			.snapshot();
	}

	/**
	 * The JSON is a contract, which is in docs/snapshots.md.
	 */
	@Test
	@Tag("process")
	void listTellsReasonInFullAndWhetherThisReleaseFits() throws Exception {
		assertThat(printed(Migrations.FIRST_AND_SECOND, "list").lines()).satisfiesExactly(
				(line) -> assertThat(line).matches("NAME +TAKEN +SIZE +SCHEMA +REASON"),
				(line) -> assertThat(line).startsWith(this.atSecond.name().toString())
					.containsPattern(" [+-][0-9]{2}:[0-9]{2}  .*  2 \\(fits\\) +At the second version"),
				(line) -> assertThat(line).startsWith(this.atFirst.name().toString())
					.containsPattern("1 \\(older: 1 migration to apply\\) +At the first version"));
		String json = printed(Migrations.FIRST, "list", "--json");
		Map<String, Object> first = JsonPath.read(json, "$.snapshots[1]");
		assertThat(first.keySet()).isEqualTo(
				JsonPath.<Map<String, ?>>read(DocumentationPage.of("docs/snapshots.md").blocks("json").get(0), "$")
					.keySet());
		assertThat(first).containsOnlyKeys("name", "file", "reason", "takenAt", "size", "reasonInFull", "schemaVersion",
				"applicationVersion", "fit");
		assertThat(first).containsEntry("reason", "at-the-first-version")
			.containsEntry("reasonInFull", "At the first\nversion")
			.containsEntry("schemaVersion", "1")
			.containsEntry("applicationVersion", "2.3.0")
			.containsEntry("fit", "fits");
		assertThat(OffsetDateTime.parse(String.valueOf(first.get("takenAt"))))
			.isEqualTo(SnapshotManifests.find(this.atFirst).orElseThrow().takenAt());
		assertThat(JsonPath.<String>read(json, "$.snapshots[0].fit")).isEqualTo("newer: written by 2.3.0");
		Files.delete(manifest(this.atFirst));
		Files.writeString(manifest(this.atSecond), "{");
		assertThat(JsonPath.<Map<String, Object>>read(printed(Migrations.FIRST, "list", "--json"), "$.snapshots[0]"))
			.containsOnlyKeys("name", "file", "reason", "takenAt", "size");
	}

	@Test
	void newerSnapshotIsRestoredByForceOnly(CapturedOutput output) throws IOException {
		assertThat(run(Migrations.FIRST, "restore", this.atSecond.name().toString(), "--yes")).isEqualTo(1);
		assertThat(output.getErr()).contains("newer schema", "it was written by 2.3.0", "--force");
		Files.delete(manifest(this.atSecond));
		assertThat(run(Migrations.FIRST, "restore", this.atSecond.name().toString(), "--yes")).isEqualTo(1);
		assertThat(run(Migrations.FIRST, "restore", this.atSecond.name().toString(), "--yes", "--force")).isZero();
		assertThat(run(Migrations.FIRST_AND_SECOND, "restore", this.atSecond.name().toString(), "--yes")).isZero();
	}

	@Test
	void migrationInJavaThatThisReleaseHasDoesNotMakeSnapshotNewer(CapturedOutput output) {
		insertHistory("3", "db.unknown.V3__InJava", "JDBC");
		String unknown = backUp("With a class that is not there").name().toString();
		assertThat(run(Migrations.FIRST_AND_SECOND, "restore", unknown, "--yes")).isEqualTo(1);
		assertThat(output.getErr()).contains("newer schema");
		TestDatabase.execute(this.database,
				"UPDATE flyway_schema_history SET script = '" + getClass().getName() + "' WHERE version = '3'");
		String known = backUp("With one that is").name().toString();
		assertThat(run(Migrations.FIRST_AND_SECOND, "restore", known, "--yes")).isZero();
	}

	@Test
	void nothingIsKnownOfMigrationsWhereFlywayIsSwitchedOff() {
		String off = "--spring.flyway.enabled=false";
		assertThat(run(Migrations.FIRST, "restore", this.atSecond.name().toString(), "--yes", off)).isZero();
		TestDatabase.execute(this.database, "UPDATE flyway_schema_history SET checksum = 1 WHERE version = '2'");
		backUp("Edited");
		assertThat(run(Migrations.FIRST_AND_SECOND, "drill")).isEqualTo(1);
		assertThat(run(Migrations.FIRST_AND_SECOND, "drill", off)).isZero();
	}

	@Test
	void newestFromBeforeMigrationIsRestored(CapturedOutput output) throws IOException {
		assertThat(run(Migrations.FIRST_AND_SECOND, "restore", "--before-version", "1", "--yes")).isEqualTo(1);
		assertThat(output.getErr()).contains("There is no snapshot from before version 1");
		assertThat(run(Migrations.FIRST_AND_SECOND, "restore", "--before-version", "2", "--yes")).isZero();
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle");
		Files.delete(manifest(this.atSecond));
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('later')");
		assertThat(run(Migrations.FIRST_AND_SECOND, "restore", "--before-version", "2.0", "--yes")).isZero();
		assertThat(TestDatabase.items(this.database)).as("of the same, as its history tells").containsExactly("kettle");
		assertThat(run(Migrations.FIRST_AND_SECOND, "restore", "--before-version", "two", "--yes")).isEqualTo(2);
		assertThat(run(Migrations.FIRST_AND_SECOND, "restore", "latest", "--before-version", "2", "--yes"))
			.isEqualTo(2);
	}

	@Test
	void corruptSnapshotIsKnownToBeSoOnceItWasToldOf() {
		TestDatabase.overwrite(this.atFirst.file(), 100, new byte[] { -1, -1, -1, -1, -1, -1, -1, -1 });
		assertThat(SnapshotManifests.find(this.atFirst).orElseThrow().corruptSeenAt()).isNull();
		assertThat(run(Migrations.FIRST, "verify", "all")).isEqualTo(1);
		assertThat(SnapshotManifests.find(this.atFirst).orElseThrow().corruptSeenAt()).isNotNull();
		assertThat(SnapshotManifests.find(this.atSecond).orElseThrow().corruptSeenAt()).isNull();
	}

	@Test
	void snapshotThatDiffersFromItsManifestIsToldAndNotCorrupt() {
		TestDatabase.execute(this.atFirst.file(), "UPDATE item SET name = 'kettlX'");
		assertThat(run(Migrations.FIRST, "verify", "all")).isEqualTo(1);
		assertThat(SnapshotManifests.find(this.atFirst).orElseThrow().corruptSeenAt()).isNull();
	}

	@Test
	void drillFailsWithSnapshotThatFlywayWouldRefuse() {
		assertThat(run(Migrations.FIRST_AND_SECOND, "drill")).isZero();
		assertThat(run(Migrations.FIRST, "drill")).as("newer, which Flyway lets pass").isZero();
		insertHistory("1.5", "db.unknown.V1_5__InJava", "JDBC");
		backUp("With a migration that only a bean knows");
		assertThat(run(Migrations.FIRST_AND_SECOND, "drill")).isZero();
		TestDatabase.execute(this.database, "DELETE FROM flyway_schema_history WHERE type = 'JDBC'");
		insertHistory("1.6", "V1_6__gone.sql", "SQL");
		backUp("With a migration that is gone");
		assertThat(run(Migrations.FIRST_AND_SECOND, "drill")).isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource({ "false, 1", "off, 1", "true, 0", "on, 0" })
	void drillTakesMigrationsOutOfOrderWhereTheApplicationDoes(String outOfOrder, int exit) {
		assertThat(run(Migrations.FIRST_AND_SECOND + ",classpath:db/earlier", "drill",
				"--spring.flyway.out-of-order=" + outOfOrder))
			.isEqualTo(exit);
	}

	@Test
	@Tag("process")
	void drillTellsWhatLookedAtTheSnapshot() throws Exception {
		TestDatabase.execute(this.database, "UPDATE flyway_schema_history SET checksum = 1 WHERE version = '2'");
		String name = backUp("Edited").name().toString();
		Process process = JavaProcess.start(Command.class, arguments(Migrations.FIRST_AND_SECOND, "drill", "--json"));
		String json = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).isEqualTo(1);
		Map<String, Object> drill = JsonPath.read(json, "$");
		assertThat(drill).containsOnlyKeys("result", "database", "snapshot", "summary", "millis", "checks")
			.containsEntry("result", "failed")
			.containsEntry("checks", List.of("FlywaySnapshotCheck"));
		assertThat(String.valueOf(drill.get("summary"))).contains("FlywaySnapshotCheck: ", "checksum mismatch");
		assertThat(JsonPath.<String>read(json, "$.snapshot.name")).isEqualTo(name);
	}

	private void insertHistory(String version, String script, String type) {
		TestDatabase.execute(this.database,
				"INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum,"
						+ " installed_by, execution_time, success) VALUES (90, '" + version + "', 'x', '" + type
						+ "', '" + script + "', 1, '', 1, 1)");
	}

	private static Path manifest(Snapshot snapshot) {
		return snapshot.file().resolveSibling(snapshot.name() + ".json");
	}

	private int run(String locations, String... line) {
		return Command.run(arguments(locations, line));
	}

	private String printed(String locations, String... line) throws Exception {
		Process process = JavaProcess.start(Command.class, arguments(locations, line));
		String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(printed).isZero();
		return printed;
	}

	private String[] arguments(String locations, String... line) {
		List<String> words = new ArrayList<>(List.of(line));
		words.addAll(List.of("--url", TestDatabase.url(this.database), "--spring.flyway.locations=" + locations,
				"--spring.config.location=" + this.temp.toUri()));
		return words.toArray(String[]::new);
	}

	/**
	 * Runs a line of the command.
	 */
	static final class Command {

		public static void main(String[] arguments) {
			System.exit(run(arguments));
		}

		static int run(String[] arguments) {
			List<String> properties = Stream.of(arguments).filter((word) -> word.startsWith("--spring.")).toList();
			return CommandExecution.run(TypedLine.of(arguments), () -> ConfigurationFiles.read(properties));
		}

	}

}
