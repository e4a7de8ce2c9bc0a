/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/**
 * Puts into words what the file system reports.
 */
final class FileFailures {

	private FileFailures() {
	}

	static String describe(IOException ex) {
		if (ex instanceof AccessDeniedException) {
			return "access denied";
		}
		if (ex instanceof NoSuchFileException) {
			return "it is not there, or disappeared";
		}
		if (ex instanceof FileAlreadyExistsException || ex instanceof NotDirectoryException) {
			return "there is a file in its place";
		}
		String reason = (ex instanceof FileSystemException failure) ? failure.getReason() : ex.getMessage();
		return (reason != null) ? reason : ex.getClass().getSimpleName();
	}

	/**
	 * Return whether a name has more characters than the file system takes.
	 */
	static boolean isNameTooLong(IOException ex) {
		return describe(ex).toLowerCase(Locale.ROOT).contains("name too long");
	}

	/**
	 * Return whether the volume is full or the quota used up, which Java does not tell
	 * from other failures but by the words of the operating system.
	 */
	static boolean isNoRoom(IOException ex) {
		String words = describe(ex).toLowerCase(Locale.ROOT);
		return words.contains("no space left") || words.contains("quota exceeded")
				|| words.contains("not enough space");
	}

}
