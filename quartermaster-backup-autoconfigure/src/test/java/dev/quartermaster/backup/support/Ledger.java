/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

import org.sqlite.SQLiteErrorCode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database in which money is moved from one table to another, so that a copy of more
 * than one point in time shows: what there is in both of them together never changes. The
 * rows that change lie all over the file.
 */
public final class Ledger {

	private static final int PADDING = 500;

	private static final int ROWS_PER_MEGABYTE = 1024 * 1024 / (PADDING + 20) / 2;

	private static final int AMOUNT = 1_000_000;

	private Ledger() {
	}

	/**
	 * Make a database of about the given size.
	 */
	public static Path create(Path file, int megabytes, String journalMode) {
		int rows = rows(megabytes);
		TestDatabase.execute(file, "PRAGMA journal_mode = " + journalMode, "BEGIN",
				"CREATE TABLE checking (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, padding BLOB)",
				"CREATE TABLE savings (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, padding BLOB)",
				"CREATE TABLE moved (times INTEGER NOT NULL)", "INSERT INTO moved VALUES (0)",
				"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + rows
						+ ") INSERT INTO checking SELECT i, " + AMOUNT + ", randomblob(" + PADDING + ") FROM n",
				"INSERT INTO savings SELECT id, amount, randomblob(" + PADDING + ") FROM checking", "COMMIT");
		return file;
	}

	private static int rows(int megabytes) {
		return megabytes * ROWS_PER_MEGABYTE;
	}

	/**
	 * Assert that a database is undamaged, complete and of one point in time.
	 */
	public static void assertWhole(Path file, int megabytes) {
		assertThat(TestDatabase.query(file, "PRAGMA integrity_check")).as("%s", file).containsExactly("ok");
		int rows = rows(megabytes);
		assertThat(TestDatabase.query(file, """
				SELECT (SELECT count(*) || ' ' || sum(length(padding)) FROM checking)
				    || ' ' || (SELECT count(*) || ' ' || sum(length(padding)) FROM savings)
				    || ' ' || ((SELECT sum(amount) FROM checking) + (SELECT sum(amount) FROM savings))
				""")).as("%s", file)
			.containsExactly("%d %d %d %d %d".formatted(rows, (long) rows * PADDING, rows, (long) rows * PADDING,
					2L * rows * AMOUNT));
	}

	/**
	 * Return how often money was moved.
	 */
	public static long moved(Path file) {
		return Long.parseLong(TestDatabase.query(file, "SELECT times FROM moved").get(0));
	}

	/**
	 * Write like an application that does not wait.
	 * @return whether nobody kept it from that
	 */
	public static boolean tryToWrite(Path file) {
		try (Connection connection = TestDatabase.open(file); Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA busy_timeout = 0");
			statement.execute("UPDATE moved SET times = times + 1");
			return true;
		}
		catch (SQLException ex) {
			if (ex.getErrorCode() != SQLiteErrorCode.SQLITE_BUSY.code) {
				throw new IllegalStateException(ex);
			}
			return false;
		}
	}

	/**
	 * Move money on a connection again and again.
	 */
	public static final class Mover implements AutoCloseable {

		private final Connection connection;

		private final Random random = new Random(1);

		private final int rows;

		private final PreparedStatement take;

		private final PreparedStatement give;

		private final PreparedStatement count;

		public Mover(Connection connection) throws SQLException {
			this.connection = connection;
			try (Statement statement = connection.createStatement()) {
				this.rows = statement.executeQuery("SELECT count(*) FROM checking").getInt(1);
			}
			connection.setAutoCommit(false);
			this.take = connection.prepareStatement("UPDATE checking SET amount = amount - ? WHERE id = ?");
			this.give = connection.prepareStatement("UPDATE savings SET amount = amount + ? WHERE id = ?");
			this.count = connection.prepareStatement("UPDATE moved SET times = times + 1");
		}

		/**
		 * Move some once, and commit.
		 */
		public void move() throws SQLException {
			int amount = this.random.nextInt(100);
			update(this.take, amount);
			update(this.give, amount);
			this.count.executeUpdate();
			this.connection.commit();
		}

		private void update(PreparedStatement statement, int amount) throws SQLException {
			statement.setInt(1, amount);
			statement.setInt(2, 1 + this.random.nextInt(this.rows));
			statement.executeUpdate();
		}

		@Override
		public void close() throws SQLException {
			this.take.close();
			this.give.close();
			this.count.close();
		}

	}

}
