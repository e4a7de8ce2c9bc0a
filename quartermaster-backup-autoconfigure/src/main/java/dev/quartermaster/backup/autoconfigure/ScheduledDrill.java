/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.Optional;
import java.util.stream.Stream;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.DrillResult;
import dev.quartermaster.backup.RestoreDrill;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotCheck;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The restore drill of the newest snapshot of each database, one after the other.
 */
final class ScheduledDrill implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(ScheduledDrill.class);

	private final ObjectProvider<SqliteBackupRegistry> registry;

	private final ObjectProvider<SnapshotCheck> checks;

	private final @Nullable SnapshotCheck copies;

	/**
	 * Create a new instance.
	 * @param registry the databases of the application
	 * @param checks the checks of what was restored
	 * @param copies the check of the copies elsewhere, or {@code null} if there is to be
	 * none
	 */
	ScheduledDrill(ObjectProvider<SqliteBackupRegistry> registry, ObjectProvider<SnapshotCheck> checks,
			@Nullable SnapshotCheck copies) {
		this.copies = copies;
		this.registry = registry;
		this.checks = checks;
	}

	@Override
	public void run() {
		try {
			this.registry.ifAvailable((databases) -> databases.all().forEach(this::drill));
		}
		catch (BackupException ex) {
			logger.warn("There was no restore drill. {}", ex.getMessage());
		}
	}

	private void drill(String name, SqliteBackupService database) {
		try {
			Optional<Snapshot> newest = database.newest();
			newest.ifPresentOrElse((snapshot) -> drill(database, snapshot),
					() -> logger.info("No restore drill: there is no snapshot of the database {} yet", name));
		}
		catch (BackupException ex) {
			if (Thread.currentThread().isInterrupted()) {
				logger.info("The restore drill of the database {} was ended, since the application stops", name);
				return;
			}
			logger.warn("There was no restore drill of the database {}. {}", name, ex.getMessage());
		}
	}

	private void drill(SqliteBackupService database, Snapshot snapshot) {
		DrillResult result = RestoreDrill
			.of(database, Stream.concat(this.checks.orderedStream(), Stream.ofNullable(this.copies)).toList())
			.run(snapshot.file());
		if (result.outcome() == DrillResult.Outcome.FAILED) {
			logger.warn("RESTORE DRILL FAILED: {} could not be relied on if {} had to be restored: {}",
					result.snapshot(), result.database(), result.summary());
		}
		else if (result.outcome() == DrillResult.Outcome.NOT_MADE) {
			logger.warn("{} was not restored on trial, {}", result.snapshot(), result.summary());
		}
		else {
			logger.info("Restore drill of {} from {}: {}", result.database(), result.snapshot(), result.summary());
		}
	}

}
