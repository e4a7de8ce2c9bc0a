/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a snapshot takes no heap that grows with the database.
 */
class BackupMemoryTests {

	private static final int HEAP_MEGABYTES = 32;

	@TempDir
	private Path temp;

	@Test
	@Tag("process")
	void databaseOfThreeTimesTheHeapIsBackedUp() throws Exception {
		Path database = this.temp.resolve("app.db");
		TestDatabase.execute(database, "CREATE TABLE big (content BLOB)",
				"INSERT INTO big VALUES (zeroblob(" + 3 * HEAP_MEGABYTES + " * 1024 * 1024))");
		Process process = JavaProcess.start(List.of("-Xmx" + HEAP_MEGABYTES + "m"), Backups.class, database.toString());
		assertThat(process.waitFor()).isZero();
		assertThat(BackupDirectory.published(this.temp.resolve("backups"))).hasSize(2)
			.allSatisfy((snapshot) -> assertThat(snapshot).hasSize(Files.size(database)));
	}

	/**
	 * Takes a snapshot, and another that is compared with it.
	 */
	static final class Backups {

		public static void main(String[] args) {
			SqliteBackupService service = BackupServices.service(Path.of(args[0]));
			service.backup("first");
			service.backup("second");
		}

	}

}
