/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.List;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a request for one of the databases: a failure is kept, so that the
 * others are backed up all the same.
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
			return new Failed(database, UnexpectedFailureException.of("The backup of the database " + database, ex));
		}
	}

	static List<BackupException> failures(List<BackupOutcome> outcomes) {
		return outcomes.stream()
			.filter(Failed.class::isInstance)
			.map((outcome) -> ((Failed) outcome).failure())
			.toList();
	}

	/**
	 * The result of a backup.
	 */
	record Done(String database, BackupResult result) implements BackupOutcome {
	}

	/**
	 * The failure of a backup.
	 */
	record Failed(String database, BackupException failure) implements BackupOutcome {
	}

}
