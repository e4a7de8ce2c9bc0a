/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The state of a file, as its attributes alone tell it: nothing is opened, so that a live
 * database loses no locks and a pipe keeps nobody waiting.
 * <p>
 * Only what the file system says is not there is missing. Whatever else keeps it from
 * telling is an error, where {@link java.io.File} says that there is no such file, or
 * that it has no bytes.
 *
 * @param kind what kind of file it is
 * @param size how many bytes a regular file has, otherwise 0
 */
public record FileState(Kind kind, long size) {

	private static final FileState MISSING = new FileState(Kind.MISSING, 0);

	/**
	 * Look at a file.
	 * @param file the file
	 * @param options whether links are followed; if not, one is a {@link Kind#LINK}
	 * @return what is there
	 * @throws IOException if that cannot be determined
	 */
	public static FileState of(Path file, LinkOption... options) throws IOException {
		BasicFileAttributes attributes;
		try {
			attributes = Files.readAttributes(file, BasicFileAttributes.class, options);
		}
		catch (NoSuchFileException ex) {
			requireDirectoriesOnTheWay(file);
			return MISSING;
		}
		if (attributes.isRegularFile()) {
			return new FileState(Kind.REGULAR, attributes.size());
		}
		return new FileState(
				attributes.isDirectory() ? Kind.DIRECTORY : attributes.isSymbolicLink() ? Kind.LINK : Kind.SPECIAL, 0);
	}

	/**
	 * To Java 25, what would lie below a file is missing. To older versions, that is an
	 * error, as it is to SQLite.
	 */
	private static void requireDirectoriesOnTheWay(Path file) throws IOException {
		for (Path above = file.toAbsolutePath().getParent(); above != null; above = above.getParent()) {
			try {
				if (!Files.readAttributes(above, BasicFileAttributes.class).isDirectory()) {
					throw new FileSystemException(file.toString(), null, "Not a directory");
				}
				return;
			}
			catch (NoSuchFileException ex) {
				// It lies above that.
			}
		}
	}

	/**
	 * Look at the file of a database, or at one that SQLite keeps beside it.
	 * @param database the file
	 * @return what is there: a regular file, or nothing
	 * @throws BackupException if that cannot be determined, or it is something else
	 */
	public static FileState ofDatabase(Path database) {
		try {
			FileState state = of(database);
			if (state.isMissing() || state.kind == Kind.REGULAR) {
				return state;
			}
			throw new BackupException("The database " + database + " is not a file but " + state.kind,
					"Check that the application is configured with the right file.", null);
		}
		catch (IOException ex) {
			throw new BackupException(
					"The database " + database + " could not be examined (" + FileFailures.describe(ex)
							+ "), so it is unknown whether it contains data",
					"Check that the path is correct and that this process has access to every directory on it."
							+ ((ex instanceof AccessDeniedException) ? "" : " Check the disk as well."),
					ex);
		}
	}

	/**
	 * Return whether there are no bytes under a path. What cannot be looked at is not
	 * empty: whoever takes a snapshot of it says so.
	 */
	static boolean isKnownToBeEmpty(Path file) {
		try {
			return of(file).isEmpty();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Return whether there is nothing under the path.
	 * @return whether it is missing
	 */
	public boolean isMissing() {
		return this.kind == Kind.MISSING;
	}

	/**
	 * Return whether there are no bytes: because there is no file, or because it has
	 * none.
	 * @return whether it is missing or a regular file of zero bytes
	 */
	public boolean isEmpty() {
		return isMissing() || (this.kind == Kind.REGULAR && this.size == 0);
	}

	/**
	 * What kind of file there is.
	 */
	public enum Kind {

		/**
		 * None.
		 */
		MISSING("nothing"),

		/**
		 * A file that holds bytes.
		 */
		REGULAR("a regular file"),

		/**
		 * A directory.
		 */
		DIRECTORY("a directory"),

		/**
		 * A symbolic link that was not to be followed.
		 */
		LINK("a symbolic link"),

		/**
		 * Something else, which may keep waiting whoever opens it.
		 */
		SPECIAL("a pipe, a socket or a device");

		private final String words;

		Kind(String words) {
			this.words = words;
		}

		/**
		 * Return what it is in words.
		 */
		@Override
		public String toString() {
			return this.words;
		}

	}

}
