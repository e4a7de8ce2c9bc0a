/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The name of the file with a planned restore, which tells how far that has come.
 *
 * @param directory the directory that it lies in
 * @param database what stands for the database in the name
 * @param mark how far it has come
 */
record PlannedRestoreName(Path directory, String database, Mark mark) {

	private static final Logger logger = LoggerFactory.getLogger(PlannedRestoreName.class);

	private static final String PREFIX = OwnFile.PREFIX + "restore-";

	private static final String SUFFIX = ".json";

	/**
	 * Return the file of that name, which need not exist.
	 */
	Path file() {
		return this.directory.resolve(PREFIX + this.mark.word + "-" + this.database + SUFFIX);
	}

	boolean isThere() throws IOException {
		try {
			return !FileState.of(file(), LinkOption.NOFOLLOW_LINKS).isMissing();
		}
		catch (FileSystemException ex) {
			if (isBelowFile()) {
				// Nothing can be there. Whoever wants to write there says that it cannot.
				return false;
			}
			throw ex;
		}
	}

	private boolean isBelowFile() {
		for (Path above = this.directory.toAbsolutePath(); above != null; above = above.getParent()) {
			try {
				if (Files.readAttributes(above, BasicFileAttributes.class).isRegularFile()) {
					return true;
				}
			}
			catch (IOException ex) {
				// This one may be below a file, too.
				logger.debug("{} could not be looked at", above, ex);
			}
		}
		return false;
	}

	PlannedRestoreName with(Mark mark) {
		return new PlannedRestoreName(this.directory, this.database, mark);
	}

	/**
	 * How far a planned restore has come. In this order one counts before the next.
	 */
	enum Mark {

		/**
		 * What was there is kept, and the database may have been written to.
		 */
		WRITING("writing", PlannedRestore.Stage.BEGUN),

		/**
		 * It was begun, and the database was not written to yet.
		 */
		BEGUN("begun", PlannedRestore.Stage.BEGUN),

		/**
		 * It is planned.
		 */
		PLANNED("planned", PlannedRestore.Stage.PLANNED),

		/**
		 * It was not carried out.
		 */
		FAILED("failed", PlannedRestore.Stage.FAILED);

		private final String word;

		private final PlannedRestore.Stage stage;

		Mark(String word, PlannedRestore.Stage stage) {
			this.word = word;
			this.stage = stage;
		}

		PlannedRestore.Stage stage() {
			return this.stage;
		}

	}

}
