/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

/**
 * A listener to backups and restores: the one extension point, for metrics, events and
 * copies kept elsewhere. Called on the thread that takes the backup, after the snapshot
 * is on disk. An exception thrown by a listener is logged and does not affect the backup.
 */
public interface BackupListener {

	/**
	 * A listener that does nothing.
	 */
	BackupListener NONE = new BackupListener() {
	};

	/**
	 * A copy, for a backup or a restore, has come so far. Called several times a second
	 * while it is made. Must be quick: somebody may be waiting for the database.
	 * @param database the file of the database
	 * @param bytes how many bytes were copied
	 * @param totalBytes how many there are
	 */
	default void onProgress(Path database, long bytes, long totalBytes) {
	}

	/**
	 * The check of a copy or a snapshot has come so far. Called often while it is made,
	 * and must be quick. SQLite looks at every page once, which is counted, and then at
	 * the rows, whose number it does not tell: meanwhile {@code bytes} stays at
	 * {@code totalBytes}.
	 * @param file the file that is checked
	 * @param bytes how many bytes were checked
	 * @param totalBytes how many there are
	 */
	default void onCheckProgress(Path file, long bytes, long totalBytes) {
	}

	/**
	 * A backup ended without failing.
	 * @param result what it came to
	 */
	default void onResult(BackupResult result) {
	}

	/**
	 * A backup ended without failing. Whoever does not need to know more than what it
	 * came to implements {@link #onResult(BackupResult)}, which this calls.
	 * @param result what it came to
	 * @param attempt why it was made, and how long it took
	 */
	default void onResult(BackupResult result, BackupAttempt attempt) {
		onResult(result);
	}

	/**
	 * Something was to be warned of during a backup or a restore. Called when that has
	 * ended, even if it failed. The log has the same, and more: it also has what is found
	 * out between backups, which is not repeated.
	 * @param message what it is, in one or more sentences
	 */
	default void onWarning(String message) {
	}

	/**
	 * A migration succeeded, changed something, and was compared with the snapshot from
	 * before it. If it lost data, that is told here and in the log; what is thrown here
	 * does not stop anything.
	 * @param comparison what it changed and lost
	 */
	default void onMigrated(MigrationComparison comparison) {
	}

	/**
	 * A backup failed.
	 * @param failure why
	 */
	default void onFailure(BackupException failure) {
	}

	/**
	 * A backup failed. Whoever does not need to know more than why implements
	 * {@link #onFailure(BackupException)}, which this calls.
	 * @param failure why
	 * @param attempt of which database it was, if that is known, why it was made, and how
	 * long it took
	 */
	default void onFailure(BackupException failure, BackupAttempt attempt) {
		onFailure(failure);
	}

	/**
	 * Snapshots that the retention policy lets go were removed after a backup, or some
	 * could not be. Called after each backup of a database that has a policy, also when
	 * none may go, unless none may be removed since the database is damaged or gone.
	 * @param result which
	 */
	default void onPruned(PruneResult result) {
	}

	/**
	 * A restore drill ended.
	 * @param result whether the snapshot could be restored
	 */
	default void onDrilled(DrillResult result) {
	}

}
