/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The path of a backup directory as somebody writes it. What only a shell, or something
 * else than the file system, makes sense of is no directory of that name: nobody would
 * look there for a snapshot. It is refused when there is a snapshot to take or to look
 * for, and not before, since an application starts without one.
 */
final class BackupDirectoryPath {

	private static final Pattern FILE_URL = Pattern.compile("(?i)file:(?://[^/]*(?=/|$))?(.*)");

	/**
	 * With a slash before it, as in a URL.
	 */
	private static final Pattern DRIVE = Pattern.compile("^/(?=[A-Za-z]:)");

	/**
	 * Of more than one letter, which would be a drive.
	 */
	private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*");

	private static final Pattern VARIABLE = Pattern.compile("\\$\\{?[A-Za-z_]|%[A-Za-z_]+%");

	private BackupDirectoryPath() {
	}

	/**
	 * Return the path that a text means.
	 */
	static Path of(String text) {
		Matcher url = FILE_URL.matcher(text.trim());
		return Path.of(url.matches() ? DRIVE.matcher(SqliteUrl.decode(url.group(1))).replaceFirst("") : text.trim());
	}

	/**
	 * Check that a path is one.
	 * @throws BackupException if it is not
	 */
	static Path require(Path directory) {
		FileNames.requireWhole(directory.toString());
		String first = directory.isAbsolute() ? "" : directory.getName(0).toString();
		if (first.startsWith("~")) {
			throw refused(directory, "begins with " + first + ", which only a shell expands");
		}
		if (VARIABLE.matcher(directory.toString()).find() && !isThere(directory)) {
			throw refused(directory, "contains a variable that has not been replaced");
		}
		Matcher scheme = SCHEME.matcher(first);
		if (scheme.matches()) {
			throw refused(directory, "begins with " + scheme.group(1) + ":, but it must be a path in the file system");
		}
		return directory;
	}

	private static boolean isThere(Path directory) {
		try {
			return FileState.of(directory).kind() == FileState.Kind.DIRECTORY;
		}
		catch (IOException ex) {
			// Whoever uses it finds that out, and says what to do.
			return true;
		}
	}

	private static BackupException refused(Path directory, String why) {
		return new BackupException("The backup directory " + directory + " " + why,
				"Set quartermaster.backup.dir to an absolute path, such as /srv/backups.", null);
	}

}
