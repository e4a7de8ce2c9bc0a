/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.core.DB.ProgressObserver;

/**
 * One copy of a live database at one point in time, on a connection of its own unless the
 * application or a restore lends it theirs. The only place, but for
 * {@link OnlineRestore}, that calls SQLite's backup API.
 * <p>
 * SQLite begins the copy again whenever another connection commits, unless a read
 * transaction is held, so that under steady writing it never ends. In WAL mode nobody
 * notices such a transaction, and it is held from {@link #open} to {@link #release}. With
 * a rollback journal it keeps writers from committing, so it is put off: the copy goes
 * step by step, letting writers in between, until it is begun again for the first time.
 * Only then is the transaction held. A database that is written to so often is mostly in
 * the caches, and the copy is short: writers waited for 0.2 s with 110 MB, and for 0.35 s
 * when it was not. One that nobody writes to is held for a step at a time.
 * <p>
 * The database is not mapped into memory, though that saves a call for each page: what
 * would be an error of a broken disk or of a file cut short then is a signal that ends
 * the process. It took 0.89 to 0.94 of the time. Nor is the copy written without a
 * journal, for which it would have to be opened here and restored into: that took as long
 * (1,071 ms at best against 1,072 ms, 980 MB in WAL mode, in single pages).
 *
 * @see <a href="https://www.sqlite.org/backup.html">Using the SQLite online backup
 * API</a>
 * @see <a href="https://www.sqlite.org/mmap.html">Memory-mapped I/O: disadvantages</a>
 */
final class OnlineCopy implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(OnlineCopy.class);

	/**
	 * How much is copied between two looks at writers and progress: some milliseconds'
	 * worth. Steps of 400 KB took 0.95 of the time, of 64 MB 0.94 and 1.06.
	 */
	private static final int STEP_BYTES = 8 * 1024 * 1024;

	/**
	 * How long writers wait for a lock unless told otherwise: the default of sqlite-jdbc.
	 */
	private static final Duration PATIENCE_OF_WRITERS = Duration.ofSeconds(3);

	/**
	 * Busy means here that the busy timeout has passed, or that somebody has opened the
	 * copy, of which nobody knows: an accident (a virus scanner, say) that passes.
	 */
	private static final int BUSY_RETRIES = 1;

	private static final int BUSY_SLEEP_MILLIS = 100;

	private static final int ALL_PAGES = -1;

	private final LiveDatabase database;

	private final Path source;

	private final Duration busyTimeout;

	private final Connection connection;

	private final Owner owner;

	private final @Nullable String damage;

	private final @Nullable String missingEnd;

	private final boolean writeAheadLog;

	private final int pageSize;

	private final int pagesOfStep;

	private final long size;

	private final boolean blank;

	private final int schemaVersion;

	private @Nullable Steps steps;

	private OnlineCopy(LiveDatabase database, Duration busyTimeout, Connection connection, Owner owner,
			@Nullable String damage) throws SQLException {
		this.database = database;
		this.source = database.file();
		this.busyTimeout = busyTimeout;
		this.connection = connection;
		this.damage = damage;
		this.owner = owner;
		try (Statement statement = connection.createStatement()) {
			if (damage != null) {
				// SQLite then reads as much of a truncated file, or one with a malformed
				// schema, as there is. Nothing is ever written with this connection.
				statement.execute("PRAGMA writable_schema = ON");
			}
			if (owner != Owner.APPLICATION) {
				connection.setAutoCommit(false);
			}
			this.schemaVersion = Pragmas.schemaVersion(statement);
			this.pageSize = Pragmas.pageSize(statement);
			this.pagesOfStep = pagesOfStep(this.pageSize);
			if (damage != null) {
				// The rest cannot be asked for without a schema that can be read. Held
				// like a WAL, since writers to such a database fail anyway.
				this.size = FileState.ofDatabase(source).size();
				this.writeAheadLog = true;
				this.blank = false;
				this.missingEnd = missingEnd((this.size + this.pageSize - 1) / this.pageSize * this.pageSize);
				return;
			}
			this.size = Pragmas.pageCount(statement) * this.pageSize;
			this.writeAheadLog = Pragmas.isWriteAheadLog(statement);
			this.blank = this.schemaVersion == 0 && isWithoutSchema(statement);
			this.missingEnd = missingEnd(this.size);
		}
		if (!this.writeAheadLog && owner == Owner.COPY) {
			connection.setAutoCommit(true);
		}
	}

	private static boolean isWithoutSchema(Statement statement) throws SQLException {
		try (ResultSet result = statement.executeQuery("SELECT count(*) = 0 FROM sqlite_schema")) {
			return result.next() && result.getBoolean(1);
		}
	}

	/**
	 * Return what is wrong with the size of the file, if anything is. SQLite rounds up to
	 * whole pages and reads zeros where the last one was cut off, of which no check
	 * knows.
	 */
	private @Nullable String missingEnd(long expected) {
		// Nobody writes to the file at the moment, but pages may be in the WAL alone.
		Path file = SymbolicLinks.target(this.source);
		Path wal = file.resolveSibling(file.getFileName() + "-wal");
		long actual = FileState.ofDatabase(this.source).size();
		boolean shorter = actual < expected && !(this.writeAheadLog && !FileState.ofDatabase(wal).isEmpty());
		return shorter ? "it has " + actual + " bytes where " + expected + " were expected" : null;
	}

	/**
	 * Open a database to be copied.
	 * @param source the database
	 * @param busyTimeout how long to wait for a lock
	 * @return the copy, to be closed
	 * @throws BackupException if the database cannot be read
	 */
	static OnlineCopy open(LiveDatabase source, Duration busyTimeout) {
		return open(source, busyTimeout, (damage) -> open(source, busyTimeout,
				SqliteConnections.openLive(source, busyTimeout), Owner.COPY, damage));
	}

	/**
	 * Open a database to be copied that a connection keeps others from writing to.
	 * @param source the database
	 * @param busyTimeout how long to wait for a lock
	 * @param connection the connection, which is in no transaction; left open, and in
	 * none again in the end
	 * @return the copy, to be closed
	 * @throws BackupException if the database cannot be read
	 */
	static OnlineCopy locked(LiveDatabase source, Duration busyTimeout, SQLiteConnection connection) {
		return open(source, busyTimeout, (damage) -> {
			try {
				return new OnlineCopy(source, busyTimeout, connection, Owner.RESTORE, damage);
			}
			catch (Throwable ex) {
				connection.setAutoCommit(true);
				throw ex;
			}
		});
	}

	private static OnlineCopy open(LiveDatabase source, Duration busyTimeout, Opening opening) {
		try {
			try {
				return opening.open(null);
			}
			catch (SQLException ex) {
				if (SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_IOERR) || isDamage(ex)) {
					return openAgain(opening);
				}
				throw ex;
			}
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, source, busyTimeout);
		}
	}

	/**
	 * Open a database to be copied through a connection of the application's own. While
	 * that is in use here, nobody else has it, or the lock that it keeps.
	 * @param source the database
	 * @param connection the connection, in no transaction, which goes back to where it
	 * came from when the copy is closed
	 * @param busyTimeout how long others wait for a lock, for the message only
	 * @return the copy, to be closed
	 * @throws BackupException if the database cannot be read
	 */
	static OnlineCopy open(LiveDatabase source, Connection connection, Duration busyTimeout) {
		try {
			return open(source, busyTimeout, connection, Owner.APPLICATION, null);
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, source, busyTimeout);
		}
	}

	/**
	 * A disk that fails once says nothing about the database, and SQLite takes a page
	 * that it could not read for one that makes no sense.
	 */
	private static OnlineCopy openAgain(Opening opening) throws SQLException {
		try {
			return opening.open(null);
		}
		catch (SQLException ex) {
			if (isDamage(ex)) {
				return opening.open(SqliteFailures.describe(ex));
			}
			throw ex;
		}
	}

	private static boolean isDamage(SQLException ex) {
		return SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_CORRUPT)
				|| SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_ERROR);
	}

	private static OnlineCopy open(LiveDatabase source, Duration busyTimeout, Connection connection, Owner owner,
			@Nullable String damage) throws SQLException {
		try {
			return new OnlineCopy(source, busyTimeout, connection, owner, damage);
		}
		catch (Throwable ex) {
			try {
				connection.close();
			}
			catch (SQLException closeFailure) {
				ex.addSuppressed(closeFailure);
			}
			throw ex;
		}
	}

	/**
	 * Return how many pages are copied between two looks at writers and progress.
	 */
	static int pagesOfStep(int pageSize) {
		return STEP_BYTES / pageSize;
	}

	/**
	 * Return whether no table was ever made in the database: a file that a connection
	 * pool created by opening it.
	 */
	boolean isBlank() {
		return this.blank;
	}

	/**
	 * Return the version of the schema when it was opened.
	 */
	int schemaVersion() {
		return this.schemaVersion;
	}

	/**
	 * Return the tables of the database, or none if they cannot be told.
	 */
	List<String> tables() {
		try (Statement statement = this.connection.createStatement()) {
			return TableNames.of(statement);
		}
		catch (SQLException ex) {
			// It is damaged, which is found out and said by the copy.
			return List.of();
		}
	}

	/**
	 * Return the size of the database in bytes when it was opened, including what is only
	 * in its WAL unless it is damaged.
	 */
	long size() {
		return this.size;
	}

	/**
	 * Return whether the database is in WAL mode.
	 */
	boolean isWriteAheadLog() {
		return this.writeAheadLog;
	}

	/**
	 * Return the verdict on the copy. It is that of its check, but for what no check of
	 * the copy can know.
	 * @param verification what the check of the copy found
	 */
	Verification verdict(Verification verification) {
		if (verification instanceof Verification.Corrupt) {
			return verification;
		}
		if (this.missingEnd != null) {
			return new Verification.Corrupt(List.of(this.missingEnd));
		}
		// A copy that is sound shows that the database was only read badly.
		return (this.damage == null || verification instanceof Verification.Sound) ? verification
				: new Verification.Corrupt(List.of(this.damage));
	}

	/**
	 * Copy the database.
	 * @param destination an empty file
	 * @param progress is told after each step
	 * @throws BackupException if the copy is not complete
	 */
	void to(Path destination, Progress progress) {
		begin(destination);
		EarlyFlush flush = new EarlyFlush(destination, this.size);
		Steps steps = new Steps(progress, flush);
		this.steps = steps;
		try {
			steps.waitForLock();
			int resultCode = this.connection.unwrap(SQLiteConnection.class)
				.getDatabase()
				.backup("main", SqliteConnections.unsharedUri(destination), steps, BUSY_SLEEP_MILLIS, BUSY_RETRIES,
						(this.owner == Owner.APPLICATION) ? ALL_PAGES : this.pagesOfStep);
			if (resultCode != SQLiteErrorCode.SQLITE_OK.code) {
				throw failure(resultCode, SQLiteErrorCode.getErrorCode(resultCode).toString(), destination, null);
			}
		}
		catch (SQLException ex) {
			throw failure(ex.getErrorCode(), SqliteFailures.describe(ex), destination, ex);
		}
		finally {
			flush.stop();
		}
		// What follows can take long, and writers may be waiting.
		release();
		steps.warnIfLong();
		try {
			if (steps.pages == 0 && this.size > 0) {
				throw cutToNothing(null);
			}
			long expected = steps.pages * DatabaseHeader.settle(destination);
			long copied = FileState.of(destination).size();
			if (copied == 0 || copied != expected) {
				// SQLite has been seen to give up and leave what the file began with,
				// which is an empty database and passes every check.
				throw incomplete("has " + copied + " bytes where " + expected + " were expected", null);
			}
		}
		catch (IOException ex) {
			throw incomplete("could not be finished (" + FileFailures.describe(ex) + ")", ex);
		}
	}

	private void begin(Path destination) {
		try {
			DatabaseHeader.writeInPieces(destination, this.pageSize);
		}
		catch (IOException ex) {
			SQLiteErrorCode asSqliteSaysIt = FileFailures.isNoRoom(ex) ? SQLiteErrorCode.SQLITE_FULL
					: SQLiteErrorCode.SQLITE_CANTOPEN;
			throw failure(asSqliteSaysIt.code, FileFailures.describe(ex), destination, ex);
		}
	}

	/**
	 * SQLite does not say which of the two files it means. The source is open by then, so
	 * what cannot be opened or written is the copy.
	 */
	private BackupException failure(int resultCode, String detail, Path destination, @Nullable Exception cause) {
		if (this.size > 0 && FileState.ofDatabase(this.source).isEmpty()) {
			return cutToNothing(cause);
		}
		try {
			if (FileState.of(destination).isMissing()) {
				return incomplete("disappeared while it was being written (" + detail + ")",
						"Find out what removes files in the backup directory", cause);
			}
		}
		catch (IOException ex) {
			return incomplete("could not be looked at any more (" + FileFailures.describe(ex) + ", " + detail + ")",
					cause);
		}
		return switch (SqliteFailures.primary(resultCode)) {
			case SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_READONLY -> incomplete("could not be written (" + detail + ")",
					"See that this process may write to the backup directory", cause);
			default -> SqliteFailures.translate(resultCode, detail, this.database, this.busyTimeout, cause);
		};
	}

	private BackupException cutToNothing(@Nullable Exception cause) {
		return new BackupException(
				"The database " + this.source + " had " + this.size
						+ " bytes when its copy was begun, and none when that ended",
				"Nothing was kept of it. Find out what emptied the file, and restore the newest snapshot if that was"
						+ " not meant.",
				cause);
	}

	private BackupException incomplete(String what, @Nullable Throwable cause) {
		return incomplete(what, "Check the disk of the backup directory", cause);
	}

	private BackupException incomplete(String what, String action, @Nullable Throwable cause) {
		if (cause instanceof ClosedByInterruptException interruption) {
			return FileFailures.interrupted("The database " + this.source + " was not copied", interruption);
		}
		return new BackupException("The copy of the database " + this.source + " " + what,
				"Nothing was kept of it. " + action + ", then try again.", cause);
	}

	private void release() {
		try {
			if (this.owner == Owner.RESTORE) {
				this.connection.setAutoCommit(true);
			}
			else {
				this.connection.close();
			}
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, this.database, this.busyTimeout);
		}
		finally {
			if (this.steps != null) {
				this.steps.released();
			}
		}
	}

	/**
	 * Return for how long nobody else could commit, at the most, until it was complete or
	 * closed.
	 */
	Duration longestLock() {
		return (this.steps != null) ? Duration.ofNanos(this.steps.longestLock) : Duration.ZERO;
	}

	/**
	 * Let go of the database. A finished copy has done that already.
	 */
	@Override
	public void close() {
		release();
	}

	/**
	 * Watches the steps of a copy. Called between them from native code, which an
	 * exception must not reach, on the thread and the connection that make the copy.
	 */
	private final class Steps implements ProgressObserver {

		private final Progress progress;

		private final EarlyFlush flush;

		private final long start = System.nanoTime();

		private long bytes;

		private long pages;

		private int previouslyRemaining = Integer.MAX_VALUE;

		/**
		 * With a connection of the application's all is copied in one step, so that no
		 * transaction is needed for it to be from one point in time.
		 */
		private boolean held = OnlineCopy.this.writeAheadLog || OnlineCopy.this.owner != Owner.COPY;

		/**
		 * Tells since when nobody else can commit: each step keeps them from it by
		 * itself.
		 */
		private LongSupplier lockedSince = System::nanoTime;

		private long longestLock;

		private boolean released;

		private boolean warned;

		Steps(Progress progress, EarlyFlush flush) {
			this.progress = progress;
			this.flush = flush;
		}

		void waitForLock() throws SQLException {
			if (OnlineCopy.this.owner != Owner.APPLICATION) {
				this.lockedSince = LockWait.begin(OnlineCopy.this.connection.unwrap(SQLiteConnection.class),
						OnlineCopy.this.busyTimeout, System::nanoTime)::end;
			}
		}

		@Override
		public void progress(int remaining, int pageCount) {
			this.bytes += STEP_BYTES;
			this.pages = pageCount;
			boolean begunAgain = remaining >= this.previouslyRemaining;
			this.previouslyRemaining = remaining;
			try {
				if (!this.held) {
					unlocked();
					if (begunAgain) {
						waitForLock();
						hold((long) pageCount * OnlineCopy.this.pageSize);
					}
					else if (remaining > 0 && remaining <= OnlineCopy.this.pagesOfStep) {
						// The last step flushes what is left, and lasts as long.
						this.flush.now();
					}
				}
				tell(remaining, pageCount);
				if (!this.held) {
					waitForLock();
				}
			}
			catch (SQLException | RuntimeException | LinkageError ex) {
				// Not held then, but the next time that the copy is begun again.
				logger.debug("Ignored while copying {}", OnlineCopy.this.source, ex);
			}
		}

		private void tell(int remaining, int pageCount) {
			try {
				this.progress.at((long) (pageCount - remaining) * OnlineCopy.this.pageSize,
						(long) pageCount * OnlineCopy.this.pageSize);
			}
			catch (RuntimeException | LinkageError ex) {
				logger.debug("Ignored while copying {}", OnlineCopy.this.source, ex);
			}
		}

		private void unlocked() {
			this.longestLock = Math.max(this.longestLock, System.nanoTime() - this.lockedSince.getAsLong());
		}

		private void hold(long size) throws SQLException {
			Duration estimate = Duration
				.ofNanos((long) ((System.nanoTime() - this.start) * ((double) size / this.bytes)));
			warnIfLong(estimate, "are kept waiting while it is backed up, for about");
			OnlineCopy.this.connection.setAutoCommit(false);
			try (Statement statement = OnlineCopy.this.connection.createStatement()) {
				Pragmas.schemaVersion(statement);
				this.held = true;
				long now = System.nanoTime();
				this.lockedSince = () -> now;
			}
			finally {
				if (!this.held) {
					OnlineCopy.this.connection.setAutoCommit(true);
				}
			}
		}

		void released() {
			if (!this.released && this.held && !OnlineCopy.this.writeAheadLog) {
				unlocked();
			}
			this.released = true;
		}

		/**
		 * The copy is complete and flushed. How long the latter takes on this disk nobody
		 * knew before.
		 */
		void warnIfLong() {
			if (!OnlineCopy.this.writeAheadLog && OnlineCopy.this.owner != Owner.RESTORE) {
				warnIfLong(Duration.ofNanos(this.longestLock),
						"may have been kept waiting while it was backed up, for");
			}
		}

		private void warnIfLong(Duration locked, String what) {
			if (this.warned || locked.compareTo(PATIENCE_OF_WRITERS) <= 0) {
				return;
			}
			this.warned = true;
			logger.warn(
					"Writers to {} " + what + " {} s. By default they give up after {} s, with SQLITE_BUSY."
							+ " Turn on WAL mode (?journal_mode=WAL in the URL), and nobody waits.",
					OnlineCopy.this.source, locked.toSeconds(), PATIENCE_OF_WRITERS.toSeconds());
		}

	}

	/**
	 * Whose the connection is.
	 */
	private enum Owner {

		/**
		 * It is of our own, and closed in the end.
		 */
		COPY,

		/**
		 * It is one of the application's, which must be left as it was.
		 */
		APPLICATION,

		/**
		 * It keeps others from writing before and after, for a restore, which closes it.
		 */
		RESTORE

	}

	/**
	 * Opens a database, whole or as what is left of a damaged one.
	 */
	@FunctionalInterface
	private interface Opening {

		OnlineCopy open(@Nullable String damage) throws SQLException;

	}

}
