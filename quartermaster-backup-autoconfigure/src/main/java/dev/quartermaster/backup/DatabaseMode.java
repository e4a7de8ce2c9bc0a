/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/**
 * The mode of a database: what decides in which way another can be copied into it.
 *
 * @param writeAheadLog whether it is in WAL mode
 * @param pageSize the size of its pages in bytes
 * @param pages how many there are
 */
record DatabaseMode(boolean writeAheadLog, int pageSize, int pages) {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseMode.class);

	static DatabaseMode of(Statement statement) throws SQLException {
		return new DatabaseMode(Pragmas.isWriteAheadLog(statement), Pragmas.pageSize(statement),
				(int) Pragmas.pageCount(statement));
	}

	static DatabaseMode ofSnapshot(Path snapshot) throws SQLException {
		try (SQLiteConnection connection = SqliteConnections.openImmutable(snapshot);
				Statement statement = connection.createStatement()) {
			return of(statement);
		}
	}

	/**
	 * Return the mode of a live database, or {@code null} if it is so damaged that SQLite
	 * cannot begin anything with it.
	 */
	static @Nullable DatabaseMode ofLive(LiveDatabase database, Duration busyTimeout) throws SQLException {
		try (SQLiteConnection connection = SqliteConnections.openLive(database, busyTimeout);
				Statement statement = connection.createStatement()) {
			statement.executeQuery("SELECT count(*) FROM sqlite_schema").close();
			return of(statement);
		}
		catch (SQLException ex) {
			if (isDamage(ex)) {
				return null;
			}
			throw ex;
		}
	}

	private static boolean isDamage(SQLException ex) {
		return SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_CORRUPT)
				|| SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_NOTADB)
				|| SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_ERROR);
	}

	/**
	 * Turn WAL mode on or off again: it was left, or came along with the first page of a
	 * copy that somebody made by other means. The data is where it should be by now, so
	 * that it cannot be done is no failure.
	 */
	void setJournalModeAgain(LiveDatabase database, Duration busyTimeout) {
		setJournalMode(database, this.writeAheadLog, busyTimeout);
	}

	/**
	 * Turn WAL mode on, as it was before the database was lost. That it cannot be done is
	 * no failure.
	 */
	static void setWriteAheadLog(LiveDatabase database, Duration busyTimeout) {
		setJournalMode(database, true, busyTimeout);
	}

	private static void setJournalMode(LiveDatabase database, boolean writeAheadLog, Duration busyTimeout) {
		String mode = writeAheadLog ? "WAL" : "DELETE";
		try (SQLiteConnection connection = SqliteConnections.openLive(database, busyTimeout);
				Statement statement = connection.createStatement()) {
			if (Pragmas.isWriteAheadLog(statement) != writeAheadLog) {
				statement.execute("PRAGMA journal_mode = " + mode);
			}
		}
		catch (SQLException ex) {
			Warnings.warn(logger,
					"The journal mode of {} could not be set back to {} ({})."
							+ " Set it with PRAGMA journal_mode = {} when nobody else has the database open.",
					database.file(), mode, SqliteFailures.describe(ex), mode);
		}
	}

}
