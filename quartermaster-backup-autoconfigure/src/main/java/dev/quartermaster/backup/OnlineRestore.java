/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

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
 * <li>An {@link ExclusiveConnection} is the source of what is kept, while others may
 * read, and then the destination of the snapshot. That takes a rollback journal, or that
 * nobody else has the database open.</li>
 * <li>In WAL mode the first step of the copy into the database takes the lock that
 * writers need, and between the first and the second step another connection reads what
 * is kept. Of such a copy only the {@link RestoreSource} is ours, and only that can stop
 * it.</li>
 * </ul>
 */
final class OnlineRestore {

	private static final Logger logger = LoggerFactory.getLogger(OnlineRestore.class);

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
	 * @param progress what is called after each step
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
	 * @throws BackupException if that cannot be determined
	 */
	private boolean isRestoredAllTheSame(SQLException failure) {
		if (this.schemaVersion == null || SqliteFailures.is(failure, SQLiteErrorCode.SQLITE_BUSY)) {
			return false;
		}
		return switch (RestoreOutcome.of(this.database, this.snapshot, this.schemaVersion, this.busyTimeout)) {
			case RESTORED -> {
				Warnings.warn(logger,
						"The database {} was restored from {}, but SQLite reported a failure at the end ({})."
								+ " Check the disk.",
						this.database.file(), this.snapshot, SqliteFailures.describe(failure));
				yield true;
			}
			case AS_BEFORE -> false;
			case UNKNOWN -> throw unknown(failure);
		};
	}

	private BackupException unknown(SQLException failure) {
		String problem = "SQLite reported a failure while the database " + this.database.file()
				+ " was being restored (" + SqliteFailures.describe(failure)
				+ "), and it is unknown whether that succeeded";
		String action = "Check the disk and its free space, leave the files beside the database alone, and restore again."
				+ " If the database held data before, that is kept among its snapshots.";
		return SqliteFailures.is(failure, SQLiteErrorCode.SQLITE_FULL) ? new NoRoomException(problem, action, failure)
				: new BackupException(problem, action, failure);
	}

	private boolean restore(boolean open, Keeping keep) throws SQLException {
		DatabaseMode snapshotMode = DatabaseMode.ofSnapshot(this.snapshot);
		DatabaseMode mode = DatabaseMode.ofLive(this.database, this.busyTimeout);
		if (mode == null) {
			// Without a lock, since the file itself is going to be kept.
			try (CopySource current = CopySource.open(this.database, this.busyTimeout)) {
				keep.keep(current);
			}
			return false;
		}
		boolean besideOthers = open && mode.writeAheadLog() && mode.pageSize() == snapshotMode.pageSize();
		try {
			return besideOthers ? besideOthers(keep) : exclusively(mode, snapshotMode, open, keep);
		}
		finally {
			mode.setJournalModeAgain(this.database, this.busyTimeout);
		}
	}

	private boolean exclusively(DatabaseMode mode, DatabaseMode snapshotMode, boolean open, Keeping keep)
			throws SQLException {
		boolean leavesWriteAheadLog = mode.writeAheadLog() && mode.pageSize() != snapshotMode.pageSize();
		// Those who have a WAL open do not go away while they are waited for.
		Duration patience = (open && mode.writeAheadLog()) ? Duration.ZERO : this.busyTimeout;
		try (ExclusiveConnection connection = ExclusiveConnection.open(this.database, patience)) {
			lock(connection, mode, leavesWriteAheadLog);
			try (CopySource current = CopySource.locked(this.database, this.busyTimeout, connection.connection())) {
				if (!keep.keep(current)) {
					return false;
				}
			}
			if (leavesWriteAheadLog) {
				// Which SQLite needs to copy pages of another size.
				connection.leaveWriteAheadLog();
			}
			LockWait.begin(connection.connection(), this.busyTimeout, System::nanoTime);
			copyInto(connection.connection(), snapshotMode);
			connection.removeJournal();
			return true;
		}
	}

	private void lock(ExclusiveConnection connection, DatabaseMode mode, boolean leavesWriteAheadLog)
			throws SQLException {
		try {
			connection.lock(mode.writeAheadLog());
		}
		catch (SQLException ex) {
			if (leavesWriteAheadLog && SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_BUSY)) {
				throw new BackupException(
						"The page size of the snapshot differs from that of the database " + this.database.file()
								+ ", and SQLite cannot change it while another connection has the database open",
						"Stop the application first.", ex);
			}
			throw ex;
		}
	}

	private void copyInto(SQLiteConnection connection, DatabaseMode snapshotMode) throws SQLException {
		RestoreSteps steps = new RestoreSteps(this.database, snapshotMode, this.progress, () -> {
		});
		int resultCode = connection.getDatabase()
			.restore("main", SqliteConnections.immutableUri(this.snapshot), steps, 0, 0,
					CopySteps.pages(snapshotMode.pageSize()));
		if (resultCode != SQLiteErrorCode.SQLITE_OK.code) {
			throw failureOf(resultCode);
		}
		if (!steps.isComplete()) {
			// The driver returns the result of the source, and this is that of the
			// destination.
			throw SqliteFailures.lastOf(connection);
		}
	}

	private boolean besideOthers(Keeping keep) throws SQLException {
		try (PartialFile copy = stage(); RestoreSource source = new RestoreSource(copy.path())) {
			DatabaseMode mode = source.mode();
			if (mode.pages() < 2) {
				throw new BackupException(
						"The snapshot " + this.snapshot + " has no tables, and the database " + this.database.file()
								+ " is open in another process",
						"Stop the application first. The database was not touched.", null);
			}
			AtomicBoolean kept = new AtomicBoolean();
			RestoreSteps steps = new RestoreSteps(this.database, mode, this.progress, () -> {
				source.stop();
				try (CopySource current = CopySource.open(this.database, this.busyTimeout)) {
					kept.set(keep.keep(current));
				}
				if (kept.get()) {
					source.goOn();
				}
			});
			source.tryToStop();
			int resultCode = copyFrom(source.connection(), mode, steps);
			if (steps.isComplete() && !kept.get()) {
				throw new BackupException(
						"The database " + this.database.file()
								+ " was restored, but its previous content could not be kept",
						"Check the memory of this process and the disk.", steps.failure());
			}
			if (steps.isComplete() && resultCode == SQLiteErrorCode.SQLITE_OK.code) {
				return true;
			}
			steps.rethrowFailure();
			if (steps.isBegun() && !kept.get()) {
				return false;
			}
			throw failureOf(resultCode);
		}
	}

	/**
	 * Copy until the database is or cannot be locked. The driver would go on waiting also
	 * when the copy is to be stopped.
	 */
	private int copyFrom(SQLiteConnection source, DatabaseMode mode, RestoreSteps steps) throws SQLException {
		// Not all in the first step, before there was time to keep what is there.
		int pagesOfStep = Math.min(CopySteps.pages(mode.pageSize()), mode.pages() - 1);
		long start = System.nanoTime();
		while (true) {
			int resultCode = source.getDatabase()
				.backup("main", SqliteConnections.liveUri(this.database), steps, 0, 0, pagesOfStep);
			boolean busy = SqliteFailures.primary(resultCode) == SQLiteErrorCode.SQLITE_BUSY;
			if (!busy || steps.isBegun() || System.nanoTime() - start >= this.busyTimeout.toNanos()) {
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
			String problem = "The snapshot " + this.snapshot + " could not be copied to the directory of the database "
					+ this.database.file() + " (" + FileFailures.describe(ex) + ")";
			String action = "The database was not touched.";
			throw FileFailures.isNoRoom(ex) ? new NoRoomException(problem, action + " Free some space.", ex)
					: new BackupException(problem, action + " Check that this process can write there.", ex);
		}
	}

	private static SQLException failureOf(int resultCode) {
		return new SQLException(SQLiteErrorCode.getErrorCode(resultCode).toString(), null, resultCode);
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
