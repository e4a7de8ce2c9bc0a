/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.SchemaVersion;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;

import org.springframework.util.StringUtils;

/**
 * The versioned migrations that Flyway finds by the application's configuration. It is
 * asked on an empty database in memory. Used only where there is Flyway.
 */
final class FlywayMigrations {

	private static final String DEFAULT_LOCATION = "classpath:db/migration";

	private FlywayMigrations() {
	}

	/**
	 * Find them.
	 * @param properties the properties of the application
	 * @param loader where they are looked for
	 * @return their versions
	 */
	static List<SchemaVersion> in(Map<String, String> properties, ClassLoader loader) {
		FluentConfiguration configuration = Flyway.configure(loader)
			.dataSource("jdbc:sqlite::memory:", null, null)
			.locations(Arrays.stream(list(properties, "locations", DEFAULT_LOCATION))
				.map((location) -> location.replace("{vendor}", "sqlite"))
				.toArray(String[]::new))
			.sqlMigrationPrefix(list(properties, "sql-migration-prefix", "V")[0])
			.sqlMigrationSeparator(list(properties, "sql-migration-separator", "__")[0])
			.sqlMigrationSuffixes(list(properties, "sql-migration-suffixes", ".sql"))
			.skipDefaultCallbacks(true);
		List<SchemaVersion> versions = new ArrayList<>();
		for (MigrationInfo migration : configuration.load().info().all()) {
			if (migration.getState().isResolved() && migration.getVersion() != null) {
				SchemaVersion.of(migration.getVersion().getVersion()).ifPresent(versions::add);
			}
		}
		return versions;
	}

	private static String[] list(Map<String, String> properties, String name, String otherwise) {
		String value = properties.get(ApplicationProperties.FLYWAY + name);
		return StringUtils.hasText(value) ? value.split(",") : new String[] { otherwise };
	}

}
