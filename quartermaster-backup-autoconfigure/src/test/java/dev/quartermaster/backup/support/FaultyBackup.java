/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.nio.file.Path;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.MigrationSettings.When;
import dev.quartermaster.backup.migration.OnBackupFailure;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.Verification;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A backup that may fail, but only in the right way.
 */
public final class FaultyBackup {

	private FaultyBackup() {
	}

	/**
	 * Take a snapshot, or fail with a message that can be understood. Anything else that
	 * is thrown is a defect.
	 * @return why it failed, or {@code null} if it did not
	 */
	public static @Nullable BackupException attempt(SqliteBackupService service) {
		try {
			BackupResult result = service.backup("faulty");
			if (result instanceof BackupResult.Created created) {
				assertThat(created.verification()).isInstanceOfAny(Verification.Sound.class,
						Verification.Corrupt.class);
			}
			return null;
		}
		catch (BackupException ex) {
			BackupDirectory.assertClear(ex);
			return ex;
		}
	}

	/**
	 * Migrate as by default: nothing may be thrown.
	 */
	public static void migrate(SqliteBackupService service) {
		new MigrationGuard(MigrationGuards.settings(When.ALWAYS, OnBackupFailure.CONTINUE, false)).beforeChange(service,
				SnapshotReason.of("faulty"), () -> true);
	}

	/**
	 * Assert that each file with a snapshot's name is undamaged.
	 */
	public static void assertPublishedAreSound(Path directory) {
		for (Path file : BackupDirectory.published(directory)) {
			assertThat(file).isNotEmptyFile();
			assertThat(TestDatabase.query(file, "PRAGMA integrity_check")).as("%s", file).containsExactly("ok");
		}
	}

}
