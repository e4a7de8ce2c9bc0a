/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.sqlite.SQLiteErrorCode;

/**
 * The answer whether anybody else has a database open.
 */
public enum OpenState {

	/**
	 * Nobody has.
	 */
	NOT_OPEN,

	/**
	 * Another connection has, in this process or another.
	 */
	OPEN,

	/**
	 * It cannot be determined: with a rollback journal, a connection leaves no trace
	 * between its transactions.
	 */
	UNKNOWN;

	/**
	 * Find out. In WAL mode every connection keeps a lock for as long as it is open, so
	 * that exclusive use can be had only when there is no other.
	 * @see <a href="https://www.sqlite.org/pragma.html#pragma_locking_mode">Exclusive
	 * locking mode</a>
	 */
	static OpenState of(LiveDatabase database) {
		if (!database.allowsSecondConnection() || FileState.ofDatabase(database.file()).isEmpty()
				|| !DatabaseProbe.mayBeOpened(database.file())) {
			return UNKNOWN;
		}
		try (Connection connection = SqliteConnections.openLive(database, Duration.ZERO);
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA locking_mode = EXCLUSIVE");
			statement.executeQuery("PRAGMA schema_version").close();
			try (ResultSet result = statement.executeQuery("PRAGMA journal_mode")) {
				return (result.next() && "wal".equalsIgnoreCase(result.getString(1))) ? NOT_OPEN : UNKNOWN;
			}
		}
		catch (SQLException ex) {
			return SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_BUSY) ? OPEN : UNKNOWN;
		}
	}

}
