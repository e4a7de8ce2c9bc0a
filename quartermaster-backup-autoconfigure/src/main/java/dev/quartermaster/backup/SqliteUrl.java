/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Pattern;

import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * Finds the file that a URL means, without making it and without changing how it is kept:
 * parameters such as {@code journal_mode} are the application's to apply.
 */
final class SqliteUrl {

	/**
	 * As SQLAlchemy writes it: an empty authority, then the path after one more slash.
	 */
	private static final String SQLALCHEMY = "sqlite:///";

	private static final Pattern IN_MEMORY = Pattern.compile("(file:)?(:memory:)?|.*[?&](mode=memory|vfs=memdb)\\b.*");

	private SqliteUrl() {
	}

	static Path toFile(String url) {
		String name;
		if (url.startsWith(JDBC.PREFIX)) {
			name = url.substring(JDBC.PREFIX.length());
		}
		else if (url.startsWith(SQLALCHEMY)) {
			name = url.substring(SQLALCHEMY.length());
		}
		else if (url.equals("sqlite://") || url.equals("sqlite:")) {
			name = "";
		}
		else {
			throw new UnsupportedDatabaseException("The database is " + productOf(url) + ", not SQLite",
					"Give the URL of a SQLite database, as in jdbc:sqlite:app.db or sqlite:///app.db.", null);
		}
		String path = name.split("\\?", 2)[0];
		if (IN_MEMORY.matcher(name).matches() || IN_MEMORY.matcher(path).matches()) {
			throw SqliteDatabase.inMemory();
		}
		return existing(path);
	}

	/**
	 * Return what kind of database a URL names: no more of it, since the rest may hold a
	 * password.
	 */
	private static String productOf(String url) {
		String[] parts = url.split(":", 3);
		return "jdbc".equals(parts[0]) && parts.length > 1 ? parts[0] + ":" + parts[1] : parts[0];
	}

	private static Path existing(String name) {
		SQLiteConfig config = new SQLiteConfig();
		config.resetOpenMode(SQLiteOpenMode.CREATE);
		try (Connection connection = JDBC.createConnection(JDBC.PREFIX + name, config.toProperties())) {
			return SqliteDatabase.locate(connection);
		}
		catch (SQLException ex) {
			return missing(name);
		}
	}

	private static Path missing(String name) {
		if (!name.startsWith("file:")) {
			return new File(name).toPath().toAbsolutePath().normalize();
		}
		String path = name.substring("file:".length());
		if (path.startsWith("//")) {
			int slash = path.indexOf('/', 2);
			path = (slash < 0) ? "" : path.substring(slash);
		}
		String decoded = URI.create("file:///" + path.replace(" ", "%20")).getPath().substring(1);
		return Path.of(decoded).toAbsolutePath().normalize();
	}

}
