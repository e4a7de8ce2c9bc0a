/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.VerificationMode;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Services and settings for tests.
 */
public final class BackupServices {

	private BackupServices() {
	}

	public static BackupSettings settings() {
		return settings(null, VerificationMode.QUICK);
	}

	public static BackupSettings settings(@Nullable Path directory, VerificationMode verification) {
		return new BackupSettings(directory, verification, Duration.ofSeconds(10), ZoneOffset.UTC, 0);
	}

	public static SqliteBackupService service(Path database) {
		return service(SqliteDatabase.of(database), settings());
	}

	public static SqliteBackupService service(SqliteDatabase database, BackupSettings settings) {
		return new SqliteBackupService(database, settings, BackupListener.NONE);
	}

	/**
	 * Take a snapshot of which there must be one.
	 */
	public static BackupResult.Created backup(SqliteBackupService service, @Nullable String reason) {
		BackupResult result = service.backup(reason);
		assertThat(result).isInstanceOf(BackupResult.Created.class);
		return (BackupResult.Created) result;
	}

}
