/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with a database whose last writer was killed in the middle of writing.
 */
class KilledWriterTests {

	private static final int ROWS = 1000;

	@TempDir
	private Path temp;

	@Test
	void rollsBackHotJournalBeforeCopying() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), ROWS);
		byte[] before = Files.readAllBytes(database);
		runWriter(HalfDoneWriter.class, database);
		assertThat(this.temp.resolve("app.db-journal")).isNotEmptyFile();
		assertThat(Files.readAllBytes(database)).isNotEqualTo(before);

		BackupResult.Created created = BackupServices.backup(BackupServices.service(database), "x");

		assertThat(created.verification()).isInstanceOf(Verification.Sound.class);
		assertThat(TestDatabase.items(created.snapshot().file())).hasSize(ROWS).doesNotContain("half done");
		assertThat(TestDatabase.items(database)).hasSize(ROWS).doesNotContain("half done");
	}

	@Test
	void copiesWhatWasCommittedOnlyToWriteAheadLog() throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), ROWS, "journal_mode = WAL");
		runWriter(CommittedWriter.class, database);
		assertThat(this.temp.resolve("app.db-wal")).isNotEmptyFile();

		BackupResult.Created created = BackupServices.backup(BackupServices.service(database), "x");

		assertThat(created.verification()).isInstanceOf(Verification.Sound.class);
		assertThat(TestDatabase.items(created.snapshot().file())).hasSize(ROWS + 1).contains("committed");
		assertThat(TestDatabase.items(database)).contains("committed");
	}

	private static void runWriter(Class<?> writer, Path database) throws Exception {
		assertThat(JavaProcess.start(writer, database.toString()).waitFor()).isEqualTo(1);
	}

	/**
	 * Dies with changed pages in the database file, which its journal can undo.
	 */
	static final class HalfDoneWriter {

		public static void main(String[] args) throws Exception {
			Connection connection = TestDatabase.open(Path.of(args[0]));
			Statement statement = connection.createStatement();
			statement.execute("PRAGMA cache_size = 1");
			statement.execute("BEGIN");
			statement.execute("UPDATE item SET name = 'half done'");
			Runtime.getRuntime().halt(1);
		}

	}

	/**
	 * Dies after a commit that is in the write-ahead log and not yet in the database.
	 */
	static final class CommittedWriter {

		public static void main(String[] args) throws Exception {
			Connection connection = TestDatabase.open(Path.of(args[0]));
			Statement statement = connection.createStatement();
			statement.execute("INSERT INTO item (name) VALUES ('committed')");
			Runtime.getRuntime().halt(1);
		}

	}

}
