/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.Arrays;
import java.util.Map;

import dev.quartermaster.backup.ReleaseMigrations;
import dev.quartermaster.backup.SnapshotCheck;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.flyway.FlywayMigrations;
import dev.quartermaster.backup.flyway.FlywaySnapshotCheck;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

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
		String table = properties.get(ApplicationProperties.FLYWAY + "table");
		if (StringUtils.hasText(table)) {
			configuration.table(table);
		}
		String ignored = properties.get(ApplicationProperties.FLYWAY + "ignore-migration-patterns");
		if (StringUtils.hasText(ignored)) {
			configuration.ignoreMigrationPatterns(ignored.split(","));
		}
		String encoding = properties.get(ApplicationProperties.FLYWAY + "encoding");
		if (StringUtils.hasText(encoding)) {
			configuration.encoding(encoding);
		}
		return configuration.load();
	}

	private static String[] list(Map<String, String> properties, String name, String otherwise) {
		String value = properties.get(ApplicationProperties.FLYWAY + name);
		return StringUtils.hasText(value) ? value.split(",") : new String[] { otherwise };
	}

}
