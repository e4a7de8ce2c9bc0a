/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/**
 * One copy of a live database at one point in time. The only place, but for
 * {@link OnlineRestore}, that calls SQLite's backup API.
 * <p>
 * The copy is not written without a journal. For that it would have to be opened here and
 * restored into, which is no faster.
 *
 * @see <a href="https://www.sqlite.org/backup.html">Using the SQLite online backup
 * API</a>
 */
final class OnlineCopy {

	/**
	 * Busy means here that the busy timeout has passed, or that somebody has opened the
	 * copy, of which nobody knows: an accident (a virus scanner, say) that passes.
	 */
	private static final int BUSY_RETRIES = 1;

	private static final int BUSY_SLEEP_MILLIS = 100;

	private static final int ALL_PAGES = -1;

	private final CopySource source;

	private final Path file;

	private final LongSupplier nanoTime;

	private @Nullable CopySteps steps;

	/**
	 * Create a new instance.
	 * @param source the database, which is let go of in the end
	 */
	OnlineCopy(CopySource source) {
		this(source, System::nanoTime);
	}

	/**
	 * Create a new instance.
	 * @param source the database, which is let go of in the end
	 * @param nanoTime the clock by which is measured how long writers wait, like
	 * {@link System#nanoTime}
	 */
	OnlineCopy(CopySource source, LongSupplier nanoTime) {
		this.source = source;
		this.file = source.database().file();
		this.nanoTime = nanoTime;
	}

	/**
	 * Copy the database, and let go of it, whether that succeeds or not.
	 * @param destination an empty file
	 * @param progress what is called after each step
	 * @throws BackupException if the copy is not complete
	 */
	void to(Path destination, Progress progress) {
		CopySteps steps = copy(destination, progress);
		steps.warnIfLong();
		requireComplete(destination, steps.pages());
	}

	private CopySteps copy(Path destination, Progress progress) {
		// What follows can take long, and writers may be waiting.
		try (this.source) {
			begin(destination);
			EarlyFlush flush = new EarlyFlush(destination, this.source.state().size());
			CopySteps steps = new CopySteps(this.source, progress, flush, this.nanoTime);
			this.steps = steps;
			try {
				steps.waitForLock();
				int resultCode = this.source.connection()
					.getDatabase()
					.backup("main", SqliteConnections.unsharedUri(destination), steps, BUSY_SLEEP_MILLIS, BUSY_RETRIES,
							this.source.isOfApplication() ? ALL_PAGES
									: CopySteps.pages(this.source.state().pageSize()));
				if (resultCode != SQLiteErrorCode.SQLITE_OK.code) {
					throw failure(resultCode, SQLiteErrorCode.getErrorCode(resultCode).toString(), destination, null);
				}
				return steps;
			}
			catch (SQLException ex) {
				throw failure(ex.getErrorCode(), SqliteFailures.describe(ex), destination, ex);
			}
			finally {
				flush.stop();
			}
		}
		finally {
			if (this.steps != null) {
				this.steps.end();
			}
		}
	}

	/**
	 * Return for how long nobody else could commit, at the most.
	 */
	Duration longestLock() {
		return (this.steps != null) ? this.steps.longestLock() : Duration.ZERO;
	}

	private void requireComplete(Path destination, long pages) {
		try {
			if (pages == 0 && this.source.state().size() > 0) {
				throw cutToNothing(null);
			}
			long expected = pages * DatabaseHeader.turnOffWriteAheadLog(destination);
			long copied = FileState.of(destination).size();
			if (copied == 0 || copied != expected) {
				// SQLite has been seen to give up and leave what the file began with,
				// which is an empty database and passes every check.
				throw incomplete("has " + Count.of(copied, "byte") + " instead of " + expected, null);
			}
		}
		catch (IOException ex) {
			throw incomplete("could not be finished (" + FileFailures.describe(ex) + ")", ex);
		}
	}

	private void begin(Path destination) {
		try {
			DatabaseHeader.writeInPieces(destination, this.source.state().pageSize());
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
		if (this.source.state().size() > 0 && FileState.ofDatabase(this.file).isEmpty()) {
			return cutToNothing(cause);
		}
		try {
			if (FileState.of(destination).isMissing()) {
				return incomplete("disappeared while it was being written (" + detail + ")",
						"Find out what deletes files in the backup directory", cause);
			}
		}
		catch (IOException ex) {
			return incomplete("could no longer be examined (" + FileFailures.describe(ex) + ", " + detail + ")", cause);
		}
		return switch (SqliteFailures.primary(resultCode)) {
			case SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_READONLY -> incomplete("could not be written (" + detail + ")",
					"Make sure that this process can write to the backup directory", cause);
			default ->
				SqliteFailures.translate(resultCode, detail, this.source.database(), this.source.busyTimeout(), cause);
		};
	}

	private BackupException cutToNothing(@Nullable Exception cause) {
		return new BackupException(
				"The database " + this.file + " had " + Count.of(this.source.state().size(), "byte")
						+ " when the copy began, and was empty when it ended",
				"The copy was discarded. Find out what emptied the file. If that was not intended, restore the newest"
						+ " snapshot.",
				cause);
	}

	private BackupException incomplete(String what, @Nullable Throwable cause) {
		return incomplete(what, "Check the disk of the backup directory", cause);
	}

	private BackupException incomplete(String what, String action, @Nullable Throwable cause) {
		if (cause instanceof ClosedByInterruptException interruption) {
			return FileFailures.interrupted("The database " + this.file + " was not copied", interruption);
		}
		return new BackupException("The copy of the database " + this.file + " " + what,
				"It was discarded. " + action + ", then try again.", cause);
	}

}
