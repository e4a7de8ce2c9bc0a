/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The volumes that files are on.
 */
final class Volumes {

	private static final Logger logger = LoggerFactory.getLogger(Volumes.class);

	private Volumes() {
	}

	/**
	 * Return whether two files are on one volume, as far as the file system tells. What
	 * does not exist yet is going to be on that of the directory that it is in.
	 * @param file one of them, which exists
	 * @param other the other one
	 * @return whether they are; not if that is unknown
	 */
	static boolean areOne(Path file, Path other) {
		try {
			FileStore own = Files.getFileStore(file);
			Path there = other.toAbsolutePath();
			for (Path above = there.getParent(); above != null
					&& FileState.of(there).isMissing(); above = above.getParent()) {
				there = above;
			}
			return own.equals(Files.getFileStore(there));
		}
		catch (IOException ex) {
			logger.debug("The volume of {} or {} is unknown", file, other, ex);
			return false;
		}
	}

}
