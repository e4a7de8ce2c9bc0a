/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
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
import org.sqlite.SQLiteDataSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DatabaseInitializerDetector;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DatabaseInitializerPostProcessor}.
 */
class DatabaseInitializerPostProcessorTests {

	private static final String MODULITH = "org.springframework.modulith.events.";

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

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void initializerOfThirdPartyIsGuarded(boolean aheadOfTime) {
		create(this.database);
		modulith().withSystemProperties("spring.aot.enabled=" + aheadOfTime).run((context) -> {
			this.fixture.assertSnapshot(context, "database-init");
			assertThat(Migrations.tables(this.database)).contains("EVENT_PUBLICATION");
			assertThat(this.log.guarded())
				.containsExactly("[" + this.database + "], by database initializer (databaseSchemaInitializer)");
		});
	}

	@Test
	void firstBootHasNothingToBackUp() {
		modulith().run((context) -> {
			this.fixture.assertFirstBoot(context);
			assertThat(Migrations.tables(this.database)).contains("EVENT_PUBLICATION");
		});
	}

	@Test
	void failingBackupRefusesInitializerWhenAskedTo() throws Exception {
		create(this.database);
		modulith().withPropertyValues(this.fixture.failing("quartermaster.backup.migration.on-failure=abort"))
			.run((context) -> {
				this.fixture.assertRefused(context);
				assertThat(Migrations.tables(this.database)).doesNotContain("EVENT_PUBLICATION");
			});
	}

	@Test
	void excludedInitializerIsNotGuarded() {
		create(this.database);
		modulith().withPropertyValues("quartermaster.backup.migration.exclude-beans=databaseSchemaInitializer")
			.run(this.fixture::assertNoSnapshot);
	}

	@Test
	void databaseIsThatOfTheDataSourceBehindItsDependencies() throws IOException {
		Path other = create(Files.createDirectory(this.directory.resolve("other")).resolve("other.db"));
		create(this.database);
		runner(TemplateConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(Migrations.tables(other)).contains("location");
			assertThat(Migrations.snapshots(other)).singleElement()
				.satisfies((snapshot) -> assertThat(Migrations.tables(snapshot)).doesNotContain("location"));
			assertThat(Migrations.snapshots(this.database)).isEmpty();
		});
	}

	@Test
	void initializerBesideFlywayIsGuarded() throws IOException {
		Path other = create(Files.createDirectory(this.directory.resolve("other")).resolve("other.db"));
		Migrations.atFirst(this.database);
		Contexts.runner(TestDatabase.url(this.database), Migrations.FIRST)
			.withConfiguration(AutoConfigurations.of(DataSourceInitializationAutoConfiguration.class))
			.withPropertyValues("test.directory=" + this.directory)
			.withUserConfiguration(DatabasesConfiguration.class, TemplateConfiguration.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(Migrations.snapshots(this.database)).hasSize(1);
				assertThat(Migrations.snapshots(other)).hasSize(1);
			});
	}

	@Test
	void everyDatabaseMayBeThatOfInitializerWithoutDependencies() throws IOException {
		Path other = create(Files.createDirectory(this.directory.resolve("other")).resolve("other.db"));
		create(this.database);
		runner(SecretiveConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			for (Path database : List.of(this.database, other)) {
				assertThat(Migrations.snapshots(database)).hasSize(1);
			}
		});
	}

	@Test
	void beanThatInitializesNothingIsNotGuarded() throws IOException {
		create(Files.createDirectory(this.directory.resolve("other")).resolve("other.db"));
		create(this.database);
		runner(OrdinaryConfiguration.class).run(this.fixture::assertNoSnapshot);
	}

	private ApplicationContextRunner runner(Class<?> configuration) {
		return this.fixture.sqlite(DataSourceInitializationAutoConfiguration.class)
			.withPropertyValues("test.directory=" + this.directory)
			.withUserConfiguration(DatabasesConfiguration.class, configuration);
	}

	/**
	 * Return a runner with the publication of events of Spring Modulith. It knows no
	 * SQLite, which understands the script for HSQLDB.
	 */
	private ApplicationContextRunner modulith() {
		Object databaseType = List.of(type("jdbc.DatabaseType").getEnumConstants())
			.stream()
			.filter((constant) -> constant.toString().equals("HSQLDB"))
			.findFirst()
			.orElseThrow();
		return with(
				with(this.fixture.sqlite(DataSourceInitializationAutoConfiguration.class), "databaseType",
						type("jdbc.DatabaseType"), databaseType),
				"eventSerializer", type("core.EventSerializer"), serializer())
			.withAllowBeanDefinitionOverriding(true)
			.withConfiguration(AutoConfigurations.of(type("jdbc.JdbcEventPublicationAutoConfiguration")))
			.withPropertyValues("spring.modulith.events.jdbc.schema-initialization.enabled=true",
					// It takes a second connection while it has one.
					"spring.datasource.hikari.maximum-pool-size=2");
	}

	private static Object serializer() {
		ProxyFactory factory = new ProxyFactory(new Object());
		factory.addInterface(type("core.EventSerializer"));
		return factory.getProxy();
	}

	private static <T> ApplicationContextRunner with(ApplicationContextRunner runner, String name, Class<T> type,
			Object bean) {
		return runner.withBean(name, type, () -> type.cast(bean));
	}

	private static Class<?> type(String name) {
		return ClassUtils.resolveClassName(MODULITH + name,
				DatabaseInitializerPostProcessorTests.class.getClassLoader());
	}

	private static Path create(Path database) {
		TestDatabase.execute(database, "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
				"INSERT INTO item (name) VALUES ('kettle')");
		return database;
	}

	/**
	 * A database besides that of Boot, which keeps its data source.
	 */
	@Configuration(proxyBeanMethods = false)
	static class DatabasesConfiguration {

		@Bean(defaultCandidate = false)
		DataSource otherDataSource(@Value("${test.directory}/other/other.db") Path file) {
			SQLiteDataSource dataSource = new SQLiteDataSource();
			dataSource.setUrl(TestDatabase.url(file));
			return dataSource;
		}

		@Bean(defaultCandidate = false)
		JdbcTemplate otherTemplate(@Qualifier("otherDataSource") DataSource dataSource) {
			return new JdbcTemplate(dataSource);
		}

		@Bean
		static BeanFactoryPostProcessor detection() {
			return (beanFactory) -> {
				if (beanFactory.containsBeanDefinition("initializer")) {
					beanFactory.getBeanDefinition("initializer")
						.setAttribute(DatabaseInitializerDetector.class.getName(), "a detector");
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TemplateConfiguration {

		@Bean
		InitializingBean initializer(@Qualifier("otherTemplate") JdbcTemplate template) {
			return () -> template.execute("CREATE TABLE location (id INTEGER PRIMARY KEY)");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SecretiveConfiguration {

		@Bean
		InitializingBean initializer() {
			return () -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OrdinaryConfiguration {

		@Bean
		InitializingBean ordinary(JdbcTemplate template) {
			return () -> template.queryForList("SELECT * FROM item");
		}

	}

}
