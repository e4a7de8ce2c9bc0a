/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.example.inventory.InventoryApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a test of the whole application with a database among the sources.
 */
@SpringBootTest(classes = InventoryApplication.class,
		properties = { "spring.sql.init.mode=always", "spring.sql.init.schema-locations=classpath:sql/empties.sql",
				"spring.flyway.enabled=false", "spring.liquibase.enabled=false" })
class SourceTreeTests {

	private static final Path BACKUPS = Path.of("target/backups").toAbsolutePath();

	private static Path directory;

	@BeforeAll
	static void removeSnapshotsOfEarlierTests() throws IOException {
		FileSystemUtils.deleteRecursively(BACKUPS);
	}

	@DynamicPropertySource
	static void createDatabase(DynamicPropertyRegistry properties) throws IOException {
		directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "sources");
		properties.add("spring.datasource.url", Inventory.create(directory)::url);
	}

	@AfterAll
	static void removeDatabase() throws IOException {
		FileSystemUtils.deleteRecursively(directory);
	}

	@Test
	void snapshotsAreInBuildDirectoryAndNothingOfOursIsAmongSources() throws IOException {
		assertThat(new Inventory(directory).items()).as("the script has run").isEmpty();
		try (Stream<Path> files = Files.list(directory)) {
			assertThat(files).containsExactly(directory.resolve("app.db"));
		}
		try (Stream<Path> files = Files.list(BACKUPS)) {
			assertThat(files.filter((file) -> file.toString().endsWith(".db"))).singleElement()
				.satisfies((snapshot) -> assertThat(Inventory.items(snapshot)).containsExactly("kettle"));
		}
	}

}
