/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.support.Migrations;
import org.flywaydb.core.Flyway;

import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A strategy that migrates each module with a history of its own, as Spring Modulith does
 * it. The last module fails.
 */
@Configuration(proxyBeanMethods = false)
class HistoryOfEachModule {

	@Bean
	FlywayMigrationStrategy modules() {
		return (flyway) -> {
			module(flyway, "flyway_schema_history", Migrations.FIRST);
			module(flyway, "flyway_schema_history_orders", "classpath:db/second", "classpath:db/third-fails");
		};
	}

	private static void module(Flyway flyway, String table, String... locations) {
		Flyway.configure()
			.configuration(flyway.getConfiguration())
			.table(table)
			.locations(locations)
			.baselineVersion("0")
			.baselineOnMigrate(true)
			.load()
			.migrate();
	}

}
