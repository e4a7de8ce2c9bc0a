/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * The names of files, as far as this process can express them. Without a locale of its
 * own, Java reads and writes names in ASCII: a directory {@code dätä} becomes
 * {@code d??t??}, which is not there, and would be made.
 */
final class FileNames {

	private static final String ENCODING = System.getProperty("sun.jnu.encoding", "");

	private static final boolean EVERY_CHARACTER = isUnicode(ENCODING);

	private FileNames() {
	}

	private static boolean isUnicode(String encoding) {
		try {
			return Charset.forName(encoding).newEncoder().canEncode("\u00e4\u6f22");
		}
		catch (IllegalArgumentException | UnsupportedOperationException ex) {
			return StandardCharsets.UTF_8.name().equalsIgnoreCase(encoding);
		}
	}

	/**
	 * Check that a path, or a text with one in it, has not lost characters on its way
	 * here. Each letter that is not ASCII is at least two bytes, and each of these
	 * becomes a question mark.
	 * @throws BackupException if it has
	 */
	static void requireWhole(String name) {
		if (!EVERY_CHARACTER && (name.contains("??") || name.contains("\ufffd"))) {
			throw inexpressible(name, null);
		}
	}

	/**
	 * Check that the directory that relative paths start from is the one that this
	 * process is in.
	 * @throws BackupException if Java names another one
	 */
	static void requireWorkingDirectory() {
		Path directory = Path.of("").toAbsolutePath();
		requireWhole(directory.toString());
	}

	/**
	 * Return the path of a file.
	 * @param name the path as a text
	 * @throws BackupException if this process cannot express it
	 */
	static Path path(String name) {
		try {
			return Path.of(name);
		}
		catch (InvalidPathException ex) {
			throw inexpressible(name, ex);
		}
	}

	/**
	 * Return the failure to name a file.
	 * @param name its name, or a URL with it
	 */
	static BackupException inexpressible(String name, @Nullable Exception cause) {
		return new BackupException(
				"The name of the file " + Secrets.maskUrl(name)
						+ " cannot be represented in this process's encoding of file names (" + ENCODING + ")",
				"Start the application in a UTF-8 locale, for example with LC_ALL=C.UTF-8 in its environment.",
				(cause != null) ? Secrets.mask(cause) : null);
	}

}
