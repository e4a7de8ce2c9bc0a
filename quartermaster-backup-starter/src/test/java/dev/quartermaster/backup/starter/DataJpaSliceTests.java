/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.starter;

import java.nio.file.Path;

import org.example.inventory.InventoryApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the slice that has Hibernate make its tables anew.
 */
@DataJpaTest(properties = { "spring.test.database.replace=none", "spring.jpa.hibernate.ddl-auto=create",
		"spring.flyway.enabled=false", "spring.liquibase.enabled=false" })
@ContextConfiguration(classes = InventoryApplication.class)
class DataJpaSliceTests {

	@TempDir
	private static Path directory;

	@DynamicPropertySource
	static void createDatabase(DynamicPropertyRegistry properties) {
		properties.add("spring.datasource.url", Inventory.create(directory)::url);
	}

	@Test
	void snapshotIsTakenBeforeTablesAreMadeAnew() {
		Inventory inventory = new Inventory(directory);
		assertThat(inventory.items()).isEmpty();
		assertThat(inventory.snapshots()).singleElement().satisfies((snapshot) -> {
			assertThat(snapshot.getFileName().toString()).endsWith("-hibernate.db");
			assertThat(Inventory.items(snapshot)).containsExactly("kettle");
		});
	}

}
