/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import dev.quartermaster.backup.ReleaseMigrations;
import dev.quartermaster.backup.SnapshotCheck;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.flyway.FlywayMigrations;
import dev.quartermaster.backup.flyway.FlywaySnapshotCheck;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.util.StringUtils;

/**
 * Flyway as the application's configuration has it, on an empty database in memory. Used
 * only where there is Flyway.
 */
final class FlywayInJar {

	private static final String DEFAULT_LOCATION = "classpath:db/migration";

	private FlywayInJar() {
	}

	/**
	 * Return the migrations that it finds. Those which are beans are not among them.
	 * @param properties the properties of the application
	 * @param loader where they are looked for
	 */
	static ReleaseMigrations migrations(Map<String, String> properties, ClassLoader loader) {
		return FlywayMigrations.foundBy(load(properties, loader));
	}

	/**
	 * Return the check that it makes of a restored snapshot.
	 * @param properties the properties of the application
	 * @param loader where its migrations are looked for
	 * @param backups the service of the database
	 */
	static SnapshotCheck check(Map<String, String> properties, ClassLoader loader, SqliteBackupService backups) {
		return FlywaySnapshotCheck.withoutBeans(load(properties, loader), backups);
	}

	private static Flyway load(Map<String, String> properties, ClassLoader loader) {
		FluentConfiguration configuration = Flyway.configure(loader)
			.dataSource("jdbc:sqlite::memory:", null, null)
			.locations(Arrays.stream(list(properties, "locations", DEFAULT_LOCATION))
				.map((location) -> location.replace("{vendor}", "sqlite"))
				.toArray(String[]::new))
			.sqlMigrationPrefix(list(properties, "sql-migration-prefix", "V")[0])
			.sqlMigrationSeparator(list(properties, "sql-migration-separator", "__")[0])
			.sqlMigrationSuffixes(list(properties, "sql-migration-suffixes", ".sql"))
			.skipDefaultCallbacks(true);
		set(properties, "table", configuration::table);
		set(properties, "ignore-migration-patterns",
				(patterns) -> configuration.ignoreMigrationPatterns(patterns.split(",")));
		set(properties, "encoding", configuration::encoding);
		set(properties, "repeatable-sql-migration-prefix", configuration::repeatableSqlMigrationPrefix);
		set(properties, "placeholder-replacement", (value) -> configuration.placeholderReplacement(isTrue(value)));
		set(properties, "placeholder-prefix", configuration::placeholderPrefix);
		set(properties, "placeholder-suffix", configuration::placeholderSuffix);
		set(properties, "out-of-order", (value) -> configuration.outOfOrder(isTrue(value)));
		set(properties, "target", configuration::target);
		configuration.placeholders(placeholders(properties));
		return configuration.load();
	}

	private static void set(Map<String, String> properties, String name, Consumer<String> setter) {
		String value = properties.get(ApplicationProperties.FLYWAY + name);
		if (StringUtils.hasText(value)) {
			setter.accept(value);
		}
	}

	private static boolean isTrue(String value) {
		return Boolean.TRUE.equals(DefaultConversionService.getSharedInstance().convert(value, Boolean.class));
	}

	private static Map<String, String> placeholders(Map<String, String> properties) {
		String prefix = ApplicationProperties.FLYWAY_PLACEHOLDERS + ".";
		Map<String, String> placeholders = new HashMap<>();
		properties.forEach((name, value) -> {
			if (name.startsWith(prefix)) {
				placeholders.put(name.substring(prefix.length()), value);
			}
		});
		return placeholders;
	}

	private static String[] list(Map<String, String> properties, String name, String otherwise) {
		String value = properties.get(ApplicationProperties.FLYWAY + name);
		return StringUtils.hasText(value) ? value.split(",") : new String[] { otherwise };
	}

}
