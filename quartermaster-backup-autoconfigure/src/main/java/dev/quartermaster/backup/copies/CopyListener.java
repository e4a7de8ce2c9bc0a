/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;
import java.time.Duration;

import dev.quartermaster.backup.BackupException;

/**
 * A listener to the copies elsewhere. Called on the thread that copies.
 */
public interface CopyListener {

	/**
	 * A snapshot is at a place, whole.
	 * @param database the file of the database
	 * @param place where it is, for people to read
	 * @param sent whether it was sent, and not found there
	 * @param took how long that took
	 */
	default void onCopied(Path database, String place, boolean sent, Duration took) {
	}

	/**
	 * A place has all snapshots of a database that it is to get.
	 * @param database the file of the database
	 * @param place where it is, for people to read
	 */
	default void onComplete(Path database, String place) {
	}

	/**
	 * A snapshot could not be copied. It is tried again.
	 * @param database the file of the database
	 * @param place where to, for people to read
	 * @param failure why
	 * @param took how long that took
	 */
	default void onFailure(Path database, String place, BackupException failure, Duration took) {
	}

}
