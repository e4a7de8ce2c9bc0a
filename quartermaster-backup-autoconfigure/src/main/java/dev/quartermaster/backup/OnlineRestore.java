/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.core.DB.ProgressObserver;

/**
 * One restore of a live database, in a single transaction of that database: by its locks,
 * so that others wait, and by its journal, so that it is what it was if the process is
 * killed. Its journal mode stays. The only place, but for {@link OnlineCopy}, that calls
 * SQLite's backup API.
 * <p>
 * What is there is kept and then overwritten under one lock. What others commit before it
 * is kept, what they commit after it stays, and in between they wait or are refused.
 * SQLite copies nothing into a connection that is in a transaction, so there are two ways
 * to have such a lock:
 * <ul>
 * <li>A connection in exclusive locking mode does not let go of its lock when a
 * transaction ends. It is the source of what is kept, while others may read, and then the
 * destination of the snapshot. That takes a rollback journal, or that nobody else has the
 * database open.</li>
 * <li>In WAL mode the first step of the copy into the database takes the lock that
 * writers need, and between the first and the second step another connection reads what
 * is kept. Of such a copy only the source is ours, and only that can stop it: SQLite
 * makes no step while the source is being written to. So the source is a copy of the
 * snapshot, written to in no other sense than that a transaction is begun.</li>
 * </ul>
 *
 * @see <a href="https://www.sqlite.org/pragma.html#pragma_locking_mode">Exclusive locking
 * mode</a>
 * @see <a href="https://www.sqlite.org/c3ref/backup_finish.html">sqlite3_backup_step</a>
 */
final class OnlineRestore {

	private static final Logger logger = LoggerFactory.getLogger(OnlineRestore.class);

	private static final String EXCLUSIVE = "PRAGMA locking_mode = EXCLUSIVE";

	/**
	 * Takes the lock to write, without writing anything.
	 */
	private static final String BEGIN = "BEGIN IMMEDIATE";

	private static final String ROLLBACK = "ROLLBACK";

	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private final Path snapshot;

	private final DatabaseFile file;

	private final LiveDatabase database;

	private final Duration busyTimeout;

	private final Progress progress;

	/**
	 * The version of the schema of what is there, once that is kept and may be
	 * overwritten.
	 */
	private @Nullable Integer schemaVersion;

	/**
	 * Create a new instance.
	 * @param snapshot the file of the snapshot
	 * @param file the file of the database, which exists
	 * @param database the database
	 * @param busyTimeout how long to wait for the database
	 * @param progress is told after each step
	 */
	OnlineRestore(Path snapshot, DatabaseFile file, LiveDatabase database, Duration busyTimeout, Progress progress) {
		this.snapshot = snapshot;
		this.file = file;
		this.database = database;
		this.busyTimeout = busyTimeout;
		this.progress = progress;
	}

	/**
	 * Restore the database, unless it is too damaged for that.
	 * @param open whether another connection has the database open
	 * @param keep keeps what is there, and tells whether to overwrite it then
	 * @return whether it was restored; otherwise it was not written to
	 * @throws BackupException if what is there could not be kept, or the database could
	 * not be written; it is then what it was, unless the message says otherwise
	 */
	boolean run(boolean open, Keeping keep) {
		try {
			return restore(open, (current) -> {
				boolean overwrite = keep.keep(current);
				this.schemaVersion = overwrite ? current.state().schemaVersion() : null;
				return overwrite;
			});
		}
		catch (SQLException ex) {
			if (isRestoredAllTheSame(ex)) {
				return true;
			}
			throw SqliteFailures.translateRestore(ex, this.database.file(), this.busyTimeout);
		}
	}

	/**
	 * Return whether the database was restored although SQLite reported a failure, and
	 * say so if it was.
	 * @throws BackupException if that cannot be told
	 */
	private boolean isRestoredAllTheSame(SQLException failure) {
		if (this.schemaVersion == null || SqliteFailures.is(failure, SQLiteErrorCode.SQLITE_BUSY)) {
			return false;
		}
		Path path = this.database.file();
		return switch (RestoreOutcome.of(this.database, this.snapshot, this.schemaVersion, this.busyTimeout)) {
			case RESTORED -> {
				logger.warn("The database {} was restored from {}, but SQLite reported a failure in the end ({})."
						+ " Check the disk.", path, this.snapshot, SqliteFailures.describe(failure));
				yield true;
			}
			case AS_BEFORE -> false;
			case UNKNOWN -> throw unknown(failure);
		};
	}

	private BackupException unknown(SQLException failure) {
		String problem = "SQLite reported a failure while the database " + this.database.file()
				+ " was being restored (" + SqliteFailures.describe(failure) + "), and whether it was cannot be told";
		String action = "Check the disk and its free space, leave what lies beside the database, and restore again."
				+ " If there was data before, it is kept among its snapshots.";
		return SqliteFailures.is(failure, SQLiteErrorCode.SQLITE_FULL) ? new NoRoomException(problem, action, failure)
				: new BackupException(problem, action, failure);
	}

	private boolean restore(boolean open, Keeping keep) throws SQLException {
		Mode snapshotMode = modeOfSnapshot();
		Mode mode = mode();
		if (mode == null) {
			// Without a lock, since the file itself is going to be kept.
			try (CopySource current = CopySource.open(this.database, this.busyTimeout)) {
				keep.keep(current);
			}
			return false;
		}
		boolean samePageSize = mode.pageSize == snapshotMode.pageSize;
		try {
			return (open && mode.writeAheadLog && samePageSize) ? besideOthers(keep)
					: exclusively(mode, snapshotMode, open, keep);
		}
		finally {
			keepJournalMode(mode.writeAheadLog);
		}
	}

	private Mode modeOfSnapshot() throws SQLException {
		try (SQLiteConnection connection = SqliteConnections.openImmutable(this.snapshot);
				Statement statement = connection.createStatement()) {
			return Mode.of(statement);
		}
	}

	/**
	 * Return the mode of the database, or {@code null} if it is so damaged that SQLite
	 * cannot begin anything with it.
	 */
	private @Nullable Mode mode() throws SQLException {
		try (SQLiteConnection connection = SqliteConnections.openLive(this.database, this.busyTimeout);
				Statement statement = connection.createStatement()) {
			statement.executeQuery("SELECT count(*) FROM sqlite_schema").close();
			return Mode.of(statement);
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

	private boolean exclusively(Mode mode, Mode snapshotMode, boolean open, Keeping keep) throws SQLException {
		boolean leavesWriteAheadLog = mode.writeAheadLog && mode.pageSize != snapshotMode.pageSize;
		// Those who have a WAL open do not go away while they are waited for.
		Duration patience = (open && mode.writeAheadLog) ? Duration.ZERO : this.busyTimeout;
		try (SQLiteConnection connection = SqliteConnections.openLive(this.database, patience);
				Statement statement = connection.createStatement()) {
			lock(statement, mode, leavesWriteAheadLog);
			try (CopySource current = CopySource.locked(this.database, this.busyTimeout, connection)) {
				if (!keep.keep(current)) {
					return false;
				}
			}
			if (leavesWriteAheadLog) {
				// Which SQLite needs to copy pages of another size.
				statement.executeQuery("PRAGMA journal_mode = DELETE").close();
			}
			LockWait.begin(connection, this.busyTimeout, System::nanoTime);
			copyInto(connection, snapshotMode);
			removeJournal(statement);
			return true;
		}
	}

	/**
	 * Lock the database against writers until the connection is closed. Nothing is
	 * written.
	 */
	private void lock(Statement statement, Mode mode, boolean leavesWriteAheadLog) throws SQLException {
		try {
			if (mode.writeAheadLog) {
				statement.execute(EXCLUSIVE);
				statement.execute(BEGIN);
			}
			else {
				// In exclusive mode already it would keep its read lock while it waits,
				// and the writer that it waits for would wait for it.
				statement.execute(BEGIN);
				statement.execute(EXCLUSIVE);
			}
			statement.execute(ROLLBACK);
		}
		catch (SQLException ex) {
			if (leavesWriteAheadLog && SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_BUSY)) {
				throw new BackupException(
						"The snapshot has pages of another size than the database " + this.database.file()
								+ ", which SQLite cannot change while another connection has it open",
						"Stop the application first.", ex);
			}
			throw ex;
		}
	}

	private void copyInto(SQLiteConnection connection, Mode snapshotMode) throws SQLException {
		Steps steps = new Steps(snapshotMode);
		int resultCode = connection.getDatabase()
			.restore("main", SqliteConnections.immutableUri(this.snapshot), steps, 0, 0,
					CopySteps.pages(snapshotMode.pageSize));
		if (resultCode != SQLiteErrorCode.SQLITE_OK.code) {
			throw failureOf(resultCode);
		}
		if (!steps.complete) {
			// The driver returns the result of the source, and this is that of the
			// destination.
			throw SqliteFailures.lastOf(connection);
		}
	}

	/**
	 * A connection in exclusive locking mode ends its transactions without removing its
	 * journal. It must be known that the last one has ended well.
	 */
	private void removeJournal(Statement statement) {
		try {
			statement.execute("PRAGMA locking_mode = NORMAL");
			if (!Pragmas.isWriteAheadLog(statement)) {
				// Removed when the mode changes, and not when it stays.
				statement.execute("PRAGMA journal_mode = PERSIST");
				statement.execute("PRAGMA journal_mode = DELETE");
			}
		}
		catch (SQLException ex) {
			// It is marked as ended, and in nobody's way.
			logger.debug("The journal of {} could not be removed", this.database.file(), ex);
		}
	}

	private boolean besideOthers(Keeping keep) throws SQLException {
		try (PartialFile source = stage();
				SQLiteConnection connection = SqliteConnections.openPrivate(source.path());
				Statement brake = connection.createStatement()) {
			Mode mode = Mode.of(brake);
			if (mode.pages < 2) {
				throw new BackupException(
						"The snapshot " + this.snapshot + " has no tables, and the database " + this.database.file()
								+ " is open in another process",
						"Stop the application first. The database was not touched.", null);
			}
			BrakedSteps steps = new BrakedSteps(mode, brake, keep);
			// In this mode it does not even have to be read for that, so what works now
			// works then.
			brake.execute(EXCLUSIVE);
			brake.execute(BEGIN);
			brake.execute(ROLLBACK);
			int resultCode = copyInto(connection, mode, steps);
			if (steps.complete && !steps.kept) {
				throw new BackupException(
						"The database " + this.database.file()
								+ " was restored, but what was there before could not be kept",
						"Check the memory of this process, and the disk.", steps.failure);
			}
			if (steps.complete && resultCode == SQLiteErrorCode.SQLITE_OK.code) {
				return true;
			}
			if (steps.failure instanceof RuntimeException exception) {
				throw exception;
			}
			if (steps.failure instanceof Error error) {
				throw error;
			}
			if (steps.failure instanceof SQLException exception) {
				throw exception;
			}
			if (steps.locked && !steps.kept) {
				return false;
			}
			throw failureOf(resultCode);
		}
	}

	/**
	 * Copy until the database is or cannot be locked. The driver would go on waiting also
	 * when the copy is to be stopped.
	 */
	private int copyInto(SQLiteConnection connection, Mode mode, BrakedSteps steps) throws SQLException {
		// Not all in the first step, before there was time to keep what is there.
		int pagesOfStep = Math.min(CopySteps.pages(mode.pageSize), mode.pages - 1);
		long start = System.nanoTime();
		while (true) {
			int resultCode = connection.getDatabase()
				.backup("main", SqliteConnections.liveUri(this.database), steps, 0, 0, pagesOfStep);
			boolean busy = SqliteFailures.primary(resultCode) == SQLiteErrorCode.SQLITE_BUSY;
			if (!busy || steps.locked || System.nanoTime() - start >= this.busyTimeout.toNanos()) {
				return resultCode;
			}
			LockSupport.parkNanos(PAUSE_NANOS);
		}
	}

	private PartialFile stage() {
		try {
			return this.file.stage(this.snapshot, false);
		}
		catch (IOException ex) {
			String problem = "The snapshot " + this.snapshot + " could not be copied beside the database "
					+ this.database.file() + " (" + FileFailures.describe(ex) + ")";
			String action = "The database was not touched.";
			throw FileFailures.isNoRoom(ex) ? new NoRoomException(problem, action + " Free some space.", ex)
					: new BackupException(problem,
							action + " Check that this process may write to the directory of the database.", ex);
		}
	}

	private static SQLException failureOf(int resultCode) {
		return new SQLException(SQLiteErrorCode.getErrorCode(resultCode).toString(), null, resultCode);
	}

	/**
	 * Turn WAL mode on or off again: it was left, or came along with the first page of a
	 * copy that somebody made by other means. The data is where it should be by now, so
	 * that it cannot be done is no failure.
	 */
	private void keepJournalMode(boolean writeAheadLog) {
		String mode = writeAheadLog ? "WAL" : "DELETE";
		try (SQLiteConnection connection = SqliteConnections.openLive(this.database, this.busyTimeout);
				Statement statement = connection.createStatement()) {
			if (Pragmas.isWriteAheadLog(statement) != writeAheadLog) {
				statement.execute("PRAGMA journal_mode = " + mode);
			}
		}
		catch (SQLException ex) {
			logger.warn(
					"The journal mode of {} could not be set to {} again ({})."
							+ " Set it with PRAGMA journal_mode = {} when nobody else has the database open.",
					this.database.file(), mode, SqliteFailures.describe(ex), mode);
		}
	}

	/**
	 * What of a database decides how it can be copied.
	 */
	private record Mode(boolean writeAheadLog, int pageSize, int pages) {

		static Mode of(Statement statement) throws SQLException {
			return new Mode(Pragmas.isWriteAheadLog(statement), Pragmas.pageSize(statement),
					(int) Pragmas.pageCount(statement));
		}

	}

	/**
	 * Watches the steps of a copy. Called between them from native code, which an
	 * exception must not reach.
	 */
	private class Steps implements ProgressObserver {

		private final int pageSize;

		/**
		 * Whether all is copied and committed.
		 */
		boolean complete;

		Steps(Mode mode) {
			this.pageSize = mode.pageSize;
		}

		@Override
		public void progress(int remaining, int pageCount) {
			this.complete = remaining == 0;
			try {
				OnlineRestore.this.progress.at((long) (pageCount - remaining) * this.pageSize,
						(long) pageCount * this.pageSize);
			}
			catch (Throwable ex) {
				logger.debug("Ignored while restoring {}", OnlineRestore.this.database.file(), ex);
			}
		}

	}

	/**
	 * Keeps what is there after the first step, in which the database was locked.
	 */
	private final class BrakedSteps extends Steps {

		private final Statement brake;

		private final Keeping keep;

		/**
		 * Whether the database was locked.
		 */
		private boolean locked;

		/**
		 * Whether what is there was kept and is to be overwritten.
		 */
		private boolean kept;

		private @Nullable Throwable failure;

		BrakedSteps(Mode mode, Statement brake, Keeping keep) {
			super(mode);
			this.brake = brake;
			this.keep = keep;
		}

		@Override
		public void progress(int remaining, int pageCount) {
			if (!this.locked) {
				this.locked = true;
				try {
					keep();
				}
				catch (Throwable ex) {
					this.failure = ex;
				}
			}
			super.progress(remaining, pageCount);
		}

		private void keep() throws SQLException {
			this.brake.execute(BEGIN);
			try (CopySource current = CopySource.open(OnlineRestore.this.database, OnlineRestore.this.busyTimeout)) {
				this.kept = this.keep.keep(current);
			}
			if (this.kept) {
				this.brake.execute(ROLLBACK);
			}
		}

	}

	/**
	 * Keeps what is there while nobody else can commit.
	 */
	@FunctionalInterface
	interface Keeping {

		/**
		 * Keep it.
		 * @param current what is there
		 * @return whether it may be overwritten, and is not too damaged for that
		 * @throws BackupException if it could not be kept
		 */
		boolean keep(CopySource current);

	}

}
