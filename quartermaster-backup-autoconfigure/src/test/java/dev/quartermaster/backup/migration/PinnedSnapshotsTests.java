/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.util.Map;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.RetentionPolicy;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the snapshot from before a change that a running application makes stays
 * until the change has come to its end.
 */
class PinnedSnapshotsTests {

	@TempDir
	private Path temp;

	@Test
	void snapshotFromBeforeChangeStaysForAsLongAsThatGoesOn() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		BackupSettings settings = BackupServices.settings()
			.withRetention(new RetentionPolicy(new RetentionPolicy.Limits(1, null, null, null), Map.of(), null, 1, 0));
		SqliteBackupService backups = new SqliteBackupService(SqliteDatabase.of(database), settings,
				BackupListener.NONE);
		MigrationGuard guard = new MigrationGuard(MigrationSettings.DEFAULTS);
		guard.started();
		SchemaChange change = guard.beforeChange(backups, SnapshotReason.FLYWAY, () -> true).orElseThrow();
		Snapshot before = backups.list().get(0);
		for (int i = 0; i < 3; i++) {
			TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('one more')");
			backups.backup("meanwhile");
		}
		assertThat(backups.list()).hasSize(2).contains(before);
		change.end();
		TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('one more')");
		backups.backup("later");
		assertThat(backups.list()).hasSize(1).doesNotContain(before);
	}

}
