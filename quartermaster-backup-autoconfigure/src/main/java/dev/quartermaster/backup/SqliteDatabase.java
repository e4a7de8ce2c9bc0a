/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteErrorCode;

/**
 * Which file a {@link DataSource} means, or why it means none.
 * <p>
 * SQLite itself is asked, because a URL does not tell: it may be relative, wrapped by a
 * pool, full of parameters, or lead through links. It is asked once, with a connection
 * that is given back at once; the answer is kept, so that later backups do not depend on
 * the pool having a connection to spare.
 *
 * @see <a href=
 * "https://www.sqlite.org/pragma.html#pragma_database_list">database_list</a>
 */
public final class SqliteDatabase {

	private final @Nullable DataSource dataSource;

	private volatile @Nullable LiveDatabase live;

	private volatile @Nullable Map<String, LiveDatabase> attached;

	private SqliteDatabase(@Nullable DataSource dataSource, @Nullable LiveDatabase live) {
		this.dataSource = dataSource;
		this.live = live;
	}

	/**
	 * Return the database behind a data source. Nothing is opened yet.
	 * @param dataSource the data source, of any kind
	 * @return the database
	 */
	public static SqliteDatabase of(DataSource dataSource) {
		return new SqliteDatabase(dataSource, null);
	}

	/**
	 * Return the database that a connection has open, and ask for nothing but that.
	 * @param connection the connection, which stays open
	 * @return the database
	 * @throws UnsupportedDatabaseException if it is another database than SQLite, or one
	 * without a file
	 * @throws BackupException if the connection gives no answer
	 */
	public static SqliteDatabase of(Connection connection) {
		try {
			SqliteDatabase database = of(locateIfSqlite(connection));
			database.attached = AttachedDatabases.of(connection, database.live());
			return database;
		}
		catch (SQLException ex) {
			throw failure(ex);
		}
	}

	/**
	 * Return the database in a file.
	 * @param file the file, which need not exist
	 * @return the database
	 */
	public static SqliteDatabase of(Path file) {
		return of(LiveDatabase.of(file.toAbsolutePath().normalize()));
	}

	static SqliteDatabase of(LiveDatabase live) {
		return new SqliteDatabase(null, live);
	}

	/**
	 * Return the database that a URL means. A file that does not exist is not made.
	 * @param url a JDBC URL ({@code jdbc:sqlite:app.db}), or one as SQLAlchemy writes it
	 * ({@code sqlite:///relative.db}, {@code sqlite:////absolute.db})
	 * @return the database
	 * @throws UnsupportedDatabaseException if it is another database than SQLite, or one
	 * without a file
	 */
	public static SqliteDatabase of(String url) {
		FileNames.requireWhole(url);
		try {
			return of(SqliteUrl.toDatabase(url));
		}
		catch (InvalidPathException ex) {
			throw FileNames.inexpressible(ex.getInput(), ex);
		}
	}

	/**
	 * Begin to load SQLite, which is native code to be unpacked first, on a thread of its
	 * own. For whoever needs it soon and has something else to do until then.
	 */
	public static void loadDriverInBackground() {
		Thread thread = new Thread(SqliteConnections::loadDriver, "SQLite");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Check that SQLite can be used at all. For whoever would fail for each of many
	 * files.
	 * @throws BackupException if it cannot be loaded
	 */
	public static void requireDriver() {
		SqliteLibrary.require();
	}

	/**
	 * Return this database as somebody sees it who says that nobody uses it now. With a
	 * data source of its application at hand that cannot be known.
	 */
	SqliteDatabase whenUnused() {
		return (this.dataSource == null) ? of(live().whenUnused()) : this;
	}

	boolean isOf(DataSource dataSource) {
		return this.dataSource == dataSource;
	}

	/**
	 * Return the file of the database, which may not exist yet or be empty.
	 * @return the absolute path
	 * @throws UnsupportedDatabaseException if it is another database than SQLite, or one
	 * without a file
	 * @throws BackupException if the data source gives no connection to ask with
	 */
	public Path file() {
		return live().file();
	}

	/**
	 * Return the file of the database like {@link #file()}, and how it is to be opened.
	 */
	LiveDatabase live() {
		LiveDatabase known = this.live;
		if (known == null) {
			known = locate();
			this.live = known;
		}
		return known;
	}

	/**
	 * Return the databases that its connections attach, by the names of their schemas. A
	 * connection is asked for if the data source shows that they attach something.
	 * @throws BackupException if the data source gives no connection to ask with
	 */
	Map<String, LiveDatabase> attached() {
		DataSource source = this.dataSource;
		if (this.attached == null && source != null && AttachedDatabases.mayBeIn(source)) {
			locate();
		}
		return attachedAsFarAsKnown();
	}

	/**
	 * Return the databases that its connections attach like {@link #attached()}, if a
	 * connection has been asked already.
	 */
	Map<String, LiveDatabase> attachedAsFarAsKnown() {
		Map<String, LiveDatabase> known = this.attached;
		return (known != null) ? known : Map.of();
	}

	/**
	 * Return the file of the database like {@link #file()}, but from the URL of the data
	 * source if it shows one. For whoever has no business with this database: that starts
	 * no pool, waits for no server and makes no file.
	 * @return the absolute path
	 * @throws UnsupportedDatabaseException if it is another database than SQLite, or one
	 * without a file
	 * @throws BackupException if only a connection can tell, and there is none
	 */
	Path fileByUrl() {
		Path shown = fileWithoutConnection();
		return (shown != null) ? shown : file();
	}

	/**
	 * Return the file of the database like {@link #fileByUrl()}, but never ask for a
	 * connection. For whoever may be using the last one of the pool, or must not wait.
	 * @return the absolute path, or {@code null} if only a connection can tell
	 * @throws UnsupportedDatabaseException if it is another database than SQLite, or one
	 * without a file
	 */
	@Nullable Path fileWithoutConnection() {
		LiveDatabase shown = liveWithoutConnection();
		return (shown != null) ? shown.file() : null;
	}

	/**
	 * Return the file of the database like {@link #fileWithoutConnection()}, and how it
	 * is to be opened.
	 */
	@Nullable LiveDatabase liveWithoutConnection() {
		LiveDatabase known = this.live;
		DataSource source = this.dataSource;
		if (known != null || source == null) {
			return known;
		}
		String url = DataSourceUrl.of(source);
		if (url != null && isPlain(url)) {
			try {
				return with(source, SqliteUrl.toDatabase(url));
			}
			catch (InvalidPathException ex) {
				// Whether SQLite can make something of it is for a connection to tell.
			}
		}
		return null;
	}

	/**
	 * Return whether a URL is of SQLite's own driver or has nothing to do with SQLite.
	 * Drivers that wrap another one write it into their URLs.
	 */
	private static boolean isPlain(String url) {
		return url.startsWith(JDBC.PREFIX) || (url.startsWith("jdbc:") && !url.contains(":sqlite:"));
	}

	private LiveDatabase locate() {
		DataSource source = this.dataSource;
		if (source == null) {
			throw new IllegalStateException("Neither file nor data source");
		}
		try (Connection connection = connect(source)) {
			LiveDatabase located = with(source, locateIfSqlite(connection));
			this.attached = AttachedDatabases.of(connection, located);
			return located;
		}
		catch (SQLException ex) {
			throw failure(ex);
		}
	}

	private static LiveDatabase locateIfSqlite(Connection connection) throws SQLException {
		String product = connection.getMetaData().getDatabaseProductName();
		if (!"SQLite".equals(product)) {
			throw new UnsupportedDatabaseException("The database is " + product + ", not SQLite",
					"Back it up with the tools of " + product + ".", null);
		}
		return new LiveDatabase(locate(connection), access(connection));
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

	/**
	 * Return the database as somebody knows it who knows its data source as well.
	 */
	private static LiveDatabase with(DataSource source, LiveDatabase live) {
		return new LiveDatabase(live.file(), live.access().and(PoolSettings.access(source)));
	}

	/**
	 * Open the database to be copied: with a connection of our own, so that the pool of
	 * the application need not have one to spare, or through the application's where that
	 * is the only one that does no harm or is let in.
	 * @param live the database, as far as it has been looked for
	 * @param busyTimeout how long to wait for a lock
	 * @return the copy, to be closed
	 * @throws BackupException if the database cannot be read, or not without harm
	 */
	OnlineCopy open(LiveDatabase live, Duration busyTimeout) {
		DataSource source = this.dataSource;
		if (source == null || (live.access().locks() && !live.access().exclusive())) {
			return OnlineCopy.open(live, busyTimeout);
		}
		if (!live.access().locks() && !PoolSettings.isOfOne(source)) {
			throw live.unlocked("Let the application lock it, by a URL without " + live.access().whyUnlocked()
					+ ", or let its pool have one connection only: snapshots are then taken through that.");
		}
		try {
			return OnlineCopy.open(live, connect(source), busyTimeout);
		}
		catch (SQLException ex) {
			throw failure(ex);
		}
	}

	private static Connection connect(DataSource source) throws SQLException {
		try {
			return source.getConnection();
		}
		catch (RuntimeException | LinkageError ex) {
			// As a routing data source does that has nowhere to route to, and SQLite's
			// driver from the second time on that it cannot load SQLite.
			throw new SQLException(ex.getMessage(), ex);
		}
	}

	static Path locate(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet databases = statement.executeQuery("PRAGMA database_list")) {
			while (databases.next()) {
				String name = databases.getString("name");
				String file = databases.getString("file");
				if ("main".equals(name) && file != null && !file.isEmpty()) {
					return path(file);
				}
			}
		}
		throw inMemory();
	}

	static UnsupportedDatabaseException inMemory() {
		return new UnsupportedDatabaseException("The SQLite database lives in memory, not in a file",
				"Configure a file, as in jdbc:sqlite:app.db, if its data is to be kept.", null);
	}

	static Path path(String file) {
		try {
			return Path.of(file);
		}
		catch (InvalidPathException ex) {
			throw FileNames.inexpressible(file, ex);
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
		return new BackupException("The data source gave no connection to find its file with (" + detail + ")",
				"Check its URL, and whether all connections of its pool are taken.", cause);
	}

}
