/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;

import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import dev.quartermaster.backup.support.entity.Item;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for applications that change the schema of one database in several ways when they
 * start.
 */
class SeveralSchemaChangesTests {

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private SchemaChangeFixture fixture;

	private Path database;

	@BeforeEach
	void setUp() {
		this.fixture = new SchemaChangeFixture(this.directory, this.log);
		this.database = this.fixture.database();
		Migrations.atFirst(this.database);
	}

	@Test
	void snapshotIsTakenBeforeTheFirstOfAllChanges() {
		all().run((context) -> {
			// Boot has Liquibase come before Flyway, and scripts after both.
			this.fixture.assertSnapshot(context, "liquibase");
			assertThat(Migrations.tables(this.database)).contains("item", "location", "note");
			assertThat(TestDatabase.items(this.database)).containsExactly("kettle moved", "from a script");
			assertThat(SchemaChangeFixture.columns(this.database)).contains("place");
			assertThat(this.log.guarded()).singleElement()
				.asString()
				.startsWith("[" + this.database + "], by Flyway's migration strategy (")
				.contains("; Hibernate's schema generation (entityManagerFactory); ",
						"; Liquibase update (liquibase); ",
						"; Spring Boot's SQL scripts (dataSourceScriptDatabaseInitializer)");
		});
	}

	@Test
	void snapshotIsTakenBeforeTheFirstDoorThatHasSomethingToDo() {
		all()
			.withPropertyValues("spring.flyway.locations=" + Migrations.FIRST,
					"quartermaster.backup.migration.when=pending")
			.run((context) -> this.fixture.assertSnapshot(context, "liquibase"));
	}

	@Test
	void snapshotIsTakenBeforeScriptsThatComeBeforeHibernate() {
		withoutMigrations().run((context) -> {
			this.fixture.assertSnapshot(context, "sql-init");
			assertThat(TestDatabase.items(this.database)).containsExactly("kettle", "from a script");
			assertThat(SchemaChangeFixture.columns(this.database)).contains("place");
		});
	}

	@Test
	void snapshotIsTakenBeforeHibernateThatComesBeforeScripts() {
		withoutMigrations().withPropertyValues("spring.jpa.defer-datasource-initialization=true").run((context) -> {
			this.fixture.assertSnapshot(context, "hibernate");
			assertThat(TestDatabase.items(this.database)).containsExactly("kettle", "from a script");
			assertThat(SchemaChangeFixture.columns(this.database)).contains("place");
		});
	}

	@Test
	void nothingIsUndoneThatCameToAGoodEnd() {
		all().withPropertyValues("quartermaster.backup.migration.restore-on-error=true")
			.withUserConfiguration(FailedStart.class)
			.run((context) -> {
				this.fixture.assertSnapshot(context, "liquibase");
				assertThat(TestDatabase.items(this.database)).containsExactly("kettle moved", "from a script");
				assertThat(SchemaChangeFixture.columns(this.database)).contains("place");
			});
	}

	@Test
	void failingBackupIsOneWarningForAllChanges() throws Exception {
		all().withPropertyValues(this.fixture.failing()).run((context) -> {
			this.fixture.assertOneWarning(context);
			assertThat(Migrations.tables(this.database)).contains("item", "location", "note");
		});
	}

	@Test
	void snapshotIsTakenBeforeTheFirstDoorThatIsNotExcluded() {
		withoutMigrations()
			.withPropertyValues("quartermaster.backup.migration.exclude-beans=dataSourceScriptDatabaseInitializer")
			.run((context) -> assertThat(Migrations.snapshots(this.database)).singleElement().satisfies((snapshot) -> {
				assertThat(snapshot.getFileName().toString()).endsWith("-hibernate.db");
				assertThat(TestDatabase.items(snapshot)).containsExactly("kettle", "from a script");
			}));
	}

	private ApplicationContextRunner all() {
		return configure(Contexts.runner("jdbc:sqlite:" + this.database, Migrations.FIRST_AND_SECOND))
			.withConfiguration(AutoConfigurations.of(LiquibaseAutoConfiguration.class))
			.withPropertyValues("spring.liquibase.change-log=classpath:liquibase/notes.sql");
	}

	private ApplicationContextRunner withoutMigrations() {
		return configure(this.fixture.sqlite(DataSourceInitializationAutoConfiguration.class));
	}

	private static ApplicationContextRunner configure(ApplicationContextRunner runner) {
		return runner
			.withConfiguration(AutoConfigurations.of(DataSourceInitializationAutoConfiguration.class,
					HibernateJpaAutoConfiguration.class))
			.withUserConfiguration(Entities.class)
			.withPropertyValues("spring.sql.init.mode=always", "spring.sql.init.data-locations=classpath:sql/data.sql",
					"spring.jpa.hibernate.ddl-auto=update");
	}

	@Configuration(proxyBeanMethods = false)
	@EntityScan(basePackageClasses = Item.class)
	static class Entities {

	}

	/**
	 * A start that fails when all that changes the schema is behind it.
	 */
	@Configuration(proxyBeanMethods = false)
	static class FailedStart {

		@Bean
		SmartInitializingSingleton failedStart(MigrationGuard guard, EntityManagerFactory entities) {
			return () -> {
				// Waits for Hibernate, wherever that starts.
				entities.getMetamodel();
				guard.startFailed();
			};
		}

	}

}
