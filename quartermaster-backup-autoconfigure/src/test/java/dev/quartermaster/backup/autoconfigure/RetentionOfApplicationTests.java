/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.PruneResult;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the retention policy of an application applies to its backups.
 */
class RetentionOfApplicationTests {

	@TempDir
	private Path temp;

	@Test
	void removesWhatThePropertiesLetGoAndTellsListeners() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		List<PruneResult> heard = new ArrayList<>();
		Contexts.runner()
			.withPropertyValues("spring.datasource.url=jdbc:sqlite:" + database, "spring.flyway.enabled=false",
					"quartermaster.backup.retention.by-reason.hourly.max-count=4")
			.withBean(BackupListener.class, () -> new BackupListener() {

				@Override
				public void onPruned(PruneResult result) {
					heard.add(result);
				}

			})
			.run((context) -> {
				SqliteBackupService backups = context.getBean(SqliteBackupService.class);
				for (int i = 0; i < 6; i++) {
					TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
					backups.backup("hourly");
				}
				for (int i = 0; i < 6; i++) {
					TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('more')");
					backups.backup("daily");
				}
			});
		List<Path> left = BackupDirectory.published(this.temp.resolve("backups"));
		assertThat(left).filteredOn((file) -> file.toString().contains("-hourly")).hasSize(4);
		assertThat(left).filteredOn((file) -> file.toString().contains("-daily")).hasSize(6);
		assertThat(heard).hasSize(12);
		assertThat(heard.get(11)).isEqualTo(new PruneResult(database, List.of(), List.of(), ""));
	}

}
