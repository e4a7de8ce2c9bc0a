/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.sqlite.JDBC;

/**
 * The URL of a SQLite database: the only class that writes one, and that reads what one
 * names.
 *
 * @see <a href="https://www.sqlite.org/uri.html">URI file names</a>
 */
final class SqliteUrl {

	/**
	 * As SQLAlchemy writes it: an empty authority, then the path after one more slash.
	 */
	private static final String SQLALCHEMY = "sqlite:///";

	private static final Pattern IN_MEMORY = Pattern.compile("(file:)?(:memory:)?|.*[?&](mode=memory|vfs=memdb)\\b.*");

	private static final Pattern PRODUCT = Pattern.compile("(?i)(?!(?:jdbc:)?sqlite:)((?:jdbc:)?[a-z0-9+.-]+):");

	/**
	 * What sqlite-jdbc calls a database on the class path, of which it makes a temporary
	 * copy.
	 */
	private static final String RESOURCE = ":resource:";

	/**
	 * What comes before the name of the file, in the URL of any driver.
	 */
	private static final String SCHEME = "sqlite:";

	/**
	 * How the name of a file begins that is a URI.
	 */
	private static final String URI = "file:";

	/**
	 * What has a meaning of its own in a URL, or would have one once something is
	 * escaped.
	 */
	private static final Pattern SPECIAL = Pattern.compile("[?#%]");

	private static final Pattern ESCAPES = Pattern.compile("(?:%[0-9A-Fa-f]{2})+");

	private SqliteUrl() {
	}

	/**
	 * Return the URL of a file.
	 * @param file the absolute path of the file
	 * @param parameters what it says besides, as {@code name=value&name=value}, or
	 * nothing
	 */
	static String of(Path file, String parameters) {
		boolean plain = parameters.isEmpty() && !SPECIAL.matcher(file.toString()).find();
		return of(plain ? file.toString() : uri(file, parameters));
	}

	/**
	 * Return the URL with a name under which SQLite opens a file.
	 */
	static String of(String name) {
		return JDBC.PREFIX + name;
	}

	/**
	 * Return the name under which SQLite opens a file, as a URI.
	 * @param file the absolute path of the file
	 * @param parameters what it says besides, as {@code name=value&name=value}, or
	 * nothing
	 */
	static String uri(Path file, String parameters) {
		return URI + file.toUri().getRawPath() + (parameters.isEmpty() ? "" : "?" + parameters);
	}

	/**
	 * Return a URL with another file in it, and all the rest as it is.
	 * @param url the URL of a SQLite database, also of a driver that wraps SQLite's
	 * @param file the absolute path of the file
	 */
	static String withFile(String url, Path file) {
		int start = url.indexOf(SCHEME) + SCHEME.length();
		int parameters = url.indexOf('?', start);
		// A plain name may say things that a URI says in another way, or not at all.
		boolean plain = !url.startsWith(URI, start) && !SPECIAL.matcher(file.toString()).find();
		return url.substring(0, start) + (plain ? file.toString() : uri(file, ""))
				+ ((parameters < 0) ? "" : url.substring(parameters));
	}

	/**
	 * Return under which name SQLite opens the file of a URL, without parameters.
	 * @param url a JDBC URL, or one as SQLAlchemy writes it
	 * @throws UnsupportedDatabaseException if it is of another database than SQLite, or
	 * one without a file
	 */
	static String name(String url) {
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
			throw new UnsupportedDatabaseException(notSqlite(url),
					"Use the URL of a SQLite database, such as jdbc:sqlite:app.db or sqlite:///app.db.", null);
		}
		String path = name.split("\\?", 2)[0];
		if (IN_MEMORY.matcher(name).matches() || IN_MEMORY.matcher(path).matches()) {
			throw UnsupportedDatabaseException.inMemory();
		}
		if (path.startsWith(RESOURCE)) {
			throw new UnsupportedDatabaseException("The SQLite database is a resource on the class path, not a file",
					"It cannot be changed, so there is nothing to back up.", null);
		}
		return path;
	}

	/**
	 * Say what kind of database a URL names: no more of it, since the rest may hold a
	 * password.
	 */
	private static String notSqlite(String url) {
		Matcher product = PRODUCT.matcher(url);
		return product.lookingAt() ? "The database is " + product.group(1) + ", not SQLite"
				: "The URL of the database begins neither with " + JDBC.PREFIX + " nor with " + SQLALCHEMY;
	}

	/**
	 * Return whether a URL is of SQLite's own driver or has nothing to do with SQLite.
	 * Drivers that wrap another one write it into their URLs.
	 */
	static boolean isPlain(String url) {
		return url.startsWith(JDBC.PREFIX) || (url.startsWith("jdbc:") && !url.contains(":sqlite:"));
	}

	/**
	 * Return which file SQLite opens under a name, without asking it.
	 * @param name a path, or a URI
	 */
	static Path path(String name) {
		FileNames.requireWorkingDirectory();
		if (!name.startsWith(URI)) {
			return new File(name).toPath().toAbsolutePath().normalize();
		}
		String path = name.substring(URI.length()).split("#", 2)[0];
		if (path.startsWith("//")) {
			int slash = path.indexOf('/', 2);
			path = (slash < 0) ? "" : path.substring(slash);
		}
		return Path.of(decode(path)).toAbsolutePath().normalize();
	}

	/**
	 * Decode as leniently as SQLite does, which takes characters that are not allowed in
	 * a URI as they are.
	 */
	static String decode(String path) {
		return ESCAPES.matcher(path)
			.replaceAll((escapes) -> Matcher.quoteReplacement(
					new String(HexFormat.of().parseHex(escapes.group().replace("%", "")), StandardCharsets.UTF_8)));
	}

}
