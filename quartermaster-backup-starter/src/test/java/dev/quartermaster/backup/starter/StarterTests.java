/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.starter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.example.inventory.InventoryApplication;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications with data in their database, which start with the starter as they do
 * without it.
 */
class StarterTests {

	private static final String OURS = " dev.quartermaster.";

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource
	void applicationStartsAsItDoesWithoutStarterAndLogsNothingElseButOurLines(Tool tool) throws Exception {
		Inventory with = tool.prepare(Files.createDirectory(this.directory.resolve("with")));
		Inventory without = tool.prepare(Files.createDirectory(this.directory.resolve("without")));
		List<String> classPath = ApplicationProcess.classPath(tool.files);
		ApplicationProcess processWith = start(with, classPath, tool);
		ApplicationProcess processWithout = start(without, ApplicationProcess.withoutStarter(classPath), tool);
		List<String> linesWith = lines(with, processWith);
		List<String> linesWithout = lines(without, processWithout);
		assertThat(linesWithout).noneMatch((line) -> line.contains(OURS));
		// The pool may start earlier, since the snapshot comes first. From version 13 on,
		// Flyway logs each call of a
		// callback.
		assertThat(linesWith).filteredOn((line) -> !line.contains(OURS) && !line.endsWith(" Quartermaster Backup"))
			.containsExactlyInAnyOrderElementsOf(linesWithout);
		assertThat(with.items()).containsExactly("kettle").isEqualTo(without.items());
		if (tool.reason.isEmpty()) {
			assertThat(with.snapshots()).isEmpty();
			assertThat(linesWith).isEqualTo(linesWithout);
		}
		else {
			assertThat(with.snapshots()).singleElement().satisfies((snapshot) -> {
				assertThat(snapshot.getFileName().toString()).endsWith("-" + tool.reason + ".db");
				assertThat(Inventory.items(snapshot)).containsExactly("kettle");
			});
		}
	}

	@Test
	void starterBringsNothingThatMigrates() throws Exception {
		assertThat(ApplicationProcess.classPath(List.of())).isNotEmpty()
			.noneMatch((entry) -> entry.matches(".*(flyway|liquibase|hibernate).*"));
	}

	private static ApplicationProcess start(Inventory inventory, List<String> classPath, Tool tool) throws Exception {
		String[] arguments = Stream
			.concat(Stream.of("--spring.datasource.url=jdbc:sqlite:app.db", "--spring.main.banner-mode=off",
					"--logging.pattern.console=%p %logger %msg%n"), Stream.of(tool.arguments))
			.toArray(String[]::new);
		return ApplicationProcess.start(inventory.directory(), classPath, List.of(), InventoryApplication.class,
				arguments);
	}

	/**
	 * Return what a process said, without what differs from process to process: its
	 * directory, identities of objects, and numbers.
	 */
	private static List<String> lines(Inventory inventory, ApplicationProcess process) throws Exception {
		return process.output()
			.stream()
			.map((line) -> line.replace(inventory.directory().toString(), "directory")
				.replaceAll("@[0-9a-f]+", "@")
				.replaceAll("\\d+", "0"))
			.toList();
	}

	/**
	 * What changes the schema when the application starts, if anything does.
	 */
	enum Tool {

		JDBC("", List.of()),

		FLYWAY("flyway", List.of("flyway-", "spring-boot-flyway-", "jackson-"), "--spring.flyway.locations=flyway") {

			@Override
			Inventory prepare(Path directory) {
				Inventory inventory = new Inventory(directory);
				Flyway.configure()
					.dataSource(inventory.url(), null, null)
					.locations("flyway")
					.target("1")
					.load()
					.migrate();
				inventory.execute("INSERT INTO item (name) VALUES ('kettle')");
				return inventory;
			}

		},

		LIQUIBASE("liquibase",
				List.of("liquibase-", "spring-boot-liquibase-", "opencsv-", "commons-", "jaxb-", "snakeyaml-"),
				"--spring.liquibase.change-log=classpath:liquibase/places.sql"),

		HIBERNATE("hibernate",
				List.of("hibernate-", "spring-boot-data-jpa-4", "spring-boot-data-commons-", "spring-boot-hibernate-",
						"spring-boot-jpa-4", "spring-boot-persistence-", "spring-data-", "spring-orm-",
						"spring-aspects-", "aspectjweaver-", "jakarta.", "jboss-logging-", "byte-buddy-1", "jaxb-",
						"angus-", "txw2-", "istack-", "antlr4-", "classmate-"),
				"--spring.jpa.hibernate.ddl-auto=update"),

		SQL_SCRIPTS("sql-init", List.of(), "--spring.sql.init.mode=always",
				"--spring.sql.init.schema-locations=classpath:sql/schema.sql",
				"--spring.sql.init.data-locations=classpath:sql/data.sql");

		private final String reason;

		private final List<String> files;

		private final String[] arguments;

		Tool(String reason, List<String> files, String... arguments) {
			this.reason = reason;
			this.files = files;
			this.arguments = arguments;
		}

		Inventory prepare(Path directory) {
			return Inventory.create(directory);
		}

	}

}
