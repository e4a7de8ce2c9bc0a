/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

import dev.quartermaster.backup.support.TestDatabase;

/**
 * Databases like those of an application: rows of text of all lengths, some with a blob,
 * an index. The same size always gives the same content.
 */
public final class BenchmarkDatabase {

	private static final int ROWS_PER_COMMIT = 200;

	private static final String[] WORDS = { "lantern", "rope", "hammer", "crate", "barrel", "storeroom", "workshop",
			"delivered", "missing", "counted", "returned", "broken", "and", "the", "of", "with", "for" };

	private BenchmarkDatabase() {
	}

	/**
	 * Make a database of a size, with a rollback journal.
	 */
	public static Path create(Path file, int megabytes) throws SQLException {
		try (Connection connection = TestDatabase.open(file); Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA synchronous = OFF");
			statement.execute("CREATE TABLE document (id INTEGER PRIMARY KEY, author TEXT NOT NULL,"
					+ " created INTEGER NOT NULL, body TEXT NOT NULL, attachment BLOB)");
			statement.execute("CREATE INDEX document_by_author ON document (author, created)");
			fill(connection, statement, megabytes * 1024L * 1024L);
		}
		return file;
	}

	private static void fill(Connection connection, Statement statement, long bytes) throws SQLException {
		Random random = new Random(42);
		connection.setAutoCommit(false);
		try (PreparedStatement insert = connection
			.prepareStatement("INSERT INTO document (author, created, body, attachment) VALUES (?, ?, ?, ?)")) {
			while (size(statement) < bytes) {
				for (int i = 0; i < ROWS_PER_COMMIT; i++) {
					insert.setString(1, "author " + random.nextInt(10_000));
					insert.setLong(2, 1_700_000_000L + random.nextInt(100_000_000));
					insert.setString(3, text(random));
					insert.setBytes(4, (random.nextInt(4) == 0) ? blob(random) : null);
					insert.addBatch();
				}
				insert.executeBatch();
				connection.commit();
			}
		}
		connection.setAutoCommit(true);
	}

	private static long size(Statement statement) throws SQLException {
		try (ResultSet result = statement
			.executeQuery("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")) {
			return result.next() ? result.getLong(1) : 0;
		}
	}

	private static String text(Random random) {
		StringBuilder text = new StringBuilder();
		for (int words = 10 + random.nextInt(200); words > 0; words--) {
			text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
		}
		return text.toString();
	}

	private static byte[] blob(Random random) {
		byte[] blob = new byte[random.nextInt(12_000)];
		random.nextBytes(blob);
		return blob;
	}

	/**
	 * Turn on the write-ahead log and leave something in it, like an application that is
	 * running.
	 * @return the connection that keeps it there, to be closed
	 */
	public static Connection keepInWriteAheadLog(Path file) throws SQLException {
		Connection connection = TestDatabase.open(file);
		try (Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode = WAL");
			statement.execute("UPDATE document SET created = created + 1 WHERE id < 200");
		}
		return connection;
	}

	/**
	 * Change one row, as any application does between two snapshots.
	 */
	static void change(Path file) {
		TestDatabase.execute(file, "UPDATE document SET created = created + 1 WHERE id = 1");
	}

}
