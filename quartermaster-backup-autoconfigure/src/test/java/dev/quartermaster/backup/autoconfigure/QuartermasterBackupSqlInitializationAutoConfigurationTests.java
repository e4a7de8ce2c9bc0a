/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import javax.sql.DataSource;

import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartermasterBackupSqlInitializationAutoConfiguration}.
 */
class QuartermasterBackupSqlInitializationAutoConfigurationTests {

	private static final String SCHEMA = "spring.sql.init.schema-locations=classpath:sql/schema.sql";

	private static final String DATA = "spring.sql.init.data-locations=optional:classpath*:sql/data.sql";

	private static final String ALWAYS = "spring.sql.init.mode=always";

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
	}

	@Test
	void snapshotIsTakenBeforeScripts() {
		create();
		sqlite().run((context) -> {
			this.fixture.assertSnapshot(context, "sql-init");
			assertRan();
			assertThat(this.log.guarded()).containsExactly(
					"[" + this.database + "], by Spring Boot's SQL scripts (dataSourceScriptDatabaseInitializer)");
		});
	}

	@Test
	void snapshotIsTakenBeforeSchemaScriptsOnly() {
		create();
		runner().withPropertyValues(ALWAYS, SCHEMA).run((context) -> {
			this.fixture.assertSnapshot(context, "sql-init");
			assertThat(TestDatabase.items(this.database)).isEmpty();
		});
	}

	@Test
	void snapshotIsTakenBeforeDataScriptsOnly() {
		create();
		runner().withPropertyValues(ALWAYS, DATA).run((context) -> {
			this.fixture.assertSnapshot(context, "sql-init");
			assertThat(TestDatabase.items(this.database)).containsExactly("kettle", "from a script");
		});
	}

	@Test
	void initializerOfTheUserIsGuarded() {
		create();
		this.fixture.sqlite(DataSourceInitializationAutoConfiguration.class)
			.withUserConfiguration(OwnConfiguration.class)
			.run((context) -> {
				this.fixture.assertSnapshot(context, "sql-init");
				assertThat(TestDatabase.items(this.database)).isEmpty();
			});
	}

	@Test
	void initializerThatDecidesItselfIsGuarded() {
		create();
		this.fixture.sqlite(DataSourceInitializationAutoConfiguration.class)
			.withUserConfiguration(DecidingConfiguration.class)
			.run((context) -> {
				this.fixture.assertSnapshot(context, "sql-init");
				assertThat(Migrations.tables(this.database)).isEmpty();
			});
	}

	@Test
	void snapshotIsTakenBeforeScriptsForEmbeddedDatabaseIfThatIsWhatTheUserSaysItIs() {
		create();
		this.fixture.sqlite(DataSourceInitializationAutoConfiguration.class)
			.withUserConfiguration(EmbeddedConfiguration.class)
			.run((context) -> {
				this.fixture.assertSnapshot(context, "sql-init");
				assertThat(TestDatabase.items(this.database)).isEmpty();
			});
	}

	@Test
	void firstBootHasNothingToBackUp() {
		sqlite().run((context) -> {
			this.fixture.assertFirstBoot(context);
			assertRan();
		});
	}

	@Test
	void failingBackupIsOneWarningAndScriptsRun() throws Exception {
		create();
		sqlite().withPropertyValues(this.fixture.failing()).run((context) -> {
			this.fixture.assertOneWarning(context);
			assertRan();
		});
	}

	@Test
	void failingBackupRefusesScriptsWhenAskedTo() throws Exception {
		create();
		sqlite().withPropertyValues(this.fixture.failing("quartermaster.backup.migration.on-failure=abort"))
			.run(this.fixture::assertRefused);
	}

	@ParameterizedTest
	@ValueSource(strings = { "never", "embedded" })
	void backsOffWhenScriptsDoNotRun(String mode) {
		create();
		sqlite().withPropertyValues("spring.sql.init.mode=" + mode).run(this.fixture::assertNoSnapshot);
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle");
	}

	@Test
	void backsOffFromInitializerOfTheUserThatNeverRuns() {
		create();
		this.fixture.sqlite(DataSourceInitializationAutoConfiguration.class)
			.withUserConfiguration(NeverConfiguration.class)
			.run(this.fixture::assertNoSnapshot);
	}

	@Test
	void backsOffWithoutScripts() {
		create();
		runner().withPropertyValues(ALWAYS).run((context) -> {
			assertThat(context).hasSingleBean(DataSourceScriptDatabaseInitializer.class);
			this.fixture.assertNoSnapshot(context);
		});
	}

	@Test
	void backsOffWhenDisabled() {
		create();
		sqlite().withPropertyValues("quartermaster.backup.enabled=false").run(this::assertRanWithoutSnapshot);
	}

	@Test
	void backsOffWhenDisabledForMigrations() {
		create();
		sqlite().withPropertyValues("quartermaster.backup.migration.enabled=false").run(this::assertRanWithoutSnapshot);
	}

	@Test
	void backsOffFromExcludedBean() {
		create();
		sqlite().withPropertyValues("quartermaster.backup.migration.exclude-beans=dataSourceScriptDatabaseInitializer")
			.run(this::assertRanWithoutSnapshot);
	}

	@Test
	void backsOffWithoutScriptsOfSpringOnTheClassPath() {
		create();
		this.fixture
			.sqlite(DataSourceInitializationAutoConfiguration.class, "org.springframework.jdbc.datasource.init.")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(SqlScriptsPostProcessor.class);
				this.fixture.assertNoSnapshot(context);
			});
	}

	@Test
	void databaseOtherThanSqliteIsNotRefused() {
		// Scripts run for an embedded database without being asked for.
		SchemaChangeFixture.runner("jdbc:h2:mem:scripts", DataSourceInitializationAutoConfiguration.class)
			.withPropertyValues(SCHEMA, "quartermaster.backup.migration.on-failure=abort")
			.run((context) -> this.fixture.assertNotSupported(context, "The database is H2, not SQLite"));
	}

	@Test
	void databaseInMemoryIsNotRefused() {
		SchemaChangeFixture.runner("jdbc:sqlite::memory:", DataSourceInitializationAutoConfiguration.class)
			.withPropertyValues(ALWAYS, SCHEMA, "quartermaster.backup.migration.on-failure=abort")
			.run((context) -> this.fixture.assertNotSupported(context,
					"The SQLite database is in memory, not in a file"));
	}

	private ApplicationContextRunner sqlite() {
		return runner().withPropertyValues(ALWAYS, SCHEMA, DATA);
	}

	private ApplicationContextRunner runner() {
		return this.fixture.sqlite(DataSourceInitializationAutoConfiguration.class);
	}

	private void create() {
		TestDatabase.execute(this.database, "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
				"INSERT INTO item (name) VALUES ('kettle')");
	}

	private void assertRan() {
		assertThat(TestDatabase.items(this.database)).containsExactly("from a script");
	}

	private void assertRanWithoutSnapshot(AssertableApplicationContext context) {
		this.fixture.assertNoSnapshot(context);
		assertRan();
	}

	private static DatabaseInitializationSettings settings(DatabaseInitializationMode mode) {
		DatabaseInitializationSettings settings = new DatabaseInitializationSettings();
		settings.setSchemaLocations(List.of("classpath:sql/schema.sql"));
		settings.setMode(mode);
		return settings;
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConfiguration {

		@Bean
		DataSourceScriptDatabaseInitializer own(DataSource dataSource) {
			return new DataSourceScriptDatabaseInitializer(dataSource, settings(DatabaseInitializationMode.ALWAYS));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DecidingConfiguration {

		@Bean
		DataSourceScriptDatabaseInitializer deciding(DataSource dataSource) {
			return new DataSourceScriptDatabaseInitializer(dataSource, settings(DatabaseInitializationMode.NEVER)) {

				@Override
				public boolean initializeDatabase() {
					new JdbcTemplate(dataSource).execute("DROP TABLE item");
					return true;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EmbeddedConfiguration {

		@Bean
		DataSourceScriptDatabaseInitializer embedded(DataSource dataSource) {
			return embeddedInitializer(dataSource, DatabaseInitializationMode.EMBEDDED);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NeverConfiguration {

		@Bean
		DataSourceScriptDatabaseInitializer never(DataSource dataSource) {
			return embeddedInitializer(dataSource, DatabaseInitializationMode.NEVER);
		}

	}

	private static DataSourceScriptDatabaseInitializer embeddedInitializer(DataSource dataSource,
			DatabaseInitializationMode mode) {
		return new DataSourceScriptDatabaseInitializer(dataSource, settings(mode)) {

			@Override
			protected boolean isEmbeddedDatabase() {
				return true;
			}

		};
	}

}
