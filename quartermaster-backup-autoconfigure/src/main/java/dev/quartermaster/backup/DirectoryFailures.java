/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/**
 * The failures to use a backup directory, with what the user can do.
 */
final class DirectoryFailures {

	private DirectoryFailures() {
	}

	/**
	 * Return the failure to find out what is in it.
	 */
	static BackupException notReadable(Path directory, IOException ex) {
		return new BackupException(
				"The backup directory " + directory + " cannot be read (" + FileFailures.describe(ex) + ")",
				"Give this process read access to it" + ownerOf(directory, ex)
						+ ", or choose another directory with quartermaster.backup.dir.",
				ex);
	}

	/**
	 * Return the failure to make or name a file in it.
	 */
	static BackupException notWritable(Path directory, IOException ex) {
		String message = "The backup directory " + directory + " cannot be written to (" + FileFailures.describe(ex)
				+ ")";
		if (FileFailures.isNoRoom(ex)) {
			return new NoRoomException(message,
					"Free some space, or choose another directory with quartermaster.backup.dir.", ex);
		}
		if (ex instanceof ClosedByInterruptException) {
			return FileFailures.interrupted("No snapshot was taken in " + directory, ex);
		}
		if (FileFailures.isNameTooLong(ex)) {
			return new BackupException(message, "Use a shorter reason, or give the database file a shorter name.", ex);
		}
		return new BackupException(message, "Give this process write access to it" + ownerOf(directory, ex)
				+ ", or choose another directory with quartermaster.backup.dir.", ex);
	}

	/**
	 * Return whose the directory is, if that may be why it cannot be used.
	 */
	private static String ownerOf(Path directory, IOException ex) {
		return (ex instanceof AccessDeniedException) ? FileOwner.hint(directory) : "";
	}

}
