/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the endpoint tells of the migration before which a snapshot was taken.
 */
class DatabaseBackupEndpointMigrationTests {

	@TempDir
	private Path directory;

	@Test
	void snapshotTellsWhatMigrationLost() throws Exception {
		Path database = TestDatabase.create(this.directory.resolve("app.db"), 10);
		Path script = Files.writeString(this.directory.resolve("data.sql"), "DELETE FROM item WHERE id > 4;");
		try (EndpointApplication application = EndpointApplication.on(database, "spring.sql.init.mode=always",
				"spring.sql.init.data-locations=file:" + script)) {
			assertThat(application.backup("later").status()).isEqualTo(201);
			EndpointApplication.Response list = application.get("");
			assertThat(list.<Map<String, ?>>json("$.snapshots[0]")).doesNotContainKey("migration");
			assertThat(list.<Map<String, Object>>json("$.snapshots[1].migration"))
				.isEqualTo(Map.of("tables", 1, "rows", 4, "lost", List.of("item: 10 -> 4"), "expected", List.of()));
			String name = list.json("$.snapshots[1].name");
			assertThat(application.get("/" + name).<List<String>>json("$.migration.lost"))
				.containsExactly("item: 10 -> 4");
		}
	}

}
