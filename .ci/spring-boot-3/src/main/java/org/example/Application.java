/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package org.example;

import dev.quartermaster.backup.flyway.BackupCallback;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.flyway.FlywayConfigurationCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * An application on Spring Boot 3, for {@code .ci/versions}. It adds an item, tells how
 * many there are, and ends.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class Application {

	@Bean
	@ConditionalOnProperty("with-callback")
	FlywayConfigurationCustomizer guard() {
		return (configuration) -> configuration.callbacks(new BackupCallback());
	}

	public static void main(String[] args) {
		try (ConfigurableApplicationContext context = SpringApplication.run(Application.class, args)) {
			JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
			jdbc.update("INSERT INTO item (name) VALUES ('kettle')");
			System.out.println("Items: " + jdbc.queryForObject("SELECT count(*) FROM item", Integer.class));
		}
	}

}
