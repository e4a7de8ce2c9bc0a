/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import liquibase.integration.spring.SpringLiquibase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HistoryTables}, with tables that the tools themselves make.
 */
class HistoryTablesTests {

	@TempDir
	private Path temp;

	@Test
	void thoseOfFlywayAreFoundWhateverTheirNames() throws SQLException {
		Path database = this.temp.resolve("app.db");
		migrate(database, "my history", Migrations.FIRST);
		migrate(database, "history of orders", "classpath:db/second");
		try (Connection connection = TestDatabase.open(database); Statement statement = connection.createStatement()) {
			assertThat(HistoryTables.in(statement)).containsExactlyInAnyOrder("my history", "history of orders");
			assertThat(HistoryTables.ofFlyway(statement)).as("the first").contains("my history");
			assertThat(TableNames.of(statement)).containsExactlyInAnyOrder("item", "location");
		}
	}

	@Test
	void historyIsOneOfSeveralOnlyIfThereAreSeveral() throws SQLException {
		Path database = this.temp.resolve("app.db");
		migrate(database, "flyway_schema_history", Migrations.FIRST);
		try (Connection connection = TestDatabase.open(database); Statement statement = connection.createStatement()) {
			assertThat(SchemaHistory.allIn(statement)).isEmpty();
			migrate(database, "orders_history", "classpath:db/second");
			assertThat(SchemaHistory.allIn(statement)).contains("flyway_schema_history: 1, orders_history: 2");
		}
	}

	@Test
	void tableWithTheNameOfFlywaysOwnCountsEvenIfItIsNotTheFirst() throws SQLException {
		Path database = this.temp.resolve("app.db");
		migrate(database, "schema_version", Migrations.FIRST);
		migrate(database, "flyway_schema_history", "classpath:db/second");
		try (Connection connection = TestDatabase.open(database); Statement statement = connection.createStatement()) {
			assertThat(HistoryTables.ofFlyway(statement)).contains("flyway_schema_history");
		}
	}

	@Test
	void thoseOfLiquibaseAreFoundWhateverTheirNames() throws Exception {
		Path database = this.temp.resolve("app.db");
		SpringLiquibase liquibase = new SpringLiquibase();
		liquibase.setDataSource(new DriverManagerDataSource(TestDatabase.url(database)));
		liquibase.setResourceLoader(new DefaultResourceLoader());
		liquibase.setChangeLog("classpath:liquibase/items.sql");
		liquibase.setDatabaseChangeLogTable("changes");
		liquibase.setDatabaseChangeLogLockTable("changes_lock");
		liquibase.afterPropertiesSet();
		try (Connection connection = TestDatabase.open(database); Statement statement = connection.createStatement()) {
			assertThat(HistoryTables.in(statement)).containsExactlyInAnyOrder("changes", "changes_lock");
			assertThat(HistoryTables.ofFlyway(statement)).isEmpty();
			assertThat(TableNames.of(statement)).containsExactlyInAnyOrder("item", "location");
		}
	}

	@Test
	void databaseMayHaveNone() throws SQLException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 1);
		TestDatabase.execute(database, "CREATE TABLE flyway_schema_history (id INTEGER, installed_on TEXT)");
		try (Connection connection = TestDatabase.open(database); Statement statement = connection.createStatement()) {
			assertThat(HistoryTables.in(statement)).isEmpty();
			assertThat(HistoryTables.ofFlyway(statement)).isEmpty();
		}
		assertThat(HistoryTables.timesIn(List.of("id", "installed_on"))).isEmpty();
	}

	private static void migrate(Path database, String table, String location) {
		Flyway.configure()
			.dataSource(TestDatabase.url(database), null, null)
			.table(table)
			.locations(location)
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.load()
			.migrate();
	}

}
