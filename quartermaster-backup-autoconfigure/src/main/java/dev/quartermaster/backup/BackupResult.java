/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The result of a backup that did not fail.
 */
public sealed interface BackupResult {

	/**
	 * Return the file of the database that was to be backed up.
	 * @return the absolute path
	 */
	Path database();

	/**
	 * A snapshot was taken and published.
	 *
	 * @param database the file of the database
	 * @param snapshot the snapshot
	 * @param verification what the check of it found. A corrupt database is copied all
	 * the same, since it is all that there is: look here before relying on it
	 * @param took how long the whole of it took
	 */
	record Created(Path database, Snapshot snapshot, Verification verification, Duration took) implements BackupResult {

	}

	/**
	 * The newest snapshot already is, to the byte, what a new one would have been. It was
	 * kept, and no new one was made.
	 *
	 * @param database the file of the database
	 * @param snapshot the newest snapshot
	 * @param verification what a check of the same content found just now
	 * @param took how long it took to find out
	 */
	record Unchanged(Path database, Snapshot snapshot, Verification verification,
			Duration took) implements BackupResult {
	}

	/**
	 * There was nothing to back up: the file does not exist, is empty, or holds a
	 * database in which no table was ever made.
	 *
	 * @param database the file of the database
	 */
	record NothingToBackUp(Path database) implements BackupResult {
	}

}
