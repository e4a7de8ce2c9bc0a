/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupSettings;
import org.sqlite.SQLiteDataSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * Contexts with all of our auto-configurations and those of Boot that they meet.
 */
final class Contexts {

	private Contexts() {
	}

	/**
	 * Return a runner without a database, with a pool of one connection.
	 */
	static ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(DataSourceAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
							FlywayAutoConfiguration.class, EndpointAutoConfiguration.class))
			.withConfiguration(AutoConfigurations.of(ours().stream()
				.map((name) -> ClassUtils.resolveClassName(name, Contexts.class.getClassLoader()))
				.toArray(Class<?>[]::new)))
			.withPropertyValues("spring.datasource.hikari.maximum-pool-size=1",
					"management.endpoints.web.exposure.include=*");
	}

	/**
	 * Return a runner with a database and migrations for it.
	 */
	static ApplicationContextRunner runner(String url, String locations) {
		return runner().withPropertyValues("spring.datasource.url=" + url, "spring.flyway.locations=" + locations);
	}

	/**
	 * Return the names of our auto-configurations, as Boot finds them.
	 */
	static List<String> ours() {
		return ImportCandidates.load(AutoConfiguration.class, Contexts.class.getClassLoader())
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("dev.quartermaster."))
			.toList();
	}

	/**
	 * Return the class names of our beans in a context, without our auto-configurations.
	 */
	static List<String> ourBeans(ApplicationContext context) {
		return Arrays.stream(context.getBeanDefinitionNames())
			.map(context::getType)
			.filter((type) -> type != null && type != TestApplication.class)
			.map(Class::getName)
			.filter((name) -> name.startsWith("dev.quartermaster.") && !ours().contains(name))
			.toList();
	}

	/**
	 * Return a data source of a file, without a pool.
	 */
	static DataSource dataSource(Path file) {
		SQLiteDataSource dataSource = new SQLiteDataSource();
		dataSource.setUrl("jdbc:sqlite:" + file);
		return dataSource;
	}

	/**
	 * Return settings with the defaults and a directory.
	 */
	static BackupSettings settings(Path backups) {
		return new QuartermasterBackupPropertiesTests.Binding().with("dir", backups.toString()).settings();
	}

	/**
	 * Return a directory that cannot be made.
	 */
	static Path belowRegularFile(Path directory) throws IOException {
		return Files.createFile(directory.resolve("file")).resolve("backups");
	}

}
