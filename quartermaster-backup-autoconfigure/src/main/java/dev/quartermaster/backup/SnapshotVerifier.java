/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/**
 * Tells whether a snapshot is sound, corrupt, or cannot be verified here.
 * <p>
 * The file is opened as one that nobody changes, so that looking at it neither locks nor
 * touches it. It is not mapped into memory, though the check would take 0.6 of the time:
 * were the file cut short just then, a signal would end the process (tried).
 */
final class SnapshotVerifier {

	/**
	 * A few findings say as much as the hundred that SQLite gives by default.
	 */
	private static final int MAX_FINDINGS = 5;

	private static final String HEADLINE = "*** in database ";

	private SnapshotVerifier() {
	}

	static Verification verify(Path snapshot, VerificationMode mode) {
		if (mode == VerificationMode.NONE) {
			return new Verification.Skipped();
		}
		try (SQLiteConnection connection = SqliteConnections.openImmutable(snapshot)) {
			long expected = size(connection);
			long actual = snapshot.toFile().length();
			if (actual < expected || expected == 0) {
				return new Verification.Corrupt(List.of((expected == 0) ? "there is nothing in it"
						: "it has " + actual + " bytes where " + expected + " were expected"));
			}
			return verify(connection, mode);
		}
		catch (SQLException ex) {
			return judge(ex);
		}
	}

	/**
	 * Check a database that others may use, like any reader of it.
	 */
	static Verification verifyLive(Path database, Duration busyTimeout) {
		try (SQLiteConnection connection = SqliteConnections.openLive(database, busyTimeout)) {
			return verify(connection, VerificationMode.QUICK);
		}
		catch (SQLException ex) {
			return judge(ex);
		}
	}

	private static Verification verify(SQLiteConnection connection, VerificationMode mode) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			// Rows that break a CHECK constraint are the application's affair, and the
			// constraint may call a function that only the application has.
			statement.execute("PRAGMA ignore_check_constraints = ON");
			List<String> findings = new ArrayList<>();
			try (ResultSet result = statement.executeQuery("PRAGMA " + mode.check() + "(" + MAX_FINDINGS + ")")) {
				while (result.next()) {
					// The first comes with a headline, on a line of its own.
					result.getString(1).lines().filter((line) -> !line.startsWith(HEADLINE)).forEach(findings::add);
				}
			}
			return findings.equals(List.of("ok")) ? new Verification.Sound(mode) : new Verification.Corrupt(findings);
		}
	}

	/**
	 * Return how many bytes the pages take. SQLite itself does not mind when the last one
	 * is cut off, and reads zeros; nor does it when there is none, or one byte, and gives
	 * an empty database.
	 */
	private static long size(SQLiteConnection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet result = statement
					.executeQuery("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")) {
			return result.next() ? result.getLong(1) : 0;
		}
	}

	private static Verification judge(SQLException ex) {
		String detail = SqliteFailures.describe(ex);
		boolean corrupt = SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_CORRUPT)
				|| SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_NOTADB);
		return corrupt ? new Verification.Corrupt(List.of(detail)) : new Verification.Unverifiable(detail);
	}

}
