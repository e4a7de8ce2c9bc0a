/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.ProgressHandler;
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

	private static final Pattern READ_FAILURE = Pattern.compile("error code=([0-9]{1,9})");

	/**
	 * The root pages that a check goes through, as SQLite writes them in a plan.
	 */
	private static final Pattern ROOTS_OF_ALL = Pattern.compile("\\[[1-9]");

	/**
	 * What SQLite said, without what the driver puts around it.
	 */
	private static final Pattern OWN_WORDS = Pattern.compile("\\[SQLITE_ERROR[^\\]]*\\] [^(]*\\((.*)\\)");

	private static final String HEADLINE = "*** in database ";

	/**
	 * How many steps of a check go by between two looks at it. SQLite counts a page of a
	 * table or an index as one, and then whatever it does to look at the rows.
	 * @see <a href="https://www.sqlite.org/c3ref/progress_handler.html">Query progress
	 * callbacks</a>
	 */
	private static final int STEPS = 1000;

	private SnapshotVerifier() {
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
			Pages pages = Pages.of(connection);
			long expected = pages.bytes();
			long actual = sizeOf(snapshot);
			if (actual < expected || expected == 0) {
				return new Verification.Corrupt(List.of((expected == 0) ? "there is nothing in it"
						: "it has " + actual + " bytes where " + expected + " were expected"));
			}
			Verification verification = verify(connection, pages, mode, progress,
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

	private static List<String> account(Statement statement, Path snapshot, Pages pages) throws SQLException {
		try {
			return PageAccount.check(statement, snapshot, Math.toIntExact(pages.count()), pages.size(), MAX_FINDINGS);
		}
		catch (IOException ex) {
			throw (ex instanceof ClosedByInterruptException)
					? FileFailures.interrupted("The file " + snapshot + " was not checked", ex)
					: unreadable(snapshot, FileFailures.describe(ex), ex);
		}
	}

	private static Verification lookLive(LiveDatabase database, Duration busyTimeout, Progress progress) {
		try (SQLiteConnection connection = SqliteConnections.openLive(database, busyTimeout)) {
			Verification verification = verify(connection, Pages.of(connection), VerificationMode.QUICK, progress,
					(statement) -> List.of());
			Optional<String> readFailure = (verification instanceof Verification.Corrupt corrupt)
					? readFailure(corrupt.findings()) : Optional.empty();
			return readFailure.<Verification>map((finding) -> new Verification.Unverifiable(finding, List.of()))
				.orElse(verification);
		}
		catch (SQLException ex) {
			return judge(ex);
		}
	}

	private static Verification verify(SQLiteConnection connection, Pages pages, VerificationMode mode,
			Progress progress, Account account) throws SQLException {
		ProgressHandler.setHandler(connection, STEPS, new Steps(pages, progress));
		try (Statement statement = connection.createStatement()) {
			// Rows that break a CHECK constraint are the application's affair, and the
			// constraint may call a function that only the application has.
			statement.execute("PRAGMA ignore_check_constraints = ON");
			List<String> findings;
			try {
				findings = check(statement, mode, String.valueOf(MAX_FINDINGS));
			}
			catch (SQLException ex) {
				if (SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_ERROR)) {
					return verifyEachTable(statement, mode, account, ownWords(ex));
				}
				throw ex;
			}
			if (findings.isEmpty() && !accountsForPages(statement, mode)) {
				findings = account.of(statement);
			}
			return findings.isEmpty() ? new Verification.Sound(mode) : new Verification.Corrupt(findings);
		}
	}

	/**
	 * One thing that only the application has keeps SQLite from checking anything at all.
	 * It does not keep it from checking the other tables, nor what each page is used for.
	 */
	private static Verification verifyEachTable(Statement statement, VerificationMode mode, Account account,
			String whyNotAll) throws SQLException {
		List<String> findings = new ArrayList<>();
		List<String> unchecked = new ArrayList<>();
		String why = whyNotAll;
		for (String table : tables(statement)) {
			try {
				findings.addAll(check(statement, mode, SqlText.literal(table)));
			}
			catch (SQLException ex) {
				if (!SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_ERROR)) {
					throw ex;
				}
				unchecked.add(table);
				if (!Verification.Unverifiable.isOfApplication(ownWords(ex))) {
					// More than that something is missing here.
					why = ownWords(ex);
				}
			}
		}
		if (findings.isEmpty()) {
			findings = account.of(statement);
		}
		if (!findings.isEmpty()) {
			return new Verification.Corrupt(findings.subList(0, Math.min(findings.size(), MAX_FINDINGS)));
		}
		return unchecked.isEmpty() ? new Verification.Sound(mode) : new Verification.Unverifiable(why, unchecked);
	}

	private static String ownWords(SQLException ex) {
		return OWN_WORDS.matcher(SqliteFailures.describe(ex)).replaceFirst("$1");
	}

	private static List<String> tables(Statement statement) throws SQLException {
		List<String> tables = new ArrayList<>();
		try (ResultSet result = statement.executeQuery(
				"SELECT 'sqlite_schema' UNION ALL SELECT name FROM main.sqlite_schema WHERE type = 'table'")) {
			while (result.next()) {
				tables.add(result.getString(1));
			}
		}
		return tables;
	}

	/**
	 * Let SQLite check.
	 * @param what one table, or how many findings are enough
	 * @return what was found, without the answer that all is well
	 */
	private static List<String> check(Statement statement, VerificationMode mode, String what) throws SQLException {
		List<String> findings = new ArrayList<>();
		try (ResultSet result = statement.executeQuery("PRAGMA main." + mode.check() + "(" + what + ")")) {
			while (result.next()) {
				// The first comes with a headline, on a line of its own.
				result.getString(1).lines().filter((line) -> !line.startsWith(HEADLINE)).forEach(findings::add);
			}
		}
		return findings.equals(List.of("ok")) ? List.of() : findings;
	}

	/**
	 * Return whether SQLite also looks for pages that are used twice or not at all when
	 * it checks all tables. It does not if the first of the root pages that it goes
	 * through is zero, as it is for a view and a virtual table: it then takes itself to
	 * be asked for one table. Which is the first depends on a hash table, and only its
	 * own plan tells.
	 */
	private static boolean accountsForPages(Statement statement, VerificationMode mode) throws SQLException {
		try (ResultSet plan = statement.executeQuery("EXPLAIN PRAGMA main." + mode.check())) {
			while (plan.next()) {
				if (plan.getString("opcode").equals("IntegrityCk")) {
					return ROOTS_OF_ALL.matcher(plan.getString("p4")).lookingAt();
				}
			}
			return false;
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
		return new BackupException("The file " + snapshot + " could not be read to check it (" + detail + ")",
				"That says nothing about the database. Check the disk that the file is on, then try again.", cause);
	}

	private static BackupException notOpened(Path snapshot, String detail, Exception cause) {
		return new BackupException("The file " + snapshot + " could not be opened to check it (" + detail + ")",
				"That says nothing about the database. Check that it is there, and let this process read it"
						+ FileOwner.hint(snapshot) + ".",
				cause);
	}

	private static Verification judge(SQLException ex) {
		String detail = SqliteFailures.describe(ex);
		boolean corrupt = SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_CORRUPT)
				|| SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_NOTADB);
		return corrupt ? new Verification.Corrupt(List.of(detail)) : new Verification.Unverifiable(detail, List.of());
	}

	/**
	 * Accounts for the pages where SQLite does not.
	 */
	@FunctionalInterface
	private interface Account {

		List<String> of(Statement statement) throws SQLException;

	}

	/**
	 * How many pages there are by the database's own account. SQLite itself does not mind
	 * when the last one is cut off, and reads zeros; nor does it when there is none, or
	 * one byte, and gives an empty database.
	 */
	private record Pages(long count, int size) {

		static Pages of(SQLiteConnection connection) throws SQLException {
			try (Statement statement = connection.createStatement();
					ResultSet result = statement
						.executeQuery("SELECT page_count, page_size FROM pragma_page_count(), pragma_page_size()")) {
				return result.next() ? new Pages(result.getLong(1), result.getInt(2)) : new Pages(0, 0);
			}
		}

		long bytes() {
			return this.count * this.size;
		}

	}

	/**
	 * Counts the steps of a check. Called from native code, which an exception must not
	 * reach.
	 */
	private static final class Steps extends ProgressHandler {

		private static final Logger logger = LoggerFactory.getLogger(SnapshotVerifier.class);

		private static final int GO_ON = 0;

		private final Pages pages;

		private final Progress progress;

		private long taken;

		Steps(Pages pages, Progress progress) {
			this.pages = pages;
			this.progress = progress;
		}

		@Override
		protected int progress() {
			this.taken += STEPS;
			try {
				this.progress.at(Math.min(this.taken, this.pages.count()) * this.pages.size(), this.pages.bytes());
			}
			catch (RuntimeException | LinkageError ex) {
				logger.debug("Ignored while checking", ex);
			}
			return GO_ON;
		}

	}

}
