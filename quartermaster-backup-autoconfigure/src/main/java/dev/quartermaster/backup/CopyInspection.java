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
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * The inspection of a copy for its manifest, beside the check of it: its checksum, and
 * how many rows its tables have. It must not make anybody wait.
 * <ul>
 * <li>A large copy is inspected on a thread of its own while the other one checks it. The
 * checksum takes about as long as the check. What is not done by then is waited for as
 * long as nobody notices, see {@link #patience}, and then left out.</li>
 * <li>Where there is one processor only, a large copy is not inspected at all.</li>
 * <li>A small one is inspected when all else is known, since there may be no use for
 * it.</li>
 * <li>What is no longer in the caches is not read once more, see
 * {@link ReadingSpeed}.</li>
 * </ul>
 * Whatever goes wrong with it is merely not in the manifest.
 */
final class CopyInspection implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(CopyInspection.class);

	/**
	 * To start a thread takes as long as to inspect a copy of a fraction of this.
	 */
	private static final long WORTH_A_THREAD = 1024 * 1024;

	/**
	 * From here on, it takes long enough to be noticed.
	 */
	private static final long LARGE = 64 * WORTH_A_THREAD;

	/**
	 * How long a small copy may take on a busy machine.
	 */
	private static final Duration PATIENCE_FOR_SMALL = Duration.ofSeconds(2);

	/**
	 * Which part of the time that a large copy took may be added to it.
	 */
	private static final int PART_FOR_LARGE = 32;

	private final Path copy;

	private final long size;

	private final ReadingSpeed speed;

	private final long begun = System.nanoTime();

	private final FutureTask<@Nullable Void> task = new FutureTask<>(this::inspect, null);

	private final @Nullable Thread thread;

	private final Map<String, Long> rows = new ConcurrentHashMap<>();

	private volatile @Nullable String sha256;

	private volatile long inspected;

	private @Nullable SQLiteConnection counting;

	private CopyInspection(Path copy, long size, boolean worthThread, ReadingSpeed speed) {
		this.copy = copy;
		this.size = size;
		this.speed = speed;
		this.thread = worthThread ? new Thread(this.task, "quartermaster-backup-inspection") : null;
	}

	/**
	 * Begin to inspect a copy.
	 * @param copy the file of the copy, which nobody writes
	 * @param size its size in bytes
	 * @return the inspection, to be closed
	 */
	static CopyInspection begin(Path copy, long size) {
		return begin(copy, size, Runtime.getRuntime().availableProcessors(), new ReadingSpeed(System::nanoTime));
	}

	/**
	 * Begin to inspect a copy.
	 * @param processors how many there are
	 * @param speed watches over the reading
	 */
	static CopyInspection begin(Path copy, long size, int processors, ReadingSpeed speed) {
		CopyInspection inspection = new CopyInspection(copy, size, size >= WORTH_A_THREAD, speed);
		if (size >= LARGE && processors == 1) {
			logger.debug("{} is not inspected, since there is no processor to spare", copy);
			inspection.task.cancel(false);
		}
		else if (inspection.thread != null) {
			inspection.thread.setDaemon(true);
			inspection.thread.start();
		}
		return inspection;
	}

	/**
	 * Return how long to wait for what is not done when the copy has been checked.
	 * @param size how large the copy is
	 * @param elapsed how long it took until now
	 */
	static Duration patience(long size, Duration elapsed) {
		return (size < LARGE) ? PATIENCE_FOR_SMALL : elapsed.dividedBy(PART_FOR_LARGE);
	}

	/**
	 * Return what was found.
	 * @param patience how long to wait for it at the most
	 */
	Findings findings(Duration patience) {
		if (this.thread == null) {
			this.task.run();
		}
		try {
			await(patience.toNanos());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException | CancellationException ex) {
			logger.debug("The inspection of {} did not end", this.copy, ex);
		}
		return new Findings(this.sha256, Map.copyOf(this.rows));
	}

	private void await(long nanos) throws InterruptedException, ExecutionException, TimeoutException {
		if (this.sha256 == null && estimatedNanosLeft() > nanos) {
			throw new TimeoutException("The checksum would take too long");
		}
		this.task.get(nanos, TimeUnit.NANOSECONDS);
	}

	private long estimatedNanosLeft() {
		long done = this.inspected;
		double left = this.size - done;
		return (done > 0) ? (long) ((System.nanoTime() - this.begun) * (left / done)) : 0;
	}

	private void inspect() {
		try {
			this.sha256 = ContentDigest.of(this.copy, this.speed, (bytes) -> this.inspected = bytes);
			countRows();
		}
		catch (IOException | SQLException ex) {
			logger.debug("The inspection of {} did not come to its end", this.copy, ex);
		}
	}

	private void countRows() throws SQLException {
		try (SQLiteConnection connection = SqliteConnections.openImmutable(this.copy);
				Statement statement = connection.createStatement()) {
			setCounting(connection);
			try {
				for (String table : TableNames.all(statement)) {
					if (this.task.isCancelled()) {
						break;
					}
					RowCount.of(statement, table).ifPresent((number) -> this.rows.put(table, number));
				}
			}
			finally {
				// Before it is closed: nobody may interrupt what is no connection any
				// more.
				setCounting(null);
			}
		}
	}

	/**
	 * End it, whether or not it is done.
	 */
	@Override
	public void close() {
		this.task.cancel(true);
		if (this.thread == null) {
			return;
		}
		boolean interrupted = false;
		while (this.thread.isAlive()) {
			interruptCount();
			try {
				this.thread.join(10);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized void setCounting(@Nullable SQLiteConnection connection) {
		this.counting = connection;
	}

	private synchronized void interruptCount() {
		SQLiteConnection connection = this.counting;
		try {
			if (connection != null) {
				connection.getDatabase().interrupt();
			}
		}
		catch (SQLException ex) {
			// It has just been closed.
			logger.debug("Not interrupted", ex);
		}
	}

	/**
	 * What was found.
	 *
	 * @param sha256 the checksum, or {@code null} if it was not computed
	 * @param rows the rows of each table that was counted
	 */
	record Findings(@Nullable String sha256, Map<String, Long> rows) {

		static final Findings NONE = new Findings(null, Map.of());

	}

}
