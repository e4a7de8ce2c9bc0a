/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the command does not put a snapshot of another database in place of one.
 */
@Tag("process")
class RestoreOfAnotherDatabaseTests {

	@TempDir
	private Path temp;

	@Test
	void latestOfTwoDatabasesWithOneNameIsItsOwn() throws Exception {
		Path directory = this.temp.toRealPath();
		Path first = TestDatabase.create(directory.resolve("app.db"), 1);
		Path second = TestDatabase.create(directory.resolve("app.sqlite"), 2);
		BackupServices.backup(BackupServices.service(first), "x");
		BackupServices.backup(BackupServices.service(second), "x");
		TestDatabase.execute(first, "DELETE FROM item");
		assertThat(restore(first, "latest")).isZero();
		assertThat(TestDatabase.items(first)).hasSize(1);
		assertThat(TestDatabase.items(second)).hasSize(2);
	}

	@Test
	void fileThatIsPlainlyOfAnotherDatabaseNeedsForce() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("qa.db"), 1);
		Path other = TestDatabase.create(this.temp.resolve("prod-20260417-115719-x.db"), 3);
		assertThat(restore(database, other.toString())).isEqualTo(1);
		assertThat(TestDatabase.items(database)).hasSize(1);
		assertThat(this.temp.resolve("backups")).doesNotExist();
		assertThat(restore(database, other.toString(), "--force")).isZero();
		assertThat(TestDatabase.items(database)).hasSize(3);
	}

	private int restore(Path database, String which, String... options) throws Exception {
		List<String> arguments = new ArrayList<>(
				List.of("restore", which, "--yes", "--url", "jdbc:sqlite:" + database));
		arguments.addAll(List.of(options));
		Process process = JavaProcess.start(Map.of("QUARTERMASTER_BACKUP_DIR", ""), List.of(), BackupCommand.class,
				arguments.toArray(String[]::new));
		process.getInputStream().readAllBytes();
		return process.waitFor();
	}

}
