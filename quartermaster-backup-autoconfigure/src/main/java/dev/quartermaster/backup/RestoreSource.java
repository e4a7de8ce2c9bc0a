/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;

import org.sqlite.SQLiteConnection;

/**
 * The source of a restore into a database that others have open: a copy of the snapshot
 * beside the database, which can stop the restore between two steps. SQLite makes no step
 * while the source is being written to, so a transaction is begun there, in which nothing
 * is written.
 *
 * @see <a href="https://www.sqlite.org/c3ref/backup_finish.html">sqlite3_backup_step</a>
 */
final class RestoreSource implements AutoCloseable {

	private final SQLiteConnection connection;

	private final Statement statement;

	/**
	 * Open a copy of a snapshot.
	 * @param copy the file, of which nobody else knows
	 */
	RestoreSource(Path copy) throws SQLException {
		this.connection = SqliteConnections.openPrivate(copy);
		this.statement = SqliteConnections.statementOf(this.connection);
	}

	SQLiteConnection connection() {
		return this.connection;
	}

	DatabaseMode mode() throws SQLException {
		return DatabaseMode.of(this.statement);
	}

	/**
	 * Stop and go on once, before it matters. In exclusive mode it does not even have to
	 * be read for that, so what works now works then.
	 */
	void tryToStop() throws SQLException {
		this.statement.execute("PRAGMA locking_mode = EXCLUSIVE");
		stop();
		goOn();
	}

	/**
	 * Let no step be made until {@link #goOn}.
	 */
	void stop() throws SQLException {
		this.statement.execute("BEGIN IMMEDIATE");
	}

	void goOn() throws SQLException {
		this.statement.execute("ROLLBACK");
	}

	@Override
	public void close() throws SQLException {
		try (this.connection) {
			this.statement.close();
		}
	}

}
