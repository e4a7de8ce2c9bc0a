/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotName;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SnapshotVerifier;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MigrationUndo}.
 */
class MigrationUndoTests {

	private static final int FREELIST_COUNT = 36;

	@TempDir
	private Path temp;

	private Path database;

	private SqliteBackupService backups;

	private Snapshot before;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		this.backups = BackupServices.service(this.database);
		this.before = BackupServices.backup(this.backups, "before").snapshot();
	}

	@Test
	void sameDamageIsKeptOnce() {
		for (int start = 1; start <= 3; start++) {
			TestDatabase.execute(this.database, "DELETE FROM item");
			// The rows are those of the start before, and a check finds it corrupt.
			TestDatabase.overwrite(this.database, FREELIST_COUNT, new byte[] { 0, 0, 0, 9 });
			UndoneMigration undone = new MigrationUndo(this.backups, this.before).undo();
			assertThat(undone.restored()).isTrue();
			assertThat(TestDatabase.items(this.database)).hasSize(10);
		}
		assertThat(this.backups.list())
			.filteredOn((snapshot) -> snapshot.name().reason().isNumberOf(SnapshotReason.FAILED_MIGRATION))
			.hasSize(1);
	}

	@Test
	void whatCannotBeReadStandsForNothing() {
		SnapshotName name = new SnapshotName("app", LocalDateTime.of(2026, 4, 17, 11, 57), SnapshotReason.of("x"));
		Path missing = this.temp.resolve("missing.db");
		assertThat(
				SnapshotVerifier.isUsable(new Snapshot(name, missing, name.stamp().atZone(ZoneOffset.UTC), 1, false)))
			.isFalse();
		assertThat(SnapshotVerifier.isUsable(this.before)).isTrue();
		TestDatabase.overwrite(this.before.file(), FREELIST_COUNT, new byte[] { 0, 0, 0, 9 });
		assertThat(SnapshotVerifier.isUsable(this.before)).isFalse();
	}

}
