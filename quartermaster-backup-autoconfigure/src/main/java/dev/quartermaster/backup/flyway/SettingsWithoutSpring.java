/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.util.function.Function;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.MigrationSettings;
import dev.quartermaster.backup.migration.OnBackupFailure;

/**
 * The settings for Flyway's command line and plugins: the defaults, but for what system
 * properties and environment variables say.
 */
final class SettingsWithoutSpring {

	private SettingsWithoutSpring() {
	}

	static Function<SqliteDatabase, SqliteBackupService> backups() {
		BackupSettings settings = settings();
		return (database) -> new SqliteBackupService(database, settings, BackupListener.NONE);
	}

	private static BackupSettings settings() {
		String directory = System.getProperty("quartermaster.backup.dir", System.getenv("QUARTERMASTER_BACKUP_DIR"));
		return (directory != null && !directory.isBlank())
				? BackupSettings.DEFAULTS.withDirectory(BackupSettings.directory(directory)) : BackupSettings.DEFAULTS;
	}

	static MigrationGuard guard() {
		OnBackupFailure onFailure = "abort"
			.equalsIgnoreCase(System.getProperty("quartermaster.backup.migration.on-failure")) ? OnBackupFailure.ABORT
					: OnBackupFailure.CONTINUE;
		MigrationGuard guard = new MigrationGuard(MigrationSettings.DEFAULTS.onFailure(onFailure, false));
		guard.started();
		return guard;
	}

}
