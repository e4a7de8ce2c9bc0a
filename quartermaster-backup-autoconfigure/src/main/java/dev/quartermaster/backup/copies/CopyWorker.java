/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.time.Duration;
import java.util.List;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work for one place, on a thread of its own that keeps no process alive, so that a
 * place which hangs keeps no other waiting. It tries the place first, copies what is
 * pending, and then waits for the next snapshot. After a failure it tries again, with
 * growing pauses.
 */
final class CopyWorker {

	private static final Logger logger = LoggerFactory.getLogger(CopyWorker.class);

	/**
	 * The last one is repeated.
	 */
	static final List<Duration> PAUSES = List.of(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(5),
			Duration.ofMinutes(15), Duration.ofMinutes(30));

	/**
	 * What other processes have taken is found then.
	 */
	private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);

	private final PlaceCopies copies;

	private final List<Duration> pauses;

	private Thread thread = new Thread(this::run);

	private boolean woken;

	private boolean closed;

	private boolean failing;

	CopyWorker(PlaceCopies copies, List<Duration> pauses) {
		this.copies = copies;
		this.pauses = pauses;
	}

	/**
	 * Begin, or begin again after the end.
	 */
	synchronized void start() {
		this.closed = false;
		this.copies.state().start();
		Thread earlier = this.thread;
		this.thread = new Thread(() -> {
			try {
				// One that hung may not have come to its end.
				earlier.join();
				run();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "quartermaster-copies-" + this.copies.display());
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Look now whether there is anything to copy.
	 */
	synchronized void wake() {
		this.woken = true;
		notifyAll();
	}

	/**
	 * Come to an end: what is pending is copied once more, unless the place failed the
	 * last time, and nothing is repeated.
	 */
	synchronized void close() {
		this.closed = true;
		notifyAll();
	}

	/**
	 * Wait for the end, and after some time end what is being copied.
	 * @param nanoTime when to end it, as {@link System#nanoTime} has it
	 */
	void await(long nanoTime) throws InterruptedException {
		Thread working = working();
		join(working, Duration.ofNanos(nanoTime - System.nanoTime()));
		if (working.isAlive()) {
			this.copies.state().end();
			working.interrupt();
			join(working, Duration.ofSeconds(1));
		}
	}

	private synchronized Thread working() {
		return this.thread;
	}

	private static void join(Thread working, Duration patience) throws InterruptedException {
		if (!patience.isNegative() && !patience.isZero()) {
			// Zero would be for ever.
			working.join(Math.max(1, patience.toMillis()));
		}
	}

	private void run() {
		int failures = 0;
		try {
			do {
				boolean last = isClosed();
				failures = attempt() ? 0 : failures + 1;
				if (last || (failures > 0 && isClosed())) {
					break;
				}
				pause((failures > 0) ? this.pauses.get(Math.min(failures, this.pauses.size()) - 1) : LOOK_AGAIN);
			}
			while (failures == 0 || !isClosed());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized boolean isClosed() {
		return this.closed;
	}

	private synchronized void pause(Duration pause) throws InterruptedException {
		long until = System.nanoTime() + pause.toNanos();
		while (!this.woken && !this.closed) {
			long millis = Duration.ofNanos(until - System.nanoTime()).toMillis();
			if (millis <= 0) {
				break;
			}
			wait(millis);
		}
		this.woken = false;
	}

	/**
	 * See whether the place can be used, and copy what is pending.
	 * @return whether nothing failed
	 */
	private boolean attempt() {
		try {
			this.copies.prepare(this.failing);
			BackupException failure = this.copies.copyAll();
			return (failure != null) ? failed(failure.getMessage(), null) : succeeded();
		}
		catch (BackupException ex) {
			return failed(ex.getMessage(), null);
		}
		catch (Throwable ex) {
			// Without this thread nothing would be copied any more, and nobody know.
			BackupException bug = new BackupException(
					"The copying of snapshots to " + this.copies.display() + " failed unexpectedly",
					"This is a bug in Quartermaster Backup. Please report it.", Secrets.mask(ex));
			try {
				this.copies.failed(bug);
			}
			catch (Throwable again) {
				logger.debug("It is unknown what is pending", Secrets.mask(again));
			}
			return failed(bug.getMessage(), bug.getCause());
		}
		finally {
			this.copies.state().rest();
		}
	}

	private boolean succeeded() {
		if (this.failing && !this.copies.state().isEnded()) {
			logger.info("Snapshots are copied to {} again.", this.copies.display());
			this.failing = false;
		}
		return true;
	}

	/**
	 * Once, until it does not fail any more.
	 */
	private boolean failed(@Nullable String message, @Nullable Throwable bug) {
		if (this.copies.state().isEnded()) {
			logger.info("The copying of snapshots to {} was ended, since the application stops. The next start goes on"
					+ " with it.", this.copies.display());
		}
		else if (this.failing) {
			logger.debug("{}", message, bug);
		}
		else {
			logger.warn("NO COPY elsewhere. {} It is tried again in the background.", message, bug);
		}
		this.failing = true;
		return false;
	}

}
