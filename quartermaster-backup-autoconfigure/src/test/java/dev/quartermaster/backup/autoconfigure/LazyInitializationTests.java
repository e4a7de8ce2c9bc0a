/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.quartermaster.backup.RestoreCommandLine;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for changes of the schema that come with the first request, because beans are not
 * made before.
 */
@ExtendWith(OutputCaptureExtension.class)
class LazyInitializationTests {

	private static final String RESTORE = "--quartermaster.backup.migration.restore-on-error=true";

	@TempDir
	private Path directory;

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@ParameterizedTest
	@EnumSource
	void failureIsLoggedWithSnapshotFromBeforeAndCommandThatPutsItBack(Tool tool, CapturedOutput output) {
		try (ConfigurableApplicationContext context = start(tool)) {
			assertThat(this.directory.resolve("backups")).as("nothing has happened yet").doesNotExist();
			assertThatException().isThrownBy(() -> context.getBean(JdbcTemplate.class));
			Path before = snapshots(tool.reason).get(0);
			assertThat(TestDatabase.items(before)).containsExactly("kettle");
			assertThat(output.toString()).containsOnlyOnce(
					"A schema change failed. The snapshot of " + this.database + " taken before it is " + before);
			assertThat(output).contains(RestoreCommandLine.of(before, this.database, ""));
		}
		assertThat(TestDatabase.items(this.database)).as("left as it is").isNotEqualTo(List.of("kettle"));
	}

	@ParameterizedTest
	@EnumSource
	void databaseIsPutBackWhenToldToEachTimeThatItFails(Tool tool, CapturedOutput output) {
		try (ConfigurableApplicationContext context = start(tool, RESTORE)) {
			for (String added : List.of("pan", "pot")) {
				TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('" + added + "')");
				List<String> items = TestDatabase.items(this.database);
				assertThatException().isThrownBy(() -> context.getBean(JdbcTemplate.class));
				assertThat(TestDatabase.items(this.database)).isEqualTo(items).contains("kettle", added);
			}
		}
		assertThat(output).contains("The snapshot taken before it was restored: ")
			.doesNotContain("A schema change failed");
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle", "pan", "pot");
	}

	@Test
	void successIsNotUndone(CapturedOutput output) {
		try (ConfigurableApplicationContext context = TestApplication
			.start(arguments(Migrations.FIRST_AND_SECOND, RESTORE))) {
			context.getBean(JdbcTemplate.class).update("INSERT INTO item (name) VALUES ('pan')");
		}
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle moved", "pan");
		assertThat(output).doesNotContain("was restored", "A schema change failed");
	}

	@Test
	void oneLookIsToldOnce(CapturedOutput output) {
		for (int start = 0; start < 2; start++) {
			try (ConfigurableApplicationContext context = TestApplication.start(arguments(Migrations.FIRST))) {
				context.getBean(JdbcTemplate.class);
			}
		}
		assertThat(output).containsOnlyOnce("Backed up ").containsOnlyOnce("Not changed since the newest snapshot");
		assertThat(snapshots("flyway")).hasSize(1);
	}

	private ConfigurableApplicationContext start(Tool tool, String... more) {
		return TestApplication.start(arguments(tool.locations,
				Stream.concat(Stream.of(tool.arguments), Stream.of(more)).toArray(String[]::new)));
	}

	private String[] arguments(String locations, String... more) {
		return Stream
			.concat(Stream.of("--spring.main.lazy-initialization=true"),
					Stream.of(TestApplication.arguments(this.database, locations, more)))
			.toArray(String[]::new);
	}

	private List<Path> snapshots(String reason) {
		return Migrations.snapshots(this.database)
			.stream()
			.filter((snapshot) -> snapshot.getFileName().toString().contains("-" + reason))
			.toList();
	}

	/**
	 * What fails after it has changed something.
	 */
	enum Tool {

		FLYWAY("flyway", Migrations.FIRST_AND_SECOND + ",classpath:db/third-fails"),

		SQL_SCRIPTS("sql-init", Migrations.FIRST, "--spring.flyway.enabled=false", "--spring.sql.init.mode=always",
				"--spring.sql.init.schema-locations=classpath:sql/fails-half-way.sql");

		private final String reason;

		private final String locations;

		private final String[] arguments;

		Tool(String reason, String locations, String... arguments) {
			this.reason = reason;
			this.locations = locations;
			this.arguments = arguments;
		}

	}

}
