/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * Is told of every backup: the one extension point, for metrics, events and copies kept
 * elsewhere. Called on the thread that takes the backup, after the snapshot is on disk.
 * An exception thrown by a listener is logged and does not affect the backup.
 */
public interface BackupListener {

	/**
	 * A backup ended without failing.
	 * @param result what it came to
	 */
	default void onResult(BackupResult result) {
	}

	/**
	 * A backup failed.
	 * @param failure why
	 */
	default void onFailure(BackupException failure) {
	}

}
