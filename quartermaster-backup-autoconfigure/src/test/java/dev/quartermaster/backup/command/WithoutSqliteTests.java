/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.MigrationSettings.When;
import dev.quartermaster.backup.migration.OnBackupFailure;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.TestDatabase;
import dev.quartermaster.backup.support.MigrationGuards;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of a process in which SQLite cannot be loaded, because there is nowhere to unpack
 * it: of the command, and of what an application says.
 */
class WithoutSqliteTests {

	@TempDir
	private Path directory;

	@Test
	void oneSentenceSaysWhyAndWhatToDo() throws Exception {
		Path home = this.directory.toRealPath();
		TestDatabase.create(home.resolve("app.db"), 3);
		Path backups = Files.createDirectory(home.resolve("backups"));
		for (String name : List.of("app-20260417-115719-one.db", "app-20260417-115720-two.db")) {
			TestDatabase.create(backups.resolve(name), 3);
		}
		Path missing = home.resolve("missing");
		String sentence = "SQLite cannot be used: its native library cannot be unpacked into " + missing
				+ " (it does not exist or has disappeared). Specify a directory where files can be written and executed"
				+ " with -Dorg.sqlite.tmpdir=DIRECTORY, after java or in JAVA_TOOL_OPTIONS, and start again.";
		Path err = home.resolve("err");
		Process process = JavaProcess.startIn(home, err, Map.of(),
				List.of("-Dorg.sqlite.lib.path=" + missing, "-Dorg.sqlite.tmpdir=" + missing), Main.class);
		String out = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as(out).isZero();
		assertThat(err).isEmptyFile();
		assertThat(out.lines()).satisfiesExactly((line) -> assertThat(line).matches("NAME +TAKEN +SIZE +REASON"),
				(line) -> assertThat(line).startsWith("app-20260417-115720-two.db  2026-04-17 11:57:20  "),
				(line) -> assertThat(line).startsWith("app-20260417-115719-one.db  2026-04-17 11:57:19  "),
				(line) -> assertThat(line).isEqualTo("list: 0"), (line) -> assertThat(line).isEqualTo(sentence),
				(line) -> assertThat(line).isEqualTo("create: 1"), (line) -> assertThat(line).isEqualTo(sentence),
				(line) -> assertThat(line).isEqualTo("verify all: 1"), (line) -> assertThat(line).isEqualTo(sentence),
				(line) -> assertThat(line).isEqualTo("restore latest --yes: 1"),
				(line) -> assertThat(line).isEqualTo("The pool: " + sentence),
				(line) -> assertThat(line).isEqualTo("The pool: " + sentence), (line) -> assertThat(line)
					.isEqualTo("NO SNAPSHOT was taken before the migration, which continues without one. " + sentence));
		assertThat(TestDatabase.items(home.resolve("app.db"))).hasSize(3);
		assertThat(backups.toFile().list()).filteredOn((name) -> name.endsWith(".db") && !name.startsWith("."))
			.hasSize(2);
	}

	static final class Main {

		private static final Object[] NO_PROPERTIES = new ApplicationProperties(Map.of(), Map.of(), Map.of(), null,
				null)
			.toArray();

		public static void main(String[] args) {
			System.setErr(System.out);
			for (String command : List.of("list", "create", "verify all", "restore latest --yes")) {
				String[] words = Stream
					.concat(Stream.of(command.split(" ")), Stream.of("--url", "jdbc:sqlite:app.db", "--no-color"))
					.toArray(String[]::new);
				System.out.println(command + ": " + CommandExecution.run(words, NO_PROPERTIES));
			}
			try (HikariDataSource pool = new HikariDataSource()) {
				pool.setJdbcUrl("jdbc:sqlite:app.db");
				// What the driver says the first time it says no second time.
				for (int i = 0; i < 2; i++) {
					try {
						SqliteDatabase.of(pool).file();
					}
					catch (BackupException ex) {
						System.out.println("The pool: " + ex.getMessage());
					}
				}
				new MigrationGuard(MigrationGuards.settings(When.ALWAYS, OnBackupFailure.CONTINUE, false)).beforeChange(
						BackupServices.service(SqliteDatabase.of(pool), BackupServices.settings()),
						SnapshotReason.of("x"), () -> true);
			}
		}

	}

}
