/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/**
 * One copy of a live database at one point in time. The only place that calls SQLite's
 * backup API.
 * <p>
 * The copy reads on a connection of its own, inside a read transaction that is held from
 * {@link #pin} to {@link #release}. Without it SQLite starts the copy again whenever
 * another connection commits, so that under steady writing it never ends. In WAL mode
 * nobody notices the transaction; with a rollback journal it keeps writers from
 * committing while it lasts.
 *
 * @see <a href="https://www.sqlite.org/backup.html">Using the SQLite online backup
 * API</a>
 */
final class OnlineCopy implements AutoCloseable {

	/**
	 * How much is copied between two reports of progress. Large enough that reporting
	 * costs nothing.
	 */
	private static final int STEP_BYTES = 8 * 1024 * 1024;

	/**
	 * The copy is a file that nobody else knows of, so being kept waiting for it is an
	 * accident (a virus scanner, say) and passes.
	 */
	private static final int COPY_BUSY_SLEEP_MILLIS = 100;

	private static final int COPY_BUSY_RETRIES = 20;

	private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

	/**
	 * Where the header holds the write version and, after it, the read version.
	 * @see <a href=
	 * "https://www.sqlite.org/fileformat2.html#file_format_version_numbers">File format
	 * version numbers</a>
	 */
	private static final int FORMAT_VERSIONS = 18;

	private static final byte[] ROLLBACK_JOURNAL = { 1, 1 };

	private final Path source;

	private final Duration busyTimeout;

	private final SQLiteConnection connection;

	private final @Nullable String damage;

	private final int pageSize;

	private final long pageCount;

	private final boolean blank;

	private OnlineCopy(Path source, Duration busyTimeout, SQLiteConnection connection, @Nullable String damage)
			throws SQLException {
		this.source = source;
		this.busyTimeout = busyTimeout;
		this.connection = connection;
		this.damage = damage;
		try (Statement statement = connection.createStatement()) {
			if (damage != null) {
				// SQLite then reads as much of a truncated file, or one with a malformed
				// schema, as there is. Nothing is ever written with this connection.
				statement.execute("PRAGMA writable_schema = ON");
			}
			connection.setAutoCommit(false);
			long schemaVersion = queryForLong(statement, "PRAGMA schema_version");
			this.pageSize = (int) queryForLong(statement, "PRAGMA page_size");
			this.pageCount = queryForLong(statement, "PRAGMA page_count");
			this.blank = schemaVersion == 0 && damage == null
					&& queryForLong(statement, "SELECT count(*) FROM sqlite_schema") == 0;
		}
	}

	/**
	 * Open a database and hold on to the state that it is in now.
	 * @param source the file of the database
	 * @param busyTimeout how long to wait for a lock
	 * @return the copy, to be closed
	 * @throws BackupException if the database cannot be read
	 */
	static OnlineCopy pin(Path source, Duration busyTimeout) {
		try {
			try {
				return pin(source, busyTimeout, null);
			}
			catch (SQLException ex) {
				if (SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_CORRUPT)) {
					return pin(source, busyTimeout, SqliteFailures.describe(ex));
				}
				throw ex;
			}
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, source, busyTimeout);
		}
	}

	private static OnlineCopy pin(Path source, Duration busyTimeout, @Nullable String damage) throws SQLException {
		SQLiteConnection connection = SqliteConnections.openLive(source, busyTimeout);
		try {
			return new OnlineCopy(source, busyTimeout, connection, damage);
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

	private static long queryForLong(Statement statement, String sql) throws SQLException {
		try (ResultSet result = statement.executeQuery(sql)) {
			return result.next() ? result.getLong(1) : 0;
		}
	}

	/**
	 * Return whether no table was ever made in the database: a file that a connection
	 * pool created by opening it.
	 */
	boolean isBlank() {
		return this.blank;
	}

	/**
	 * Return the size of the database in bytes, including what is only in its WAL.
	 */
	long size() {
		return this.pageCount * this.pageSize;
	}

	/**
	 * Return what SQLite said when the database could only be opened as a damaged one, or
	 * {@code null}.
	 */
	@Nullable String damage() {
		return this.damage;
	}

	/**
	 * Copy the database.
	 * @param destination an empty file
	 * @param progress is told after each step
	 * @throws BackupException if the copy is not complete
	 */
	void to(Path destination, Progress progress) {
		try {
			int resultCode = this.connection.getDatabase()
				.backup("main", destination.toString(),
						(remaining, total) -> progress.at((long) (total - remaining) * this.pageSize,
								(long) total * this.pageSize),
						COPY_BUSY_SLEEP_MILLIS, COPY_BUSY_RETRIES, STEP_BYTES / this.pageSize);
			if (resultCode != SQLiteErrorCode.SQLITE_OK.code) {
				throw SqliteFailures.translate(resultCode, SQLiteErrorCode.getErrorCode(resultCode).toString(),
						this.source, this.busyTimeout, null);
			}
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, this.source, this.busyTimeout);
		}
		try {
			makeSelfContained(destination);
		}
		catch (IOException ex) {
			throw incomplete("could not be finished (" + FileFailures.describe(ex) + ")", ex);
		}
		long copied = destination.toFile().length();
		if (copied == 0 || copied != size()) {
			// SQLite has been seen to give up and leave an empty file that passes every
			// check.
			throw incomplete("has " + copied + " bytes where " + size() + " were expected", null);
		}
	}

	/**
	 * Turn off the WAL flag that came along with the first page, so that the one file is
	 * all there is: opening it later makes no {@code -wal} and {@code -shm}.
	 */
	private void makeSelfContained(Path destination) throws IOException {
		try (FileChannel channel = FileChannel.open(destination, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			byte[] magic = new byte[MAGIC.length];
			channel.read(ByteBuffer.wrap(magic), 0);
			if (Arrays.equals(magic, MAGIC)) {
				channel.write(ByteBuffer.wrap(ROLLBACK_JOURNAL), FORMAT_VERSIONS);
			}
		}
	}

	private BackupException incomplete(String what, @Nullable Throwable cause) {
		return new BackupException("The copy of the database " + this.source + " " + what,
				"Nothing was kept of it. Check the disk of the backup directory, then try again.", cause);
	}

	/**
	 * Let go of the database. Does nothing when that has been done.
	 */
	void release() {
		try {
			this.connection.close();
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, this.source, this.busyTimeout);
		}
	}

	@Override
	public void close() {
		release();
	}

	/**
	 * Is told how far a copy has come. Must not throw: it is called from native code.
	 */
	@FunctionalInterface
	interface Progress {

		void at(long bytes, long totalBytes);

	}

}
