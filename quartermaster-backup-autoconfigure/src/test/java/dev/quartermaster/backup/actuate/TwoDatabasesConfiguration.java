/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;

import javax.sql.DataSource;

import dev.quartermaster.backup.actuate.EndpointApplication.WithoutSecurity;
import dev.quartermaster.backup.support.TestDatabase;
import org.sqlite.SQLiteDataSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Two files of the same name, and none of them is primary.
 */
@Configuration(proxyBeanMethods = false)
@Import(WithoutSecurity.class)
class TwoDatabasesConfiguration {

	@Bean
	DataSource tasksDataSource(@Value("${test.directory}/a/app.db") Path file) {
		return dataSource(file);
	}

	@Bean
	DataSource usersDataSource(@Value("${test.directory}/b/app.db") Path file) {
		return dataSource(file);
	}

	private static DataSource dataSource(Path file) {
		SQLiteDataSource dataSource = new SQLiteDataSource();
		dataSource.setUrl(TestDatabase.url(file));
		return dataSource;
	}

}
