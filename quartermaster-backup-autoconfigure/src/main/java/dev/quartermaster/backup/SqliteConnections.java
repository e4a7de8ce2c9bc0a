/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.LongSupplier;

import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.LockingMode;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteOpenMode;

/**
 * The connections of our own: never one of the application's pool, which may have no
 * second one to give.
 */
final class SqliteConnections {

	private static final String LIVE = "mode=rw";

	private static final String IMMUTABLE = "mode=ro&immutable=1";

	private static final String PRIVATE = "mode=rw&nolock=1";

	private SqliteConnections() {
	}

	/**
	 * Open a live database that exists, in the way of its application. Not read-only,
	 * because only a connection that may write can roll back the hot journal of a writer
	 * that was killed. Not creating, since opening a missing file would leave an empty
	 * one.
	 * @see <a href="https://www.sqlite.org/uri.html">URI file names: mode</a>
	 */
	static SQLiteConnection openLive(LiveDatabase database, Duration busyTimeout) throws SQLException {
		return openLive(database, busyTimeout, System::nanoTime);
	}

	/**
	 * Open a live database that exists, in the way of its application.
	 * @param nanoTime the clock by which it waits, like {@link System#nanoTime}
	 */
	static SQLiteConnection openLive(LiveDatabase database, Duration busyTimeout, LongSupplier nanoTime)
			throws SQLException {
		SQLiteConfig config = new SQLiteConfig();
		if (database.access().exclusive()) {
			// Where there is no shared memory, a WAL can be read in this mode alone.
			config.setLockingMode(LockingMode.EXCLUSIVE);
		}
		SQLiteConnection connection = open(liveUri(database), config);
		LockWait.begin(connection, busyTimeout, nanoTime);
		return connection;
	}

	/**
	 * Open a file that nobody writes, without locks and without leaving a {@code -wal} or
	 * {@code -shm} beside it.
	 * @see <a href="https://www.sqlite.org/uri.html">URI file names: immutable</a>
	 */
	static SQLiteConnection openImmutable(Path file) throws SQLException {
		return open(immutableUri(file), new SQLiteConfig());
	}

	/**
	 * Open a file of which nobody else knows, without locks.
	 * @see <a href="https://www.sqlite.org/uri.html">URI file names: nolock</a>
	 */
	static SQLiteConnection openPrivate(Path file) throws SQLException {
		return open(unsharedUri(file), new SQLiteConfig());
	}

	/**
	 * Open a database to ask for its file alone, which is not made and not looked into.
	 * Parameters such as {@code journal_mode} are the application's to apply.
	 * @param name the name under which SQLite opens it, without parameters
	 */
	static SQLiteConnection openToLocate(String name) throws SQLException {
		SQLiteConfig config = new SQLiteConfig();
		config.resetOpenMode(SQLiteOpenMode.CREATE);
		return open(name, config);
	}

	/**
	 * Open a database in memory of which nobody else knows.
	 */
	static SQLiteConnection openInMemory() throws SQLException {
		return open(":memory:", new SQLiteConfig());
	}

	/**
	 * Return the name under which SQLite opens a file that nobody writes.
	 */
	static String immutableUri(Path file) {
		return SqliteUrl.uri(file, IMMUTABLE);
	}

	/**
	 * Return the name under which SQLite opens a live database that exists.
	 * @throws BackupException if a connection of our own may harm it
	 */
	static String liveUri(LiveDatabase database) {
		database.requireSecondConnection();
		String parameters = database.access().parameters();
		return SqliteUrl.uri(database.file(), parameters.isEmpty() ? LIVE : LIVE + "&" + parameters);
	}

	/**
	 * Return the name under which SQLite writes a file that nobody else knows, without
	 * locks, which not every file system has.
	 */
	static String unsharedUri(Path file) {
		return SqliteUrl.uri(file, PRIVATE);
	}

	/**
	 * Load all that a connection needs.
	 */
	static void loadDriver() {
		try {
			openInMemory().close();
		}
		catch (SQLException | RuntimeException | Error ex) {
			// Whoever opens a database finds that out, and says what to do.
		}
	}

	/**
	 * Return a statement of a connection, which is closed if it gives none.
	 */
	static Statement statementOf(SQLiteConnection connection) throws SQLException {
		try {
			return connection.createStatement();
		}
		catch (SQLException ex) {
			try (connection) {
				throw ex;
			}
		}
	}

	private static SQLiteConnection open(String name, SQLiteConfig config) throws SQLException {
		SqliteLibrary.require();
		return JDBC.createConnection(SqliteUrl.of(name), config.toProperties());
	}

}
