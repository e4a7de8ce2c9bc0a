/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What became of one database: a failure is kept, so that the others get their turn.
 */
sealed interface BackupOutcome {

	String database();

	static BackupOutcome of(String database, SqliteBackupService backups, @Nullable String reason) {
		try {
			return new Done(database, backups.backup(reason));
		}
		catch (BackupException ex) {
			return new Failed(database, ex);
		}
		catch (RuntimeException | LinkageError ex) {
			return new Failed(database, unexpected("The backup of the database " + database, ex));
		}
	}

	/**
	 * Return the failure that nobody foresaw, after logging where it came from.
	 */
	static BackupException unexpected(String what, Throwable failure) {
		Throwable cause = Secrets.mask(failure);
		Failed.logger.warn("{} failed unexpectedly", what, cause);
		return new BackupException(what + " failed unexpectedly: " + cause,
				"This is a defect of Quartermaster Backup: please report it with the stack trace in the log.", cause);
	}

	/**
	 * It did not fail.
	 */
	record Done(String database, BackupResult result) implements BackupOutcome {
	}

	/**
	 * It failed.
	 */
	record Failed(String database, BackupException failure) implements BackupOutcome {

		private static final Logger logger = LoggerFactory.getLogger(BackupOutcome.class);

	}

}
