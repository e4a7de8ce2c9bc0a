/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.UnsupportedDatabaseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The case that there is no snapshot before a migration: it is said, and unless the user
 * wants the migration to be refused then, that is all.
 */
final class MissingSnapshot {

	private static final Logger logger = LoggerFactory.getLogger(MissingSnapshot.class);

	private final OnBackupFailure onFailure;

	/**
	 * The databases of which it was said that there are no snapshots, in words.
	 */
	private final Set<String> unsupported = ConcurrentHashMap.newKeySet();

	MissingSnapshot(OnBackupFailure onFailure) {
		this.onFailure = onFailure;
	}

	/**
	 * Handle a backup that failed, or a database of which there are no backups, which
	 * stops no migration.
	 * @throws MigrationRefusedException if there is to be no migration without one
	 */
	void because(BackupException failure) {
		if (failure instanceof UnsupportedDatabaseException unsupported) {
			if (this.unsupported.add(unsupported.getProblem())) {
				logger.info("No snapshot before the migration: {}", unsupported.getProblem());
			}
			return;
		}
		if (this.onFailure == OnBackupFailure.ABORT) {
			throw new MigrationRefusedException(failure);
		}
		logger.warn("NO SNAPSHOT was taken before the migration, which continues without one. {}",
				failure.getMessage());
	}

	/**
	 * Handle a failure that nobody foresaw.
	 * @throws MigrationRefusedException if there is to be no migration without a snapshot
	 */
	void unexpectedly(Throwable failure) {
		Throwable cause = Secrets.mask(failure);
		if (this.onFailure == OnBackupFailure.ABORT) {
			// Here, because the report of the refusal has no stack trace.
			logger.error("The backup failed unexpectedly", cause);
			throw new MigrationRefusedException(new BackupException("The backup failed unexpectedly: " + cause,
					"This is a bug in Quartermaster Backup. Please report it with the stack trace in the log.", cause));
		}
		logger.warn(
				"NO SNAPSHOT was taken before the migration, which continues without one."
						+ " The backup failed unexpectedly. This is a bug in Quartermaster Backup. Please report it.",
				cause);
	}

}
