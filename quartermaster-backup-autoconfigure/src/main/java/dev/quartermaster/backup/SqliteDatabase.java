/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;

import javax.sql.DataSource;

import dev.quartermaster.backup.DatabaseLocator.Located;
import org.jspecify.annotations.Nullable;

/**
 * A SQLite database: which file a {@link DataSource}, a connection or a URL means, or why
 * it means none.
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
		Located located = DatabaseLocator.locate(connection);
		SqliteDatabase database = of(located.main());
		database.attached = located.attached();
		return database;
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
			return of(DatabaseLocator.locate(url));
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
	public Path fileByUrl() {
		Path shown = fileWithoutConnection();
		return (shown != null) ? shown : file();
	}

	/**
	 * Return whether it is known without a connection that it is another database than
	 * SQLite, or one without a file.
	 */
	boolean isKnownToBeUnsupported() {
		try {
			fileWithoutConnection();
			return false;
		}
		catch (UnsupportedDatabaseException ex) {
			return true;
		}
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
		try {
			return DatabaseLocator.locateByUrl(source);
		}
		catch (InvalidPathException ex) {
			// Whether SQLite can make something of it is for a connection to tell.
			return null;
		}
	}

	private LiveDatabase locate() {
		DataSource source = this.dataSource;
		if (source == null) {
			throw new IllegalStateException("Neither file nor data source");
		}
		Located located = DatabaseLocator.locate(source);
		this.attached = located.attached();
		return located.main();
	}

	/**
	 * Open the database to be copied: with a connection of our own, so that the pool of
	 * the application need not have one to spare, or through the application's where that
	 * is the only one that does no harm or is let in.
	 * @param live the database, as far as it has been looked for
	 * @param busyTimeout how long to wait for a lock
	 * @return it, to be closed
	 * @throws BackupException if the database cannot be read, or not without harm
	 */
	CopySource open(LiveDatabase live, Duration busyTimeout) {
		DataSource source = this.dataSource;
		if (source == null || (live.access().locks() && !live.access().exclusive())) {
			return CopySource.open(live, busyTimeout);
		}
		if (!live.access().locks() && !PoolSettings.isOfOne(source)) {
			throw live.unlocked("Remove " + live.access().whyUnlocked()
					+ " from its URL, or limit its pool to one connection: snapshots are then taken through that.");
		}
		return CopySource.ofApplication(live, busyTimeout, DatabaseLocator.connect(source));
	}

}
