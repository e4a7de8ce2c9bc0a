/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/**
 * A live database that is open to be copied, on a connection of its own unless the
 * application or a restore lends theirs.
 * <p>
 * SQLite begins a copy again whenever another connection commits, unless a read
 * transaction is held, so that under steady writing it never ends. In WAL mode nobody
 * notices such a transaction, and it is held from the beginning. With a rollback journal
 * it keeps writers from committing, so it is put off until {@link #hold}.
 * <p>
 * The database is not mapped into memory, though that saves a call for each page: what
 * would be an error of a broken disk or of a file cut short then is a signal that ends
 * the process.
 *
 * @see <a href="https://www.sqlite.org/mmap.html">Memory-mapped I/O: disadvantages</a>
 */
final class CopySource implements AutoCloseable {

	private final LiveDatabase database;

	private final Duration busyTimeout;

	private final Connection connection;

	private final Owner owner;

	private final SourceState state;

	private boolean held;

	private CopySource(LiveDatabase database, Duration busyTimeout, Connection connection, Owner owner,
			@Nullable String damage) throws SQLException {
		this.database = database;
		this.busyTimeout = busyTimeout;
		this.connection = connection;
		this.owner = owner;
		try (Statement statement = connection.createStatement()) {
			if (damage != null) {
				// SQLite then reads as much of a truncated file, or one with a malformed
				// schema, as there is. Nothing is ever written with this connection.
				statement.execute("PRAGMA writable_schema = ON");
			}
			if (owner != Owner.APPLICATION) {
				connection.setAutoCommit(false);
			}
			this.state = (damage != null) ? SourceState.ofDamaged(statement, database.file(), damage)
					: SourceState.of(statement, database.file());
		}
		// Through the application's connection all is copied in one step.
		this.held = this.state.writeAheadLog() || owner != Owner.COPY;
		if (!this.held) {
			connection.setAutoCommit(true);
		}
	}

	/**
	 * Open a database to be copied.
	 * @param source the database
	 * @param busyTimeout how long to wait for a lock
	 * @return it, to be closed
	 * @throws BackupException if the database cannot be read
	 */
	static CopySource open(LiveDatabase source, Duration busyTimeout) {
		return openDamagedToo(source, busyTimeout, Owner.COPY, () -> SqliteConnections.openLive(source, busyTimeout));
	}

	/**
	 * Open a database to be copied that a connection keeps others from writing to.
	 * @param source the database
	 * @param busyTimeout how long to wait for a lock
	 * @param connection the connection, which is in no transaction; left open, and in
	 * none again in the end
	 * @return it, to be closed
	 * @throws BackupException if the database cannot be read
	 */
	static CopySource locked(LiveDatabase source, Duration busyTimeout, SQLiteConnection connection) {
		return openDamagedToo(source, busyTimeout, Owner.RESTORE, () -> connection);
	}

	/**
	 * Open a database to be copied through a connection of the application's own. While
	 * that is in use here, nobody else has it, or the lock that it keeps.
	 * @param source the database
	 * @param busyTimeout how long others wait for a lock, for the message only
	 * @param connection the connection, in no transaction, which goes back to where it
	 * came from when this is closed
	 * @return it, to be closed
	 * @throws BackupException if the database cannot be read
	 */
	static CopySource ofApplication(LiveDatabase source, Duration busyTimeout, Connection connection) {
		try {
			return open(source, busyTimeout, Owner.APPLICATION, () -> connection, null);
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, source, busyTimeout);
		}
	}

	/**
	 * A disk that fails once says nothing about the database, and SQLite takes a page
	 * that it could not read for one that makes no sense. So what seems damaged is opened
	 * again, and only then as what is left of it.
	 */
	private static CopySource openDamagedToo(LiveDatabase source, Duration busyTimeout, Owner owner, Opening opening) {
		try {
			try {
				return open(source, busyTimeout, owner, opening, null);
			}
			catch (SQLException ex) {
				if (!SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_IOERR) && !isDamage(ex)) {
					throw ex;
				}
			}
			try {
				return open(source, busyTimeout, owner, opening, null);
			}
			catch (SQLException ex) {
				if (!isDamage(ex)) {
					throw ex;
				}
				return open(source, busyTimeout, owner, opening, SqliteFailures.describe(ex));
			}
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, source, busyTimeout);
		}
	}

	private static boolean isDamage(SQLException ex) {
		return SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_CORRUPT)
				|| SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_ERROR);
	}

	private static CopySource open(LiveDatabase source, Duration busyTimeout, Owner owner, Opening opening,
			@Nullable String damage) throws SQLException {
		Connection connection = opening.open();
		try {
			return new CopySource(source, busyTimeout, connection, owner, damage);
		}
		catch (Throwable ex) {
			try {
				letGo(connection, owner);
			}
			catch (SQLException closeFailure) {
				ex.addSuppressed(closeFailure);
			}
			throw ex;
		}
	}

	/**
	 * Return what it told of itself when it was opened.
	 */
	SourceState state() {
		return this.state;
	}

	/**
	 * Return the tables of the database, or none if they cannot be determined.
	 */
	List<String> tables() {
		try (Statement statement = this.connection.createStatement()) {
			return TableNames.of(statement);
		}
		catch (SQLException ex) {
			// It is damaged, which is found out and said by the copy.
			return List.of();
		}
	}

	LiveDatabase database() {
		return this.database;
	}

	Duration busyTimeout() {
		return this.busyTimeout;
	}

	SQLiteConnection connection() throws SQLException {
		return this.connection.unwrap(SQLiteConnection.class);
	}

	/**
	 * Return whether the connection is one of the application's, which must be left as it
	 * was.
	 */
	boolean isOfApplication() {
		return this.owner == Owner.APPLICATION;
	}

	/**
	 * Return whether writers wait for this copy, and not for a restore that keeps them
	 * waiting anyway.
	 */
	boolean isInWayOfWriters() {
		return !this.state.writeAheadLog() && this.owner != Owner.RESTORE;
	}

	/**
	 * Return whether the copy is of one point in time, however many steps it takes.
	 */
	boolean isHeld() {
		return this.held;
	}

	/**
	 * Begin a read transaction. With a rollback journal nobody else can commit until it
	 * is closed.
	 */
	void hold() throws SQLException {
		this.connection.setAutoCommit(false);
		try (Statement statement = this.connection.createStatement()) {
			// The first thing to be read begins it.
			Pragmas.schemaVersion(statement);
			this.held = true;
		}
		finally {
			if (!this.held) {
				this.connection.setAutoCommit(true);
			}
		}
	}

	/**
	 * Let go of the database, if a copy has not done that already.
	 */
	@Override
	public void close() {
		try {
			letGo(this.connection, this.owner);
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, this.database, this.busyTimeout);
		}
	}

	private static void letGo(Connection connection, Owner owner) throws SQLException {
		if (owner == Owner.RESTORE) {
			connection.setAutoCommit(true);
		}
		else {
			connection.close();
		}
	}

	/**
	 * Whose the connection is.
	 */
	private enum Owner {

		/**
		 * It is of our own, and closed in the end.
		 */
		COPY,

		/**
		 * It is one of the application's, which must be left as it was.
		 */
		APPLICATION,

		/**
		 * It keeps others from writing before and after, for a restore, which closes it.
		 */
		RESTORE

	}

	/**
	 * Gives the connection.
	 */
	@FunctionalInterface
	private interface Opening {

		Connection open() throws SQLException;

	}

}
