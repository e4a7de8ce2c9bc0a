/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApplicationProperties}.
 */
class ApplicationPropertiesTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@Test
	void databaseMayBeNamedByAnEnvironmentVariableAlone() {
		variables(Map.of("APP_DATASOURCE_TASKLIST_JDBCURL", "jdbc:sqlite:/data/tasks.db"));
		assertThat(database("tasklist")).isEqualTo(Path.of("/data/tasks.db"));
		assertThat(database(null)).isEqualTo(Path.of("/data/tasks.db"));
	}

	@Test
	void variableThatSetsAPropertyIsNoSecondDatabase() {
		variables(Map.of("APP_TASKLIST_URL", "jdbc:sqlite:/data/a.db", "QUARTERMASTER_DB_URL", "jdbc:sqlite:/data/b.db",
				"SPRING_DATASOURCE_URL", "jdbc:sqlite:/data/c.db"));
		properties("file", Map.of("app.task-list.url", "jdbc:sqlite:/data/file.db"));
		assertThat(ApplicationProperties.of(this.environment, null).values().keySet())
			.containsExactly("spring.datasource.url", "app.task-list.url", "app.tasklist.url");
		assertThat(database("taskList")).isEqualTo(Path.of("/data/a.db"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:p6spy:sqlite:/data/app.db", "jdbc:otel:sqlite:/data/app.db",
			"jdbc:otel:p6spy:sqlite:/data/app.db?journal_mode=WAL", "jdbc:sqlite:/data/app.db" })
	void driverThatWrapsAnotherOneIsUnderstood(String url) {
		properties("file", Map.of("spring.datasource.url", url));
		assertThat(database(null)).isEqualTo(Path.of("/data/app.db"));
	}

	@Test
	void tellsWhereEachComesFrom() {
		this.environment.getPropertySources()
			.addFirst(new SimpleCommandLinePropertySource("--a.url=jdbc:sqlite:/data/a.db"));
		variables(Map.of("B_URL", "jdbc:sqlite:/data/b.db"));
		properties("defaultProperties", Map.of("c.url", "jdbc:sqlite:/data/c.db"));
		properties("shop.properties", Map.of("d.url", "jdbc:sqlite:/data/d.db"));
		this.environment.getPropertySources()
			.addLast(new OriginTrackedMapPropertySource("from a file",
					Map.of("e.url", OriginTrackedValue.of("jdbc:sqlite:/data/e.db", new TextResourceOrigin(
							new ClassPathResource("shop.yml"), new TextResourceOrigin.Location(2, 6))))));
		assertThat(ApplicationProperties.of(this.environment, null).origins()).containsOnly(
				Map.entry("a.url", "a.url in the command line"),
				Map.entry("b.url", "b.url in the environment variables"),
				Map.entry("c.url", "c.url in the default properties of the application"),
				Map.entry("d.url", "d.url in shop.properties"),
				Map.entry("e.url", "e.url in class path resource [shop.yml] - 3:7"));
	}

	@Test
	void expectedLossThatIsInvalidIsInTheWayOfNothingElse() {
		properties("file", Map.of("spring.datasource.url", "jdbc:sqlite:/data/app.db",
				"quartermaster.backup.migration.expected-loss[2]", "item"));
		assertThat(database(null)).isEqualTo(Path.of("/data/app.db"));
		assertThat(ApplicationProperties.of(this.environment, null).unresolved())
			.containsOnlyKeys("quartermaster.backup.migration.expected-loss");
	}

	@Test
	void settingsOfFlywayAreTakenAsTheyAreWritten() {
		properties("file", Map.of("spring.flyway.placeholders.table-name", "a, b", "spring.flyway.placeholder-prefix",
				"${", "spring.flyway.out-of-order", "true"));
		assertThat(ApplicationProperties.of(this.environment, null).values()).containsOnly(
				Map.entry("spring.flyway.placeholders.table-name", "a, b"),
				Map.entry("spring.flyway.placeholder-prefix", "${"), Map.entry("spring.flyway.out-of-order", "true"));
	}

	@Test
	void crossesFromOneClassLoaderToAnother() {
		properties("file", Map.of("spring.datasource.url", "jdbc:sqlite:${nowhere}", "a.url", "jdbc:sqlite:/a.db",
				"quartermaster.backup.dir", "kept"));
		ApplicationProperties properties = ApplicationProperties.of(this.environment, "why");
		assertThat(ApplicationProperties.of(properties.toArray())).isEqualTo(properties);
		assertThat(properties.unresolved()).containsOnly(Map.entry("spring.datasource.url", "nowhere"));
		assertThat(properties.values()).containsOnlyKeys("a.url", "quartermaster.backup.dir");
	}

	private void variables(Map<String, Object> variables) {
		this.environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
	}

	private void properties(String name, Map<String, Object> properties) {
		this.environment.getPropertySources().addLast(new MapPropertySource(name, properties));
	}

	private Path database(@Nullable String name) {
		ApplicationProperties properties = ApplicationProperties.of(this.environment, null);
		return new ApplicationConfiguration(List.of(), () -> properties).database(null, name).file();
	}

}
