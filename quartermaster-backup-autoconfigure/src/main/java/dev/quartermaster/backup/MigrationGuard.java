/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.function.BooleanSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a snapshot before a migration and sees to it that a failing backup does not stop
 * the migration, unless that was asked for.
 */
public final class MigrationGuard {

	private static final Logger logger = LoggerFactory.getLogger(MigrationGuard.class);

	private final When when;

	private final OnFailure onFailure;

	/**
	 * Create a new instance.
	 * @param when before which migrations to take a snapshot
	 * @param onFailure what to do when the snapshot cannot be taken
	 */
	public MigrationGuard(When when, OnFailure onFailure) {
		this.when = when;
		this.onFailure = onFailure;
	}

	/**
	 * Take a snapshot, if there is anything to take one of.
	 * @param backups the door to the snapshots of the database that is about to change
	 * @param reason the reason for the snapshot's name
	 * @param pending tells whether the migration will change anything; asked only if it
	 * matters
	 * @throws MigrationRefusedException if no snapshot could be taken and there is to be
	 * no migration without one
	 */
	public void beforeMigration(SqliteBackupService backups, String reason, BooleanSupplier pending) {
		if (this.when == When.PENDING && !isPending(pending)) {
			logger.debug("No snapshot, because no migration is pending");
			return;
		}
		try {
			backups.backupIfChanged(reason);
		}
		catch (UnsupportedDatabaseException ex) {
			logger.info("No snapshot before the migration: {}", ex.getProblem());
		}
		catch (BackupException ex) {
			if (this.onFailure == OnFailure.ABORT) {
				throw new MigrationRefusedException(ex);
			}
			logger.warn("NO SNAPSHOT before the migration, which goes on without one: {}", ex.getMessage());
		}
		catch (RuntimeException | LinkageError ex) {
			if (this.onFailure == OnFailure.ABORT) {
				throw new MigrationRefusedException(new BackupException("The backup failed unexpectedly: " + ex,
						"This is a defect of Quartermaster Backup: please report it with the stack trace.", ex));
			}
			logger.warn("NO SNAPSHOT before the migration, which goes on without one:"
					+ " the backup failed unexpectedly. This is a defect of Quartermaster Backup: please report it.",
					ex);
		}
	}

	private static boolean isPending(BooleanSupplier pending) {
		try {
			return pending.getAsBoolean();
		}
		catch (RuntimeException ex) {
			logger.debug("Whether a migration is pending cannot be told, so there is a snapshot", ex);
			return true;
		}
	}

	/**
	 * Before which migrations to take a snapshot.
	 */
	public enum When {

		/**
		 * Before every one, even if it turns out to change nothing.
		 */
		ALWAYS,

		/**
		 * Only when there is something to apply.
		 */
		PENDING

	}

	/**
	 * What to do when the snapshot before a migration cannot be taken.
	 */
	public enum OnFailure {

		/**
		 * Migrate without one, and say so with a warning.
		 */
		CONTINUE,

		/**
		 * Do not migrate.
		 */
		ABORT

	}

}
