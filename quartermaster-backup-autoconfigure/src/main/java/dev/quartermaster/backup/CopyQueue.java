/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of those who want a copy of one database: one for each file in the whole
 * process, whoever asks. Of copies that are made at once each takes longer, and keeps
 * writers waiting for longer.
 * <p>
 * Whoever waited until after another copy was begun need not make one more: what was
 * begun after they came shows all that they can have meant. And after a copy that kept
 * writers from committing the next one is put off for as long as that did, so that they
 * get at least half of the time.
 */
final class CopyQueue {

	private static final Logger logger = LoggerFactory.getLogger(CopyQueue.class);

	private static final Duration WORTH_TELLING = Duration.ofSeconds(3);

	private static final Map<Path, CopyQueue> QUEUES = new ConcurrentHashMap<>();

	private final LongSupplier nanoTime;

	private final Sleep sleep;

	/**
	 * First come, first served.
	 */
	private final ReentrantLock lock = new ReentrantLock(true);

	/**
	 * Counts arrivals and beginnings, to tell which came first.
	 */
	private final AtomicLong events = new AtomicLong();

	private @Nullable Copy latest;

	/**
	 * When writers have had as much time as the latest copy took from them.
	 */
	private @Nullable Long respiteEnd;

	CopyQueue(LongSupplier nanoTime, Sleep sleep) {
		this.nanoTime = nanoTime;
		this.sleep = sleep;
	}

	/**
	 * Return the queue of a database.
	 * @param database the file of the database
	 */
	static CopyQueue of(Path database) {
		return QUEUES.computeIfAbsent(RealPath.of(database),
				(file) -> new CopyQueue(System::nanoTime, TimeUnit.NANOSECONDS::sleep));
	}

	/**
	 * Wait until nobody else makes a copy, but no longer than some time.
	 * @param database the file of the database, as it is called in messages
	 * @param timeout how long to wait, for this and for what comes before the copy
	 * @return the permit to make a copy, to be closed
	 * @throws DatabaseBusyException if it took longer
	 * @throws BackupException if the thread was interrupted
	 */
	Permit await(Path database, Duration timeout) {
		long arrived = this.events.incrementAndGet();
		long start = this.nanoTime.getAsLong();
		try {
			if (this.lock.tryLock(0, TimeUnit.NANOSECONDS)) {
				return new Permit(database, arrived, timeout, timeout);
			}
			if (this.lock.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
				Duration waited = Duration.ofNanos(this.nanoTime.getAsLong() - start);
				return new Permit(database, arrived, timeout, timeout.minus(waited));
			}
			throw busy(database, timeout);
		}
		catch (InterruptedException ex) {
			throw interrupted(database, ex);
		}
	}

	/**
	 * Wait until nobody else makes a copy, however long that takes: for those who would
	 * go on without one.
	 * @param database the file of the database, as it is called in messages
	 * @param timeout how long to wait for a lock of the database itself
	 * @return the permit to make a copy, to be closed
	 * @throws BackupException if the thread was interrupted
	 */
	Permit awaitHoweverLong(Path database, Duration timeout) {
		long arrived = this.events.incrementAndGet();
		try {
			if (!this.lock.tryLock(WORTH_TELLING.toNanos(), TimeUnit.NANOSECONDS)) {
				logger.info("Waiting for another backup of {} to finish", database);
				this.lock.lockInterruptibly();
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(database, ex);
		}
		return new Permit(database, arrived, timeout, null);
	}

	/**
	 * Keep others from making a copy, if nobody makes one now.
	 * @param database the file of the database, as it is called in messages
	 * @return the permit, to be closed, or {@code null} if somebody else has it
	 */
	@Nullable Permit attempt(Path database) {
		return this.lock.tryLock() ? new Permit(database, this.events.incrementAndGet(), Duration.ZERO, Duration.ZERO)
				: null;
	}

	private static DatabaseBusyException busy(Path database, Duration timeout) {
		return new DatabaseBusyException(
				"The backup of the database " + database + " waited longer than " + timeout.toMillis()
						+ " ms for another one to finish",
				"Try again when the other one has finished, or allow more time with quartermaster.backup.busy-timeout.",
				null);
	}

	private static BackupException interrupted(Path database, InterruptedException ex) {
		Thread.currentThread().interrupt();
		return FileFailures.interrupted("No snapshot was taken of the database " + database, ex);
	}

	/**
	 * The permit to make a copy, which nobody else has at the same time.
	 */
	final class Permit implements AutoCloseable {

		private final Path database;

		private final long arrived;

		private final Duration timeout;

		/**
		 * What is left of that, or {@code null} if it is for locks alone.
		 */
		private final @Nullable Duration left;

		private long begun;

		private Permit(Path database, long arrived, Duration timeout, @Nullable Duration left) {
			this.database = database;
			this.arrived = arrived;
			this.timeout = timeout;
			this.left = left;
		}

		/**
		 * Return the copy that somebody else has begun since this one was asked for.
		 */
		Optional<Copy> begunSince() {
			return Optional.ofNullable(CopyQueue.this.latest).filter((copy) -> copy.begun > this.arrived);
		}

		/**
		 * Wait until writers have had their share of the time. What is committed before
		 * this returns will be in the copy.
		 * @return how long to wait for locks of the database
		 * @throws DatabaseBusyException if that would take too long
		 */
		Duration begin() {
			Duration respite = respite();
			if (this.left != null && this.left.compareTo(respite) < 0) {
				throw busy(this.database, this.timeout);
			}
			try {
				CopyQueue.this.sleep.nanos(respite.toNanos());
			}
			catch (InterruptedException ex) {
				throw interrupted(this.database, ex);
			}
			this.begun = CopyQueue.this.events.incrementAndGet();
			return (this.left != null) ? this.left.minus(respite) : this.timeout;
		}

		private Duration respite() {
			Long end = CopyQueue.this.respiteEnd;
			long left = (end != null) ? end - CopyQueue.this.nanoTime.getAsLong() : 0;
			return Duration.ofNanos(Math.max(0, left));
		}

		/**
		 * There is a snapshot of what was copied.
		 */
		void copied(Snapshot snapshot, Verification verification, VerificationMode mode) {
			CopyQueue.this.latest = new Copy(this.begun, snapshot, verification, mode);
		}

		/**
		 * Writers may commit again.
		 * @param locked for how long they could not
		 */
		void released(Duration locked) {
			CopyQueue.this.respiteEnd = locked.isZero() ? null : CopyQueue.this.nanoTime.getAsLong() + locked.toNanos();
		}

		@Override
		public void close() {
			CopyQueue.this.lock.unlock();
		}

	}

	/**
	 * A copy that others may share.
	 *
	 * @param begun when it was begun, as a count
	 * @param snapshot the snapshot of it
	 * @param verification what the check of it found
	 * @param mode how thorough that was
	 */
	record Copy(long begun, Snapshot snapshot, Verification verification, VerificationMode mode) {
	}

	/**
	 * Waits.
	 */
	@FunctionalInterface
	interface Sleep {

		void nanos(long nanos) throws InterruptedException;

	}

}
