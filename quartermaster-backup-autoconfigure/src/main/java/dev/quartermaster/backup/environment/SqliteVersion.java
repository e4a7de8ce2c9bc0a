/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.environment;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of SQLite.
 *
 * @param major the first number
 * @param minor the second number, of a branch
 * @param patch the third number, within the branch
 */
record SqliteVersion(int major, int minor, int patch) implements Comparable<SqliteVersion> {

	private static final Pattern TEXT = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?(?:\\D.*)?");

	private static final SqliteVersion FIRST_WITH_BUG = new SqliteVersion(3, 7, 0);

	private static final SqliteVersion LAST_WITH_BUG = new SqliteVersion(3, 51, 2);

	/**
	 * The older branches in which the bug was fixed, too.
	 */
	private static final SqliteVersion[] FIXED = { new SqliteVersion(3, 44, 6), new SqliteVersion(3, 50, 7) };

	/**
	 * Return the version that a text means.
	 * @param text a version as SQLite writes it, such as {@code 3.50.3}
	 * @return the version, or empty if it is none
	 */
	static Optional<SqliteVersion> parse(String text) {
		Matcher numbers = TEXT.matcher(text.trim());
		if (!numbers.matches()) {
			return Optional.empty();
		}
		String patch = numbers.group(3);
		return Optional.of(new SqliteVersion(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)),
				(patch != null) ? Integer.parseInt(patch) : 0));
	}

	/**
	 * Return whether this one can corrupt a database in WAL mode when two connections
	 * write or checkpoint at the same moment.
	 * @see <a href="https://www.sqlite.org/wal.html">Write-Ahead Logging: The WAL-Reset
	 * Bug</a>
	 */
	boolean hasWalResetBug() {
		for (SqliteVersion fixed : FIXED) {
			if (this.major == fixed.major && this.minor == fixed.minor && this.patch >= fixed.patch) {
				return false;
			}
		}
		return compareTo(FIRST_WITH_BUG) >= 0 && compareTo(LAST_WITH_BUG) <= 0;
	}

	@Override
	public int compareTo(SqliteVersion other) {
		return Comparator.comparingInt(SqliteVersion::major)
			.thenComparingInt(SqliteVersion::minor)
			.thenComparingInt(SqliteVersion::patch)
			.compare(this, other);
	}

	@Override
	public String toString() {
		return this.major + "." + this.minor + "." + this.patch;
	}

}
