/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One published copy of a database and what is known of it.
 *
 * @param name its name
 * @param file where it is, as an absolute path
 * @param takenAt when it was taken, to the second, in the configured time zone
 * @param size its size in bytes
 * @param live whether the file is the live database itself under another name, and so no
 * copy any more
 */
public record Snapshot(SnapshotName name, Path file, ZonedDateTime takenAt, long size, boolean live) {

	private static final Logger logger = LoggerFactory.getLogger(Snapshot.class);

	/**
	 * Return whether this may be a state of the database to go back to, or to compare it
	 * with, when nobody names a snapshot: it is a copy, and no state that was replaced.
	 * @return whether it may
	 */
	public boolean isCandidate() {
		return !this.live && !isReplacedState();
	}

	/**
	 * Return whether this is a state that was replaced by an older one: kept by a
	 * restore, or after a migration that failed. Nobody goes back to it, or takes it for
	 * the newest state of the database, without being told to.
	 * @return whether it is
	 */
	public boolean isReplacedState() {
		return this.name.reason().isReplacedState();
	}

	/**
	 * Return whether a copy has the same content, to the byte. Two copies of an unchanged
	 * database have.
	 * @param copy the file of the copy
	 * @return whether it has; {@code false} as well if that cannot be determined
	 */
	public boolean hasSameContentAs(Path copy) {
		try {
			return Files.size(copy) == this.size && FileContent.isSame(copy, this.file);
		}
		catch (IOException ex) {
			// Removed in the meantime, or not ours to read: then the copy is needed.
			logger.debug("Could not compare with {}", this.file, ex);
			return false;
		}
	}

}
