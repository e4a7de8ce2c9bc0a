/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reports of a database's backups and restores, to the log and to the listener. A
 * listener that fails affects nothing.
 *
 * @param listener the listener
 */
record BackupReport(BackupListener listener) {

	private static final Logger logger = LoggerFactory.getLogger(BackupReport.class);

	/**
	 * Report a backup that did not fail.
	 */
	void result(BackupResult result, BackupAttempt attempt) {
		tell((listener) -> listener.onResult(result, attempt));
	}

	/**
	 * Report a backup that failed.
	 */
	void failure(BackupException failure, BackupAttempt attempt) {
		tell((listener) -> listener.onFailure(failure, attempt));
	}

	/**
	 * Report what retention removed, or could not.
	 */
	void pruned(PruneResult result) {
		tell((listener) -> listener.onPruned(result));
	}

	/**
	 * Report a restore drill.
	 */
	void drilled(DrillResult result) {
		tell((listener) -> listener.onDrilled(result));
	}

	private void tell(Consumer<BackupListener> message) {
		try {
			message.accept(this.listener);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("A backup listener failed. The backup itself is not affected.", Secrets.mask(ex));
		}
	}

	/**
	 * Return the progress of a copy, for a backup or a restore.
	 * @param database the file of the database
	 */
	Progress copyOf(Path database) {
		Progress log = BackupLog.progressOf(database);
		return (bytes, totalBytes) -> {
			log.at(bytes, totalBytes);
			this.listener.onProgress(database, bytes, totalBytes);
		};
	}

	/**
	 * Return the progress of the check of a file.
	 * @param file the file
	 */
	Progress checkOf(Path file) {
		return (bytes, totalBytes) -> this.listener.onCheckProgress(file, bytes, totalBytes);
	}

}
