/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/**
 * The check of an open database by SQLite: of all tables at once, or of one after the
 * other where something in one of them is missing here.
 *
 * @see <a href="https://www.sqlite.org/pragma.html#pragma_integrity_check">PRAGMA
 * integrity_check</a>
 */
final class DatabaseCheck {

	/**
	 * A few findings say as much as the hundred that SQLite gives by default.
	 */
	static final int MAX_FINDINGS = 5;

	/**
	 * The root pages that a check goes through, as SQLite writes them in a plan.
	 */
	private static final Pattern ROOTS_OF_ALL = Pattern.compile("\\[[1-9]");

	/**
	 * What SQLite said, without what the driver puts around it.
	 */
	private static final Pattern OWN_WORDS = Pattern.compile("\\[SQLITE_ERROR[^\\]]*\\] [^(]*\\((.*)\\)");

	private static final String HEADLINE = "*** in database ";

	private DatabaseCheck() {
	}

	/**
	 * Check a database.
	 * @param connection a connection that has it open
	 * @param mode how thoroughly
	 * @param account accounts for the pages where SQLite does not
	 */
	static Verification of(SQLiteConnection connection, VerificationMode mode, Account account) throws SQLException {
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
	 * Accounts for the pages where SQLite does not.
	 */
	@FunctionalInterface
	interface Account {

		List<String> of(Statement statement) throws SQLException;

	}

}
