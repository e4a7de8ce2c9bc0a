/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * The way from a connection, a data source or a URL to the file of a database. Wherever
 * it can be, SQLite itself is asked.
 *
 * @see <a href=
 * "https://www.sqlite.org/pragma.html#pragma_database_list">database_list</a>
 */
final class DatabaseLocator {

	private DatabaseLocator() {
	}

	/**
	 * Return what a connection of a data source has open.
	 * @throws UnsupportedDatabaseException if it is another database than SQLite, or one
	 * without a file
	 * @throws BackupException if the data source gives no connection to ask with
	 */
	static Located locate(DataSource source) {
		try (Connection connection = connect(source)) {
			return located(connection, PoolSettings.access(source));
		}
		catch (SQLException ex) {
			throw failure(ex);
		}
	}

	/**
	 * Return what a connection has open, and ask for nothing but that.
	 * @param connection the connection, which stays open
	 * @throws UnsupportedDatabaseException if it is another database than SQLite, or one
	 * without a file
	 * @throws BackupException if the connection gives no answer
	 */
	static Located locate(Connection connection) {
		try {
			return located(connection, FileAccess.STANDARD);
		}
		catch (SQLException ex) {
			throw failure(ex);
		}
	}

	/**
	 * Return the database that a URL means. A file that does not exist is not made, and
	 * how one is kept that does is not changed.
	 * @throws UnsupportedDatabaseException if it is another database than SQLite, or one
	 * without a file
	 */
	static LiveDatabase locate(String url) {
		return new LiveDatabase(file(SqliteUrl.name(url)), FileAccess.ofUrl(url));
	}

	/**
	 * Return the database that the URL of a data source means like
	 * {@link #locate(String)}.
	 * @return the database, or {@code null} if the data source shows no URL that tells
	 */
	static @Nullable LiveDatabase locateByUrl(DataSource source) {
		String url = DataSourceUrl.of(source);
		return (url != null && SqliteUrl.isPlain(url)) ? with(locate(url), PoolSettings.access(source)) : null;
	}

	private static Located located(Connection connection, FileAccess access) throws SQLException {
		String product = connection.getMetaData().getDatabaseProductName();
		if (!"SQLite".equals(product)) {
			throw new UnsupportedDatabaseException("The database is " + product + ", not SQLite",
					"Back it up with the tools of " + product + ".", null);
		}
		LiveDatabase main = with(new LiveDatabase(file(connection), access(connection)), access);
		return new Located(main, AttachedDatabases.of(connection, main));
	}

	/**
	 * Return the database as somebody knows it who knows its data source as well.
	 */
	private static LiveDatabase with(LiveDatabase database, FileAccess access) {
		return new LiveDatabase(database.file(), database.access().and(access));
	}

	/**
	 * The URL of a connection is whole, whatever stands before the one who opened it. A
	 * mode can have been set in other ways as well.
	 */
	private static FileAccess access(Connection connection) throws SQLException {
		String url = connection.getMetaData().getURL();
		try (Statement statement = connection.createStatement();
				ResultSet mode = statement.executeQuery("PRAGMA locking_mode")) {
			return FileAccess.ofUrl((url != null) ? url : "")
				.and(mode.next() ? FileAccess.ofLockingMode(mode.getString(1)) : FileAccess.STANDARD);
		}
	}

	private static Path file(String name) {
		if (!SqliteLibrary.isLoaded()) {
			// Whoever opens it will say so. To list snapshots, nobody needs to.
			return SymbolicLinks.target(SqliteUrl.path(name));
		}
		try (Connection connection = SqliteConnections.openToLocate(name)) {
			return file(connection);
		}
		catch (SQLException ex) {
			// As for one that exists: its snapshots are where the link leads to.
			return SymbolicLinks.target(SqliteUrl.path(name));
		}
	}

	private static Path file(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet databases = statement.executeQuery("PRAGMA database_list")) {
			while (databases.next()) {
				String name = databases.getString("name");
				String file = databases.getString("file");
				if ("main".equals(name) && file != null && !file.isEmpty()) {
					return FileNames.path(file);
				}
			}
		}
		throw UnsupportedDatabaseException.inMemory();
	}

	/**
	 * Return a connection of a data source.
	 * @throws BackupException if it gives none
	 */
	static Connection connect(DataSource source) {
		try {
			return source.getConnection();
		}
		catch (SQLException ex) {
			throw failure(ex);
		}
		catch (RuntimeException | LinkageError ex) {
			// As a routing data source does that has nowhere to route to, and SQLite's
			// driver from the second time on that it cannot load SQLite.
			throw failure(new SQLException(ex.getMessage(), ex));
		}
	}

	private static BackupException failure(SQLException ex) {
		if (SqliteLibrary.isMissing(ex)) {
			return SqliteLibrary.notLoaded(ex);
		}
		String detail = SqliteFailures.describe(ex);
		Throwable cause = Secrets.mask(ex);
		if (SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_NOTADB)) {
			return new NotADatabaseException(
					"The file of the data source is not a SQLite database, or it is encrypted (" + detail + ")",
					"Check that the data source is configured with the right file.", cause);
		}
		if (SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_BUSY)) {
			return new DatabaseBusyException("The database of the data source is locked (" + detail + ")",
					"Try again when the long transaction or exclusive lock on it has ended.", cause);
		}
		return new BackupException(
				"The file of the data source could not be determined, because it provided no connection (" + detail
						+ ")",
				"Check its URL, and whether all connections of its pool are in use.", cause);
	}

	/**
	 * What a connection has open.
	 *
	 * @param main the database that it opened
	 * @param attached those that it attached, by the names of their schemas
	 */
	record Located(LiveDatabase main, Map<String, LiveDatabase> attached) {

	}

}
