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
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
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
 * how many rows its tables have. A large copy is inspected on a thread of its own while
 * the other one checks it, so that nobody waits for it; a small one when all else is
 * known, since there may be no use for it. Whatever goes wrong with it is merely not in
 * the manifest.
 */
final class CopyInspection implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(CopyInspection.class);

	/**
	 * To start a thread takes as long as to inspect a copy of a fraction of this.
	 */
	private static final long WORTH_A_THREAD = 1024 * 1024;

	/**
	 * How long what is nearly done may take on a busy machine.
	 */
	private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);

	private final Path copy;

	private final long size;

	private final long begun = System.nanoTime();

	private final FutureTask<Findings> task = new FutureTask<>(this::inspect);

	private volatile Findings findings = Findings.NONE;

	private final CountDownLatch digested = new CountDownLatch(1);

	private final @Nullable Thread thread;

	private volatile long inspected;

	private @Nullable SQLiteConnection counting;

	private CopyInspection(Path copy, long size, boolean worthThread) {
		this.copy = copy;
		this.size = size;
		this.thread = worthThread ? new Thread(this.task, "quartermaster-backup-inspection") : null;
	}

	/**
	 * Begin to inspect a copy.
	 * @param copy the file of the copy, which nobody writes
	 * @param size its size in bytes
	 * @return the inspection, to be closed
	 */
	static CopyInspection begin(Path copy, long size) {
		CopyInspection inspection = new CopyInspection(copy, size, size >= WORTH_A_THREAD);
		if (inspection.thread != null) {
			inspection.thread.setDaemon(true);
			inspection.thread.start();
		}
		return inspection;
	}

	/**
	 * Return what was found. If there is much left to do, that is given up: a start that
	 * is late is worse than a checksum that is missing. For the number of rows nobody
	 * waits longer than for what is nearly done.
	 * @param patience how long to wait for the checksum at the most
	 */
	Findings findings(Duration patience) {
		if (this.thread == null) {
			this.task.run();
		}
		try {
			long nanos = Math.max(LEAST_PATIENCE.toNanos(), patience.toNanos());
			if (this.thread != null && estimatedNanosLeft() > nanos) {
				logger.debug("The inspection of {} is given up, because it would take too long", this.copy);
				return this.findings;
			}
			if (!this.digested.await(nanos, TimeUnit.NANOSECONDS)) {
				logger.debug("The checksum of {} took too long", this.copy);
				return this.findings;
			}
			return this.task.get(LEAST_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return this.findings;
		}
		catch (ExecutionException | TimeoutException | CancellationException ex) {
			logger.debug("The inspection of {} did not end", this.copy, ex);
			return this.findings;
		}
	}

	private long estimatedNanosLeft() {
		long done = this.inspected;
		double left = this.size - done;
		return (done > 0) ? (long) ((System.nanoTime() - this.begun) * (left / done)) : 0;
	}

	private Findings inspect() throws IOException {
		String sha256;
		try {
			sha256 = ContentDigest.of(this.copy, (bytes) -> this.inspected = bytes);
			this.findings = new Findings(sha256, Map.of());
		}
		finally {
			this.digested.countDown();
		}
		try {
			this.findings = new Findings(sha256, countRows());
		}
		catch (SQLException ex) {
			logger.debug("The rows of {} could not be counted", this.copy, ex);
		}
		return this.findings;
	}

	private Map<String, Long> countRows() throws SQLException {
		Map<String, Long> rows = new TreeMap<>();
		try (SQLiteConnection connection = SqliteConnections.openImmutable(this.copy);
				Statement statement = connection.createStatement()) {
			setCounting(connection);
			try {
				for (String table : TableNames.all(statement)) {
					if (this.task.isCancelled()) {
						break;
					}
					RowCount.of(statement, table).ifPresent((number) -> rows.put(table, number));
				}
			}
			finally {
				// Before it is closed: nobody may interrupt what is no connection any
				// more.
				setCounting(null);
			}
		}
		return rows;
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
	 * @param rows the rows of each table, if they were counted
	 */
	record Findings(@Nullable String sha256, Map<String, Long> rows) {

		static final Findings NONE = new Findings(null, Map.of());

	}

}
