/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import org.sqlite.Collation;
import org.sqlite.Function;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/**
 * Real SQLite files for tests: made, filled and read with SQLite itself.
 */
public final class TestDatabase {

	private TestDatabase() {
	}

	/**
	 * Make a database with a table {@code item} of the given number of rows.
	 */
	public static Path create(Path file, int rows, String... pragmas) {
		try (Connection connection = openUnflushed(file); Statement statement = connection.createStatement()) {
			for (String pragma : pragmas) {
				statement.execute("PRAGMA " + pragma);
			}
			statement.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)");
			statement.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + rows
					+ ") INSERT INTO item (name) SELECT 'item ' || i FROM n WHERE " + rows + " > 0");
			return file;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Make a database with an index whose collation is known to nobody else.
	 */
	public static void createWithOwnCollation(Path file) {
		createWithOwn(file, "CREATE TABLE item (name TEXT COLLATE BACKWARDS)", "CREATE INDEX item_name ON item (name)",
				"INSERT INTO item VALUES ('a'), ('b')");
	}

	/**
	 * Make a database by statements that may use a collation {@code BACKWARDS} and a
	 * function {@code own}, known to nobody else.
	 */
	public static void createWithOwn(Path file, String... statements) {
		try (Connection connection = open(file); Statement statement = connection.createStatement()) {
			Collation.create(connection, "BACKWARDS", new Collation() {

				@Override
				protected int xCompare(String left, String right) {
					return right.compareTo(left);
				}

			});
			Function.create(connection, "own", new Function() {

				@Override
				protected void xFunc() throws SQLException {
					result(value_text(0).length());
				}

			}, 1, Function.FLAG_DETERMINISTIC);
			for (String sql : String.join(";", statements).split(";")) {
				statement.execute(sql);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Make the file that a URL means for SQLite.
	 */
	public static void createAt(String url) {
		try (Connection connection = JDBC.createConnection(url, new SQLiteConfig().toProperties());
				Statement statement = connection.createStatement()) {
			statement.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)");
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Open a file like an application would, making it if need be.
	 */
	public static Connection open(Path file) throws SQLException {
		return JDBC.createConnection(url(file), new SQLiteConfig().toProperties());
	}

	/**
	 * Open a file for what others find when it is done: nobody pulls the plug of the
	 * machine, and to wait for the disk would be most of it.
	 */
	private static Connection openUnflushed(Path file) throws SQLException {
		SQLiteConfig config = new SQLiteConfig();
		config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
		return JDBC.createConnection(url(file), config.toProperties());
	}

	/**
	 * Return the URL of a file, whatever characters are in its name.
	 */
	public static String url(Path file) {
		return "jdbc:sqlite:file:" + file.toUri().getRawPath();
	}

	/**
	 * Run statements on a connection of their own.
	 */
	public static void execute(Path file, String... statements) {
		try (Connection connection = openUnflushed(file); Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return all bytes of a database, but for those in which SQLite counts how often it
	 * was written.
	 * @see <a href="https://www.sqlite.org/fileformat.html#the_database_header">The
	 * database header</a>
	 */
	public static byte[] bytes(Path file) {
		try {
			ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
			return bytes.putInt(24, 0).putInt(40, 0).putInt(92, 0).array();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the first column of all rows of a query, as text.
	 */
	public static List<String> query(Path file, String sql) {
		try (Connection connection = open(file);
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			List<String> values = new ArrayList<>();
			while (result.next()) {
				values.add(result.getString(1));
			}
			return values;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the names of all items, in order.
	 */
	public static List<String> items(Path file) {
		return query(file, "SELECT name FROM item ORDER BY id");
	}

	/**
	 * Return what SQLite finds when it looks at everything: {@code ok}, or the damage.
	 */
	public static List<String> check(Path file) {
		return query(file, "PRAGMA integrity_check");
	}

	/**
	 * Return the journal mode that connections of a database find, without changing it.
	 */
	public static String journalMode(Path file) {
		return query(file, "PRAGMA journal_mode").get(0);
	}

	/**
	 * Overwrite some bytes of a file that nobody has open.
	 */
	public static void overwrite(Path file, long position, byte... bytes) {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap(bytes), position);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Cut off the end of a file that nobody has open.
	 */
	public static void truncate(Path file, long size) {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
			channel.truncate(size);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
