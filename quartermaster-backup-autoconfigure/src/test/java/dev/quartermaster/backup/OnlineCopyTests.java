/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

import dev.quartermaster.backup.support.Ledger;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests for {@link OnlineCopy}.
 */
class OnlineCopyTests {

	private static final int MEGABYTES = 17;

	/**
	 * Less than both locks together, and far more than each.
	 */
	private static final Duration BUSY_TIMEOUT = Duration.ofMillis(1900);

	private static final Duration LOCKED = Duration.ofMillis(1000);

	@TempDir
	private Path temp;

	@Test
	void waitsForEachLockAnew() throws Exception {
		Path database = Ledger.create(this.temp.resolve("app.db"), MEGABYTES, "DELETE");
		Path destination = Files.createFile(this.temp.resolve("copy.db"));
		try (CopySource source = CopySource.open(LiveDatabase.of(database), BUSY_TIMEOUT)) {
			new OnlineCopy(source).to(destination, (bytes, total) -> {
				if (bytes < total) {
					lockForAWhile(database);
				}
			});
		}
		Ledger.assertWhole(destination, MEGABYTES);
	}

	/**
	 * Return with the database locked, but without anything changed that would begin the
	 * copy again.
	 */
	private static void lockForAWhile(Path database) {
		try {
			Connection connection = TestDatabase.open(database);
			Statement statement = connection.createStatement();
			statement.execute("BEGIN EXCLUSIVE");
			CompletableFuture.runAsync(() -> {
				LockSupport.parkNanos(LOCKED.toNanos());
				try (connection; statement) {
					statement.execute("ROLLBACK");
				}
				catch (SQLException ex) {
					throw new IllegalStateException(ex);
				}
			});
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
