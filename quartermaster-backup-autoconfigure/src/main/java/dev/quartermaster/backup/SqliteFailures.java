/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The failures of SQLite, as exceptions that a user can act on.
 *
 * @see <a href="https://www.sqlite.org/rescode.html">Result codes</a>
 */
final class SqliteFailures {

	/**
	 * The low byte of a result code is the primary one; the rest is detail.
	 */
	private static final int PRIMARY = 0xff;

	/**
	 * What SQLite says to result codes, in every language of the user.
	 */
	private static final Map<String, SQLiteErrorCode> MESSAGES = Map.of("database or disk is full",
			SQLiteErrorCode.SQLITE_FULL, "disk I/O error", SQLiteErrorCode.SQLITE_IOERR, "database is locked",
			SQLiteErrorCode.SQLITE_BUSY, "database table is locked", SQLiteErrorCode.SQLITE_LOCKED,
			"attempt to write a readonly database", SQLiteErrorCode.SQLITE_READONLY, "unable to open database file",
			SQLiteErrorCode.SQLITE_CANTOPEN);

	private SqliteFailures() {
	}

	static boolean is(SQLException ex, SQLiteErrorCode code) {
		return primary(ex.getErrorCode()) == code;
	}

	static SQLiteErrorCode primary(int resultCode) {
		return SQLiteErrorCode.getErrorCode(resultCode & PRIMARY);
	}

	/**
	 * Translate a failure to read or copy a database.
	 */
	static BackupException translate(SQLException ex, Path database, Duration busyTimeout) {
		return translate(resultCode(ex), describe(ex), database, busyTimeout, ex);
	}

	/**
	 * Translate a failure to read or copy a database that the application may have open.
	 */
	static BackupException translate(SQLException ex, LiveDatabase database, Duration busyTimeout) {
		return translate(resultCode(ex), describe(ex), database, busyTimeout, ex);
	}

	static BackupException translate(int resultCode, String detail, LiveDatabase database, Duration busyTimeout,
			@Nullable Exception cause) {
		FileAccess access = database.access();
		return switch (primary(resultCode)) {
			case SQLITE_NOTADB -> notADatabase(database, detail, cause);
			case SQLITE_BUSY -> {
				if (access.exclusive()) {
					yield new DatabaseBusyException(
							"The database " + database.file()
									+ " is locked as long as the application runs, because the application opens it"
									+ " with locking_mode=EXCLUSIVE (" + detail + ")",
							"Ask the running application for a snapshot with POST /actuator/dbbackup, or stop it first."
									+ " If this message comes from the application itself, limit its pool to one connection.",
							cause);
				}
				if (access.locksByFile()) {
					yield new DatabaseBusyException(
							"The database " + database.file() + " was locked for longer than " + busyTimeout.toMillis()
									+ " ms (" + detail + ")",
							"Try again when the transaction on it has ended. If no process has it open, the lock was left by"
									+ " one that was killed: remove " + database.file() + ".lock.",
							cause);
				}
				yield translate(resultCode, detail, database.file(), busyTimeout, cause);
			}
			default -> translate(resultCode, detail, database.file(), busyTimeout, cause);
		};
	}

	/**
	 * Return the failure to make anything of a file.
	 * @param detail what SQLite said, if it was asked
	 */
	static NotADatabaseException notADatabase(LiveDatabase database, @Nullable String detail,
			@Nullable Exception cause) {
		String said = (detail != null) ? " (" + detail + ")" : "";
		if (database.access().keyed()) {
			return new NotADatabaseException("The database " + database.file()
					+ " is opened with a key: encrypted databases are not supported" + said,
					"Back it up with the tools of the encryption that it uses.", cause);
		}
		return new NotADatabaseException(
				"The file " + database.file() + " is not a SQLite database, or it is encrypted" + said,
				"Encrypted databases are not supported: if the application opens it with a key, back it up with the tools"
						+ " of the encryption that it uses. Otherwise check that it is the right file. If it is,"
						+ " its header is damaged: keep the file as it is and restore a snapshot.",
				cause);
	}

	/**
	 * The driver's error code is only the primary one.
	 */
	private static int resultCode(SQLException ex) {
		return (ex instanceof SQLiteException failure) ? failure.getResultCode().code : ex.getErrorCode();
	}

	static BackupException translate(int resultCode, String detail, Path database, Duration busyTimeout,
			@Nullable Exception cause) {
		if (resultCode == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE.code) {
			// What SQLite makes beside a database in WAL mode could not be made larger.
			return new NoRoomException(
					"The database " + database + " could not be opened, because its volume is full (" + detail + ")",
					"Free some space on the volume of the database, or raise its quota.", cause);
		}
		return switch (primary(resultCode)) {
			case SQLITE_NOTADB -> notADatabase(LiveDatabase.of(database), detail, cause);
			case SQLITE_BUSY, SQLITE_LOCKED,
					SQLITE_PROTOCOL ->
				new DatabaseBusyException(
						"The database " + database + " was locked for longer than " + busyTimeout.toMillis() + " ms ("
								+ detail + ")",
						"Try again when the long transaction or exclusive lock on it has ended,"
								+ " or allow more time with quartermaster.backup.busy-timeout.",
						cause);
			case SQLITE_FULL -> new NoRoomException(
					"The volume filled up while the database " + database + " was being copied (" + detail + ")",
					"Free some space on the volume of the backup directory,"
							+ " or choose another with quartermaster.backup.dir.",
					cause);
			case SQLITE_PERM, SQLITE_AUTH, SQLITE_CANTOPEN, SQLITE_READONLY ->
				new BackupException("The database " + database + " could not be opened (" + detail + ")",
						"Check that this process can read and write the file and its directory"
								+ FileOwner.hintOfDatabase(database) + ".",
						cause);
			case SQLITE_IOERR ->
				new BackupException("Reading the database " + database + " or writing its copy failed (" + detail + ")",
						"Check the disk, the quota and the file size limit on both volumes.", cause);
			case SQLITE_CORRUPT ->
				new BackupException("The database " + database + " is too damaged to be copied (" + detail + ")",
						"Keep the file as it is. Restore a snapshot,"
								+ " or recover what is left with the .recover command of the sqlite3 shell.",
						cause);
			default -> new BackupException("SQLite could not copy the database " + database + " (" + detail + ")",
					"See SQLite's message for the cause.", cause);
		};
	}

	/**
	 * Translate a failure to put a snapshot back.
	 */
	static BackupException translateRestore(SQLException ex, Path database, Duration busyTimeout) {
		int resultCode = ex.getErrorCode();
		String detail = describe(ex);
		return switch (SQLiteErrorCode.getErrorCode(resultCode & PRIMARY)) {
			case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL, SQLITE_PERM, SQLITE_AUTH, SQLITE_CANTOPEN,
					SQLITE_READONLY ->
				translate(resultCode, detail, database, busyTimeout, ex);
			case SQLITE_FULL -> new NoRoomException(
					"The volume filled up while the database " + database + " was being restored (" + detail + ")",
					"The database is as it was before. Free some space on its volume, then try again.", ex);
			case SQLITE_IOERR -> new BackupException("Writing the database " + database + " failed (" + detail + ")",
					"The database is as it was before, or will be as soon as it is opened and can be written again."
							+ " Leave the files beside it alone. Check the disk, the quota and the file size limit.",
					ex);
			default -> new BackupException("SQLite could not restore the database " + database + " (" + detail + ")",
					"The database is as it was before. See SQLite's message for the cause.", ex);
		};
	}

	/**
	 * Return what a connection failed with last, if its driver did not say so. Of that it
	 * gives the message alone.
	 */
	static SQLException lastOf(SQLiteConnection connection) {
		try {
			connection.getDatabase().throwex(SQLiteErrorCode.SQLITE_ERROR.code);
		}
		catch (SQLException ex) {
			String message = describe(ex);
			SQLiteErrorCode code = MESSAGES.entrySet()
				.stream()
				.filter((entry) -> message.contains("(" + entry.getKey() + ")"))
				.map(Map.Entry::getValue)
				.findFirst()
				.orElse(SQLiteErrorCode.SQLITE_ERROR);
			return (code != SQLiteErrorCode.SQLITE_ERROR) ? new SQLException(code.toString(), null, code.code) : ex;
		}
		throw new IllegalStateException("The driver did not throw the exception that it should");
	}

	/**
	 * Return the message of an exception, without anything that may be a secret: drivers
	 * like to quote the URL that they were given.
	 */
	static String describe(SQLException ex) {
		String message = ex.getMessage();
		if (message == null) {
			return ex.getClass().getSimpleName();
		}
		return Secrets.mask(message);
	}

}
