/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

/**
 * Opens the connections of our own: never one of the application's pool, which may have
 * no second one to give.
 */
final class SqliteConnections {

	private SqliteConnections() {
	}

	/**
	 * Open a live database that exists. Not read-only, because only a connection that may
	 * write can roll back the hot journal of a writer that was killed. Not creating,
	 * since opening a missing file would leave an empty one.
	 * @see <a href="https://www.sqlite.org/uri.html">URI file names: mode</a>
	 */
	static SQLiteConnection openLive(Path file, Duration busyTimeout) throws SQLException {
		SQLiteConfig config = new SQLiteConfig();
		config.setBusyTimeout((int) Math.min(busyTimeout.toMillis(), Integer.MAX_VALUE));
		return open(file, "mode=rw", config);
	}

	/**
	 * Open a file that nobody writes, without locks and without leaving a {@code -wal} or
	 * {@code -shm} beside it.
	 * @see <a href="https://www.sqlite.org/uri.html">URI file names: immutable</a>
	 */
	static SQLiteConnection openImmutable(Path file) throws SQLException {
		return open(file, "mode=ro&immutable=1", new SQLiteConfig());
	}

	private static SQLiteConnection open(Path file, String parameters, SQLiteConfig config) throws SQLException {
		String url = JDBC.PREFIX + "file:" + file.toUri().getRawPath() + "?" + parameters;
		return JDBC.createConnection(url, config.toProperties());
	}

}
