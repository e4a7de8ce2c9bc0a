/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.starter;

import java.nio.file.Path;

import org.example.inventory.InventoryApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the slice that has only JDBC, and runs SQL scripts.
 */
@JdbcTest(properties = { "spring.test.database.replace=none", "spring.sql.init.mode=always",
		"spring.sql.init.schema-locations=classpath:sql/empties.sql", "spring.flyway.enabled=false",
		"spring.liquibase.enabled=false" })
@ContextConfiguration(classes = InventoryApplication.class)
class JdbcSliceTests {

	@TempDir
	private static Path directory;

	@DynamicPropertySource
	static void createDatabase(DynamicPropertyRegistry properties) {
		properties.add("spring.datasource.url", Inventory.create(directory)::url);
	}

	@Test
	void snapshotIsTakenBeforeScriptsRun() {
		Inventory inventory = new Inventory(directory);
		assertThat(inventory.items()).isEmpty();
		assertThat(inventory.snapshots()).singleElement().satisfies((snapshot) -> {
			assertThat(snapshot.getFileName().toString()).endsWith("-sql-init.db");
			assertThat(Inventory.items(snapshot)).containsExactly("kettle");
		});
	}

}
