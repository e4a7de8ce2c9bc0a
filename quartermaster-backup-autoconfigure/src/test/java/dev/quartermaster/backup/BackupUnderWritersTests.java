/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a snapshot shows one point in time while another process commits as fast as
 * it can, and that the other process does not notice.
 */
class BackupUnderWritersTests {

	private static final int SNAPSHOTS = 20;

	@TempDir
	private Path temp;

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void showsOnePointInTime(String journalMode) throws Exception {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 20_000, "journal_mode = " + journalMode);
		TestDatabase.execute(database, "CREATE TABLE debit (amount INTEGER)", "CREATE TABLE credit (amount INTEGER)");
		Process writer = JavaProcess.start(TransferringWriter.class, database.toString());
		try {
			assertThat(writer.getInputStream().read()).isEqualTo('.');
			for (int i = 0; i < SNAPSHOTS; i++) {
				BackupResult.Created created = BackupServices.backup(BackupServices.service(database), "x");
				assertThat(created.verification()).isInstanceOf(Verification.Sound.class);
				assertThat(TestDatabase.query(created.snapshot().file(),
						"SELECT (SELECT count(*) FROM debit) = (SELECT count(*) FROM credit)"))
					.containsExactly("1");
			}
			assertThat(writer.isAlive()).as("no error of the writer").isTrue();
		}
		finally {
			writer.destroyForcibly().waitFor();
		}
	}

	/**
	 * Moves money until it is killed, or fails.
	 */
	static final class TransferringWriter {

		public static void main(String[] args) throws Exception {
			try (Connection connection = TestDatabase.open(Path.of(args[0]));
					Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				for (int i = 0;; i++) {
					statement.execute("INSERT INTO debit VALUES (" + i + ")");
					statement.execute("INSERT INTO credit VALUES (" + i + ")");
					connection.commit();
					if (i == 0) {
						System.out.print('.');
						System.out.flush();
					}
				}
			}
		}

	}

}
