/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The backup of each database that has changed, one after the other. One that fails keeps
 * no other from being backed up.
 */
final class ScheduledBackup implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(ScheduledBackup.class);

	private final ObjectProvider<SqliteBackupRegistry> registry;

	ScheduledBackup(ObjectProvider<SqliteBackupRegistry> registry) {
		this.registry = registry;
	}

	@Override
	public void run() {
		try {
			this.registry.ifAvailable((databases) -> databases.all().forEach(ScheduledBackup::backUp));
		}
		catch (BackupException ex) {
			logger.warn("NO SNAPSHOT was taken on schedule. {}", ex.getMessage());
		}
	}

	private static void backUp(String name, SqliteBackupService database) {
		try {
			database.backupIfChanged(SnapshotReason.SCHEDULE);
		}
		catch (BackupException ex) {
			if (Thread.currentThread().isInterrupted()) {
				logger.info("The scheduled backup of the database {} was ended, since the application stops", name);
				return;
			}
			logger.warn("NO SNAPSHOT of the database {} was taken on schedule. {}", name, ex.getMessage());
		}
	}

}
