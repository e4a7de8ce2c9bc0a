/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * A connection in exclusive locking mode, which does not let go of its lock when a
 * transaction ends.
 *
 * @see <a href="https://www.sqlite.org/pragma.html#pragma_locking_mode">Exclusive locking
 * mode</a>
 */
final class ExclusiveConnection implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ExclusiveConnection.class);

	private static final String EXCLUSIVE = "PRAGMA locking_mode = EXCLUSIVE";

	/**
	 * Takes the lock to write, without writing anything.
	 */
	private static final String BEGIN = "BEGIN IMMEDIATE";

	private static final String ROLLBACK = "ROLLBACK";

	private final LiveDatabase database;

	private final SQLiteConnection connection;

	private final Statement statement;

	private ExclusiveConnection(LiveDatabase database, SQLiteConnection connection) throws SQLException {
		this.database = database;
		this.connection = connection;
		this.statement = SqliteConnections.statementOf(connection);
	}

	/**
	 * Open a database. It is not locked yet.
	 * @param database the database
	 * @param patience how long to wait for a lock
	 */
	static ExclusiveConnection open(LiveDatabase database, Duration patience) throws SQLException {
		return new ExclusiveConnection(database, SqliteConnections.openLive(database, patience));
	}

	SQLiteConnection connection() {
		return this.connection;
	}

	/**
	 * Lock the database against writers until the connection is closed. Nothing is
	 * written.
	 * @param writeAheadLog whether the database is in WAL mode
	 */
	void lock(boolean writeAheadLog) throws SQLException {
		if (writeAheadLog) {
			this.statement.execute(EXCLUSIVE);
			this.statement.execute(BEGIN);
		}
		else {
			// In exclusive mode already it would keep its read lock while it waits,
			// and the writer that it waits for would wait for it.
			this.statement.execute(BEGIN);
			this.statement.execute(EXCLUSIVE);
		}
		this.statement.execute(ROLLBACK);
	}

	void leaveWriteAheadLog() throws SQLException {
		this.statement.executeQuery("PRAGMA journal_mode = DELETE").close();
	}

	/**
	 * Remove the journal, which this mode leaves when a transaction ends. It must be
	 * known that the last one has ended well.
	 */
	void removeJournal() {
		try {
			this.statement.execute("PRAGMA locking_mode = NORMAL");
			if (!Pragmas.isWriteAheadLog(this.statement)) {
				// Removed when the mode changes, and not when it stays.
				this.statement.execute("PRAGMA journal_mode = PERSIST");
				this.statement.execute("PRAGMA journal_mode = DELETE");
			}
		}
		catch (SQLException ex) {
			// It is marked as ended, and in nobody's way.
			logger.debug("The journal of {} could not be removed", this.database.file(), ex);
		}
	}

	@Override
	public void close() throws SQLException {
		try (this.connection) {
			this.statement.close();
		}
	}

}
