/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import org.sqlite.BusyHandler;
import org.sqlite.SQLiteConnection;

/**
 * The wait of a connection for locks that others hold, by trying again every millisecond.
 * SQLite's own busy timeout sleeps for up to a tenth of a second between attempts, and so
 * keeps missing the gaps that a busy writer leaves.
 *
 * @see <a href="https://www.sqlite.org/c3ref/busy_handler.html">sqlite3_busy_handler</a>
 */
final class LockWait extends BusyHandler {

	private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();

	private static final int GIVE_UP = 0;

	private static final int TRY_AGAIN = 1;

	private final long timeoutNanos;

	private final LongSupplier nanoTime;

	private long start;

	private long end;

	private LockWait(Duration timeout, LongSupplier nanoTime) {
		this.timeoutNanos = timeout.toNanos();
		this.nanoTime = nanoTime;
		this.end = nanoTime.getAsLong();
	}

	/**
	 * Let a connection wait from now on, and anew if it has waited before: SQLite counts
	 * the attempts of all steps of a copy as those of one wait.
	 * @param connection the connection
	 * @param timeout for how long it waits for one lock
	 * @param nanoTime the clock, like {@link System#nanoTime}
	 */
	static LockWait begin(SQLiteConnection connection, Duration timeout, LongSupplier nanoTime) throws SQLException {
		LockWait wait = new LockWait(timeout, nanoTime);
		BusyHandler.setHandler(connection, wait);
		return wait;
	}

	/**
	 * Return when it last had to wait, or when it began if it never had to.
	 */
	long end() {
		return this.end;
	}

	@Override
	protected int callback(int previousAttempts) {
		if (previousAttempts == 0) {
			this.start = this.nanoTime.getAsLong();
		}
		if (this.nanoTime.getAsLong() - this.start >= this.timeoutNanos || Thread.currentThread().isInterrupted()) {
			// Interrupted, it could not sleep either.
			return GIVE_UP;
		}
		LockSupport.parkNanos(PAUSE_NANOS);
		this.end = this.nanoTime.getAsLong();
		return TRY_AGAIN;
	}

}
