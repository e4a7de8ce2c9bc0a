/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.core.DB.ProgressObserver;

/**
 * The watch over the steps of a copy. SQLite calls it after each, from native code, which
 * an exception must not reach, on the thread and the connection that make the copy.
 * <p>
 * A database with a rollback journal is copied step by step, letting writers in between,
 * until the copy is begun again for the first time. Only then is the database held: one
 * that is written to so often is mostly in the caches, and the copy is short.
 */
final class CopySteps implements ProgressObserver {

	private static final Logger logger = LoggerFactory.getLogger(CopySteps.class);

	/**
	 * How much is copied between two looks at writers and progress: some milliseconds'
	 * worth. The copy is as fast with smaller and larger steps.
	 */
	private static final int BYTES = 8 * 1024 * 1024;

	/**
	 * How long writers wait for a lock unless told otherwise: the default of sqlite-jdbc.
	 */
	private static final Duration PATIENCE_OF_WRITERS = Duration.ofSeconds(3);

	private final CopySource source;

	private final Progress progress;

	private final EarlyFlush flush;

	private final LongSupplier nanoTime;

	private final long start;

	private long bytes;

	private long pages;

	private int previouslyRemaining = Integer.MAX_VALUE;

	/**
	 * Tells since when nobody else can commit: each step keeps them from it by itself.
	 */
	private LongSupplier lockedSince;

	private long longestLock;

	private boolean ended;

	private boolean warned;

	/**
	 * Create a new instance.
	 * @param source the database
	 * @param progress what is called after each step
	 * @param flush flushes the copy
	 * @param nanoTime the clock, like {@link System#nanoTime}
	 */
	CopySteps(CopySource source, Progress progress, EarlyFlush flush, LongSupplier nanoTime) {
		this.source = source;
		this.progress = progress;
		this.flush = flush;
		this.nanoTime = nanoTime;
		this.start = nanoTime.getAsLong();
		this.lockedSince = nanoTime;
	}

	/**
	 * Return how many pages a step has.
	 * @param pageSize their size in bytes
	 */
	static int pages(int pageSize) {
		return BYTES / pageSize;
	}

	/**
	 * Begin to wait for locks anew. The application's connection waits in its own way.
	 */
	void waitForLock() throws SQLException {
		if (!this.source.isOfApplication()) {
			this.lockedSince = LockWait.begin(this.source.connection(), this.source.busyTimeout(), this.nanoTime)::end;
		}
	}

	@Override
	public void progress(int remaining, int pageCount) {
		this.bytes += BYTES;
		this.pages = pageCount;
		boolean begunAgain = remaining >= this.previouslyRemaining;
		this.previouslyRemaining = remaining;
		try {
			if (!this.source.isHeld()) {
				unlocked();
				if (begunAgain) {
					waitForLock();
					hold((long) pageCount * this.source.state().pageSize());
				}
				else if (remaining > 0 && remaining <= pages(this.source.state().pageSize())) {
					// The last step flushes what is left, and lasts as long.
					this.flush.now();
				}
			}
			tell(remaining, pageCount);
			if (!this.source.isHeld()) {
				waitForLock();
			}
		}
		catch (SQLException | RuntimeException | LinkageError ex) {
			// Not held then, but the next time that the copy is begun again.
			logger.debug("Ignored while copying {}", this.source.database().file(), ex);
		}
	}

	private void tell(int remaining, int pageCount) {
		try {
			this.progress.at((long) (pageCount - remaining) * this.source.state().pageSize(),
					(long) pageCount * this.source.state().pageSize());
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("Ignored while copying {}", this.source.database().file(), ex);
		}
	}

	private void hold(long size) throws SQLException {
		long elapsed = this.nanoTime.getAsLong() - this.start;
		warnIfLong(Duration.ofNanos((long) (elapsed * ((double) size / this.bytes))),
				"have to wait for about {} s while it is being backed up");
		this.source.hold();
		long now = this.nanoTime.getAsLong();
		this.lockedSince = () -> now;
	}

	private void unlocked() {
		this.longestLock = Math.max(this.longestLock, this.nanoTime.getAsLong() - this.lockedSince.getAsLong());
	}

	/**
	 * End, once the database is let go of.
	 */
	void end() {
		if (!this.ended && this.source.isHeld() && !this.source.state().writeAheadLog()) {
			unlocked();
		}
		this.ended = true;
	}

	/**
	 * Return of how many pages the database was in the last step.
	 */
	long pages() {
		return this.pages;
	}

	/**
	 * Return for how long nobody else could commit, at the most.
	 */
	Duration longestLock() {
		return Duration.ofNanos(this.longestLock);
	}

	/**
	 * Warn if writers may have waited for long: the copy is complete and flushed, and how
	 * long the latter takes on this disk nobody knew before.
	 */
	void warnIfLong() {
		if (this.source.isInWayOfWriters()) {
			warnIfLong(longestLock(), "may have had to wait for {} s while it was being backed up");
		}
	}

	private void warnIfLong(Duration locked, String what) {
		if (this.warned || locked.compareTo(PATIENCE_OF_WRITERS) <= 0) {
			return;
		}
		this.warned = true;
		Warnings.warn(logger,
				"Writers to {} " + what + ". By default, they give up with SQLITE_BUSY after {} s."
						+ " With WAL mode (?journal_mode=WAL in the URL), they would not have to wait.",
				this.source.database().file(), locked.toSeconds(), PATIENCE_OF_WRITERS.toSeconds());
	}

}
