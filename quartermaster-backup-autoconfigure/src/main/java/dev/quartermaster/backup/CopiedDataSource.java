/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Logger;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/**
 * A {@link DataSource} whose connections are like those of another one, but lead to
 * copies of its files. For each, that one is asked for a connection, to see where it
 * leads and how it is set, which is given back before this one is opened.
 */
public final class CopiedDataSource implements DataSource, AutoCloseable {

	/**
	 * What SQLite says to whoever attaches one more database than may be.
	 */
	private static final String TOO_MANY_ATTACHED = "too many attached databases";

	private final DataSource original;

	private final Map<Path, Path> copies = new ConcurrentHashMap<>();

	private final Queue<SQLiteConnection> open = new ConcurrentLinkedQueue<>();

	private volatile @Nullable BackupException failure;

	/**
	 * Create a new instance. Nothing is opened yet.
	 * @param original the data source whose connections are the models
	 * @param copies the copies of the files that it leads to, by those
	 */
	public CopiedDataSource(DataSource original, Map<Path, Path> copies) {
		this.original = original;
		copies.forEach((file, copy) -> this.copies.put(RealPath.of(file), copy));
	}

	/**
	 * Open a connection to a copy.
	 * @return the connection
	 * @throws BackupException if there is none that is like that of the application
	 */
	@Override
	public Connection getConnection() {
		try {
			ConnectionModel model;
			try (Connection connection = DatabaseLocator.connect(this.original)) {
				model = ConnectionModel.of(connection);
			}
			SQLiteConnection connection = model.open(this::copyOf, PoolSettings.statements(this.original));
			this.open.add(connection);
			return connection;
		}
		catch (SQLException ex) {
			throw failed(new BackupException(
					"No connection to a copy could be opened that is like those of the application ("
							+ SqliteFailures.describe(ex) + ")",
					"Rehearse this migration with the rehearse command instead.", Secrets.mask(ex)));
		}
		catch (BackupException ex) {
			throw failed(ex);
		}
	}

	@Override
	public Connection getConnection(String username, String password) {
		return getConnection();
	}

	private Path copyOf(Path file) {
		Path copy = this.copies.get(RealPath.of(file));
		if (copy == null) {
			throw new BackupException("There is no copy of " + file + ", to which a connection leads",
					"Rehearse this migration with the rehearse command instead.", null);
		}
		return copy;
	}

	private BackupException failed(BackupException ex) {
		this.failure = ex;
		return ex;
	}

	/**
	 * Return why a connection could not be opened, if there was one that could not.
	 * @return why, or empty if all could
	 */
	public Optional<BackupException> failure() {
		return Optional.ofNullable(this.failure);
	}

	/**
	 * Return why what was done with the connections failed, if that was because of the
	 * copies.
	 * @param failure the failure of whoever used the connections
	 * @return why, or empty if it would have failed with the database itself as well
	 */
	public Optional<BackupException> becauseOfCopies(Throwable failure) {
		BackupException own = this.failure;
		if (own != null) {
			return Optional.of(own);
		}
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof NotUnwrappedException ex) {
				return Optional
					.of(new BackupException("It asks its DataSource for a " + ex.type + ", which that of a copy is not",
							"Rehearse this migration with the rehearse command instead.", ex));
			}
			if (cause instanceof SQLException ex) {
				if (SqliteFailures.describe(ex).contains(TOO_MANY_ATTACHED)) {
					return Optional.of(new BackupException(
							"It attaches a further file or runs VACUUM, and a file of which there is no copy must not"
									+ " be changed by a rehearsal",
							"Rehearse this migration with the rehearse command instead, on a copy of that file too.",
							ex));
				}
				if (SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_FULL)
						|| SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_IOERR)) {
					return Optional
						.of(new NoRoomException("The copy could not be written (" + SqliteFailures.describe(ex) + ")",
								"Free some space on the volume of the backup directory,"
										+ " or choose another with quartermaster.backup.dir.",
								ex));
				}
			}
		}
		return Optional.empty();
	}

	/**
	 * Close what was not given back, so that the copies can be read and removed.
	 */
	@Override
	public void close() {
		for (SQLiteConnection connection = this.open.poll(); connection != null; connection = this.open.poll()) {
			try {
				connection.close();
			}
			catch (SQLException ex) {
				// Whoever reads the copy finds out what is wrong with it.
			}
		}
	}

	@Override
	public <T> T unwrap(Class<T> type) throws SQLException {
		if (type.isInstance(this)) {
			return type.cast(this);
		}
		throw new NotUnwrappedException(type);
	}

	@Override
	public boolean isWrapperFor(Class<?> type) {
		return type.isInstance(this);
	}

	@Override
	public @Nullable PrintWriter getLogWriter() {
		return null;
	}

	@Override
	public void setLogWriter(PrintWriter out) {
		// There is nothing to be written to it.
	}

	@Override
	public int getLoginTimeout() {
		return 0;
	}

	@Override
	public void setLoginTimeout(int seconds) {
		// Nobody is waited for.
	}

	@Override
	public Logger getParentLogger() throws SQLFeatureNotSupportedException {
		throw new SQLFeatureNotSupportedException();
	}

	/**
	 * The answer to code that needs the data source of the application itself.
	 */
	private static final class NotUnwrappedException extends SQLException {

		private final String type;

		private NotUnwrappedException(Class<?> type) {
			super("A data source of copies is no " + type.getName());
			this.type = type.getName();
		}

	}

}
