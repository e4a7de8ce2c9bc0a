/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.nio.file.Path;
import java.util.Comparator;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Flyway's Maven plugin left, which this build ran on a database of its own: first
 * {@code migrate}, then {@code clean}.
 */
class FlywayMavenPluginIT {

	private static final String TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table'"
			+ " AND name NOT LIKE 'sqlite%' ORDER BY name";

	private final Path database = Path.of(System.getProperty("flyway-maven-plugin.db"));

	@Test
	void cleanMetSnapshotOfWhatItRemoved() throws Exception {
		assertThat(SqliteShell.query(this.database, TABLES)).isEmpty();
		Path newest = newestBeforeClean();
		assertThat(SqliteShell.query(newest, TABLES)).contains("flyway_schema_history", "item", "location");
	}

	private Path newestBeforeClean() {
		return BackupDirectory.files(this.database.resolveSibling("backups"))
			.stream()
			.filter((file) -> file.getFileName().toString().matches("flyway-maven-plugin-.*-flyway-clean.db"))
			.max(Comparator.naturalOrder())
			.orElseThrow();
	}

}
