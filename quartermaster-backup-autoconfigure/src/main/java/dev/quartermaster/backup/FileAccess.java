/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The way in which an application opens the file of its database and locks it, as far as
 * that matters to everybody else who opens it.
 *
 * @param vfs the name of the VFS, which is what locks, or {@code null} for the default
 * @param nolock whether the VFS is not to lock
 * @param exclusive whether a connection keeps its locks until it is closed
 * @param keyed whether connections are given a key, or something else that SQLite itself
 * does not know and that what encrypts databases does
 * @see <a href="https://www.sqlite.org/uri.html">URI file names</a>
 * @see <a href="https://www.sqlite.org/vfs.html">The SQLite OS interface</a>
 * @see <a href="https://www.sqlite.org/pragma.html#pragma_locking_mode">locking_mode</a>
 */
record FileAccess(@Nullable String vfs, boolean nolock, boolean exclusive, boolean keyed) {

	/**
	 * As SQLite does it by default.
	 */
	static final FileAccess STANDARD = new FileAccess(null, false, false, false);

	/**
	 * Locks by a file beside the database, which a process that is killed leaves behind.
	 */
	private static final String DOTFILE = "unix-dotfile";

	/**
	 * How the names of those end that do not lock, on all systems.
	 */
	private static final String WITHOUT_LOCKS = "-none";

	private static final Pattern PARAMETER = Pattern.compile("[?&]([^=&#]+)=([^&#]*)");

	private static final Pattern EXCLUSIVE = Pattern
		.compile("(?i)\\bpragma\\s+(?:\\w+\\s*\\.\\s*)?locking_mode\\s*[=(]\\s*['\"]?exclusive\\b");

	private static final Pattern KEY = Pattern
		.compile("(?i)\\bpragma\\s+(?:\\w+\\s*\\.\\s*)?(?:key|hexkey|textkey|cipher\\w*)\\b");

	/**
	 * Return what a URL says, to SQLite or to its driver.
	 */
	static FileAccess ofUrl(String url) {
		FileAccess access = STANDARD;
		Matcher parameters = PARAMETER.matcher(url);
		while (parameters.find()) {
			access = access.and(ofParameter(parameters.group(1), SqliteUrl.decode(parameters.group(2))));
		}
		return access;
	}

	/**
	 * Return what the properties say that a driver is given besides the URL.
	 */
	static FileAccess ofProperties(Map<?, ?> properties) {
		FileAccess access = STANDARD;
		for (Map.Entry<?, ?> property : properties.entrySet()) {
			String name = String.valueOf(property.getKey());
			// Only a URL is read by SQLite itself. A password many configure whose
			// database has none.
			if (!name.equals("vfs") && !name.equals("nolock") && !name.equals("password")) {
				access = access.and(ofParameter(name, String.valueOf(property.getValue())));
			}
		}
		return access;
	}

	/**
	 * Return what the statements say that each new connection runs.
	 */
	static FileAccess ofStatements(String sql) {
		return new FileAccess(null, false, EXCLUSIVE.matcher(sql).find(), KEY.matcher(sql).find());
	}

	/**
	 * Return what {@code PRAGMA locking_mode} answers.
	 */
	static FileAccess ofLockingMode(String mode) {
		return new FileAccess(null, false, mode.equalsIgnoreCase("exclusive"), false);
	}

	private static FileAccess ofParameter(String name, String value) {
		return switch (name.trim().toLowerCase(Locale.ROOT)) {
			case "vfs" -> new FileAccess(value, false, false, false);
			case "nolock" -> new FileAccess(null, isTrue(value), false, false);
			case "locking_mode" -> ofLockingMode(value.trim());
			case "key", "hexkey", "textkey", "password", "cipher", "hexkey_mode" ->
				new FileAccess(null, false, false, !value.isBlank());
			default -> STANDARD;
		};
	}

	/**
	 * Return whether SQLite takes a value for true. Where it is not plain, it is.
	 */
	private static boolean isTrue(String value) {
		return !value.matches("(?i)0+|no|false|off|");
	}

	/**
	 * Return this together with what somebody else says.
	 */
	FileAccess and(FileAccess other) {
		return new FileAccess((other.vfs != null) ? other.vfs : this.vfs, this.nolock || other.nolock,
				this.exclusive || other.exclusive, this.keyed || other.keyed);
	}

	/**
	 * Return whether connections keep out of each other's way at all.
	 */
	boolean locks() {
		return !this.nolock && !(this.vfs != null && this.vfs.endsWith(WITHOUT_LOCKS));
	}

	/**
	 * Return what keeps them from locking, as it is written in a URL.
	 */
	String whyUnlocked() {
		return this.nolock ? "nolock=1" : "vfs=" + this.vfs;
	}

	/**
	 * Return whether locks are files beside the database.
	 */
	boolean locksByFile() {
		return DOTFILE.equals(this.vfs);
	}

	/**
	 * Return the parameters that each further connection has to have in its URL: none, or
	 * as they are written there.
	 */
	String parameters() {
		return Stream.of((this.vfs != null) ? "vfs=" + this.vfs : "", this.nolock ? "nolock=1" : "")
			.filter((parameter) -> !parameter.isEmpty())
			.collect(Collectors.joining("&"));
	}

}
