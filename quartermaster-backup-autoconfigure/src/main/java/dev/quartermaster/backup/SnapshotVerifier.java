/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/**
 * The verification of a snapshot, or of a database after a restore: sound, corrupt, or
 * not to be verified here.
 * <p>
 * The file of a snapshot is opened as one that nobody changes, so that looking at it
 * neither locks nor touches it. It is not mapped into memory, though the check would be
 * faster: were the file cut short just then, a signal would end the process.
 */
public final class SnapshotVerifier {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotVerifier.class);

	private static final Pattern READ_FAILURE = Pattern.compile("error code=([0-9]{1,9})");

	private SnapshotVerifier() {
	}

	/**
	 * Return whether a snapshot is a copy that a quick check does not find corrupt. No
	 * listener hears of the check.
	 * @param snapshot the snapshot
	 * @return whether it is; {@code false} as well if that cannot be determined
	 */
	public static boolean isUsable(Snapshot snapshot) {
		return isUsable(snapshot, Progress.NONE);
	}

	static boolean isUsable(Snapshot snapshot, Progress progress) {
		try {
			return !snapshot.live()
					&& !(verify(snapshot.file(), VerificationMode.QUICK, progress) instanceof Verification.Corrupt);
		}
		catch (BackupException ex) {
			// Nobody can rely on what cannot be read.
			logger.debug("Not usable: {}", snapshot.file(), ex);
			return false;
		}
	}

	/**
	 * Check a snapshot.
	 * @throws BackupException if it cannot be read, which tells nothing about its content
	 */
	static Verification verify(Path snapshot, VerificationMode mode, Progress progress) {
		if (mode == VerificationMode.NONE) {
			return new Verification.Skipped();
		}
		return unlessCorruptTwice(() -> look(snapshot, mode, progress));
	}

	/**
	 * Check a database that others may use, like any reader of it. Its pages are not
	 * accounted for where SQLite does not: they are those of a snapshot that was checked.
	 */
	static Verification verifyLive(LiveDatabase database, Duration busyTimeout, Progress progress) {
		return unlessCorruptTwice(() -> lookLive(database, busyTimeout, progress));
	}

	/**
	 * To SQLite, a page that could not be read is often one that makes no sense. What is
	 * corrupt is so the next time as well.
	 */
	private static Verification unlessCorruptTwice(Supplier<Verification> look) {
		Verification verification = look.get();
		return (verification instanceof Verification.Corrupt) ? look.get() : verification;
	}

	private static Verification look(Path snapshot, VerificationMode mode, Progress progress) {
		try (SQLiteConnection connection = SqliteConnections.openImmutable(snapshot)) {
			PageCount pages = PageCount.of(connection);
			long expected = pages.bytes();
			long actual = sizeOf(snapshot);
			if (actual < expected || expected == 0) {
				return new Verification.Corrupt(List.of((expected == 0) ? "it contains no data"
						: "it has " + Count.of(actual, "byte") + " instead of " + expected));
			}
			CheckSteps.watch(connection, pages, progress);
			Verification verification = DatabaseCheck.of(connection, mode,
					(statement) -> account(statement, snapshot, pages));
			if (verification instanceof Verification.Corrupt corrupt) {
				readFailure(corrupt.findings()).ifPresent((finding) -> {
					throw unreadable(snapshot, finding, null);
				});
			}
			return verification;
		}
		catch (SQLException ex) {
			return switch (SqliteFailures.primary(ex.getErrorCode())) {
				case SQLITE_IOERR -> throw unreadable(snapshot, SqliteFailures.describe(ex), ex);
				case SQLITE_CANTOPEN, SQLITE_PERM -> throw notOpened(snapshot, SqliteFailures.describe(ex), ex);
				default -> judge(ex);
			};
		}
	}

	private static List<String> account(Statement statement, Path snapshot, PageCount pages) throws SQLException {
		try {
			return PageAccount.check(statement, snapshot, Math.toIntExact(pages.count()), pages.size(),
					DatabaseCheck.MAX_FINDINGS);
		}
		catch (IOException ex) {
			throw (ex instanceof ClosedByInterruptException)
					? FileFailures.interrupted("The file " + snapshot + " was not checked", ex)
					: unreadable(snapshot, FileFailures.describe(ex), ex);
		}
	}

	private static Verification lookLive(LiveDatabase database, Duration busyTimeout, Progress progress) {
		try (SQLiteConnection connection = SqliteConnections.openLive(database, busyTimeout)) {
			CheckSteps.watch(connection, PageCount.of(connection), progress);
			Verification verification = DatabaseCheck.of(connection, VerificationMode.QUICK, (statement) -> List.of());
			Optional<String> readFailure = (verification instanceof Verification.Corrupt corrupt)
					? readFailure(corrupt.findings()) : Optional.empty();
			return readFailure.<Verification>map((finding) -> new Verification.Unverifiable(finding, List.of()))
				.orElse(verification);
		}
		catch (SQLException ex) {
			return judge(ex);
		}
	}

	/**
	 * A disk that fails while SQLite walks through the pages is a finding to it, like a
	 * page that makes no sense.
	 */
	private static Optional<String> readFailure(List<String> findings) {
		for (String finding : findings) {
			Matcher failure = READ_FAILURE.matcher(finding);
			if (failure.find()) {
				SQLiteErrorCode code = SqliteFailures.primary(Integer.parseInt(failure.group(1)));
				if (code == SQLiteErrorCode.SQLITE_IOERR || code == SQLiteErrorCode.SQLITE_NOMEM) {
					return Optional.of(finding);
				}
			}
		}
		return Optional.empty();
	}

	private static long sizeOf(Path snapshot) {
		try {
			return FileState.of(snapshot).size();
		}
		catch (AccessDeniedException ex) {
			throw notOpened(snapshot, FileFailures.describe(ex), ex);
		}
		catch (IOException ex) {
			throw unreadable(snapshot, FileFailures.describe(ex), ex);
		}
	}

	private static BackupException unreadable(Path snapshot, String detail, @Nullable Exception cause) {
		return new BackupException(
				"The file " + snapshot + " could not be checked, because it cannot be read (" + detail + ")",
				"This says nothing about the database. Check the disk that the file is on, then try again.", cause);
	}

	private static BackupException notOpened(Path snapshot, String detail, Exception cause) {
		return new BackupException(
				"The file " + snapshot + " could not be checked, because it cannot be opened (" + detail + ")",
				"This says nothing about the database. Check that the file exists and that this process can read it"
						+ FileOwner.hint(snapshot) + ".",
				cause);
	}

	private static Verification judge(SQLException ex) {
		String detail = SqliteFailures.describe(ex);
		boolean corrupt = SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_CORRUPT)
				|| SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_NOTADB);
		return corrupt ? new Verification.Corrupt(List.of(detail)) : new Verification.Unverifiable(detail, List.of());
	}

}
