/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A database that another connection keeps locked, so that nobody else can read it.
 */
public final class LockedDatabase {

	private LockedDatabase() {
	}

	/**
	 * Lock a database until somebody has waited for it for some time, and is waiting
	 * still.
	 * @return is complete when the lock is gone
	 */
	public static CompletableFuture<Void> until(Path database, ManualClock clock, Duration time) {
		try {
			Connection connection = TestDatabase.open(database);
			Statement statement = connection.createStatement();
			statement.execute("BEGIN EXCLUSIVE");
			return CompletableFuture.runAsync(() -> {
				try (connection; statement) {
					clock.awaitWaiting();
					clock.advance(time);
					clock.awaitWaiting();
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
