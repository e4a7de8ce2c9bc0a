/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.Map;

import dev.quartermaster.backup.ReleaseMigrations;
import dev.quartermaster.backup.liquibase.LiquibaseMigrations;
import liquibase.integration.spring.SpringLiquibase;

import org.springframework.core.io.DefaultResourceLoader;

/**
 * Liquibase as the application's configuration has it. Used only where there is
 * Liquibase.
 */
final class LiquibaseInJar {

	private static final String DEFAULT_CHANGE_LOG = "classpath:/db/changelog/db.changelog-master.yaml";

	private LiquibaseInJar() {
	}

	/**
	 * Return the change sets that it finds.
	 * @param properties the properties of the application
	 * @param loader where the change log is looked for
	 */
	static ReleaseMigrations migrations(Map<String, String> properties, ClassLoader loader) {
		SpringLiquibase liquibase = new SpringLiquibase();
		liquibase.setResourceLoader(new DefaultResourceLoader(loader));
		liquibase
			.setChangeLog(properties.getOrDefault(ApplicationProperties.LIQUIBASE + "change-log", DEFAULT_CHANGE_LOG));
		liquibase.setContexts(properties.get(ApplicationProperties.LIQUIBASE + "contexts"));
		liquibase.setLabelFilter(properties.get(ApplicationProperties.LIQUIBASE + "label-filter"));
		return LiquibaseMigrations.foundBy(liquibase);
	}

}
