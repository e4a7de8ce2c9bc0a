/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

import javax.sql.DataSource;

import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import dev.quartermaster.backup.support.entity.Item;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jpa.autoconfigure.EntityManagerFactoryBuilderCustomizer;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.hibernate.LocalSessionFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link QuartermasterBackupHibernateAutoConfiguration}.
 */
class QuartermasterBackupHibernateAutoConfigurationTests {

	private static final String DDL_AUTO = "spring.jpa.hibernate.ddl-auto=";

	private static final String ACTION = "spring.jpa.properties.jakarta.persistence.schema-generation.database.action=";

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
	@ValueSource(strings = { DDL_AUTO + "create", DDL_AUTO + "create-drop", ACTION + "drop-and-create" })
	void snapshotIsTakenBeforeTablesAreDropped(String property) {
		create();
		sqlite().withPropertyValues(property).run((context) -> {
			this.fixture.assertSnapshot(context, "hibernate");
			assertThat(TestDatabase.items(this.database)).isEmpty();
			assertChanged();
			assertThat(this.log.guarded())
				.containsExactly("[" + this.database + "], by Hibernate's schema generation (entityManagerFactory)");
		});
	}

	@Test
	void urlOfAnotherDatabaseIsNothingToGuard() {
		runner().withUserConfiguration(OtherUrlConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(this.log.ours()).isEmpty();
		});
	}

	@Test
	void snapshotIsTakenBeforeTablesAreDroppedForGood() {
		create();
		sqlite().withPropertyValues(ACTION + "drop").run((context) -> {
			this.fixture.assertSnapshot(context, "hibernate");
			assertThat(Migrations.tables(this.database)).doesNotContain("item");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { DDL_AUTO + "update", ACTION + "update", "spring.jpa.generate-ddl=true" })
	void snapshotIsTakenBeforeTablesAreChanged(String property) {
		create();
		sqlite().withPropertyValues(property).run((context) -> {
			this.fixture.assertSnapshot(context, "hibernate");
			assertThat(TestDatabase.items(this.database)).containsExactly("kettle");
			assertChanged();
		});
	}

	@Test
	void columnsThatAreAddedLoseNothing() {
		create();
		sqlite().withPropertyValues(DDL_AUTO + "update").run((context) -> {
			assertChanged();
			assertThat(this.fixture.messages())
				.anyMatch((message) -> message.matches("Migrated " + this.database + ": .*, none lost"));
			assertThat(this.log.warnings()).isEmpty();
		});
	}

	@Test
	void lossOfTablesThatAreMadeAnewIsNamedAndUndone() {
		create();
		byte[] before = TestDatabase.bytes(this.database);
		sqlite()
			.withPropertyValues(DDL_AUTO + "create", "quartermaster.backup.migration.on-data-loss=fail",
					"quartermaster.backup.migration.restore-on-error=true")
			.run((context) -> {
				assertThat(context).getFailure().rootCause().hasMessageContaining("item: 1 -> 0");
				assertThat(TestDatabase.bytes(this.database)).isEqualTo(before);
			});
	}

	@Test
	void snapshotIsTakenWhenOnlyPendingMatters() {
		create();
		sqlite().withPropertyValues(DDL_AUTO + "update", "quartermaster.backup.migration.when=pending")
			.run((context) -> this.fixture.assertSnapshot(context, "hibernate"));
	}

	@Test
	void snapshotIsTakenBeforeHibernateStartsInTheBackground() {
		create();
		sqlite().withPropertyValues(DDL_AUTO + "create")
			.withUserConfiguration(BackgroundConfiguration.class)
			.run((context) -> {
				assertThat(context.getBean(LocalContainerEntityManagerFactoryBean.class).getBootstrapExecutor())
					.isNotNull();
				this.fixture.assertSnapshot(context, "hibernate");
				assertThat(TestDatabase.items(this.database)).isEmpty();
			});
	}

	@Test
	void snapshotIsTakenBeforeSpringBootHasHibernateStartInTheBackground() {
		assumeThat(SpringBootVersion.getVersion()).doesNotStartWith("4.0.");
		create();
		sqlite().withPropertyValues(DDL_AUTO + "create", "spring.jpa.bootstrap=async")
			.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
			.run((context) -> {
				assertThat(context.getBean(LocalContainerEntityManagerFactoryBean.class).getBootstrapExecutor())
					.isNotNull();
				this.fixture.assertSnapshot(context, "hibernate");
				assertThat(TestDatabase.items(this.database)).isEmpty();
			});
	}

	@Test
	void changeInTheBackgroundThatCameToAGoodEndIsNotUndone() {
		create();
		sqlite().withPropertyValues(DDL_AUTO + "create", "quartermaster.backup.migration.restore-on-error=true")
			.withUserConfiguration(BackgroundConfiguration.class, SeveralSchemaChangesTests.FailedStart.class)
			.run((context) -> {
				this.fixture.assertSnapshot(context, "hibernate");
				assertThat(TestDatabase.items(this.database)).isEmpty();
			});
	}

	@Test
	void entityManagerFactoryOfTheUserIsGuarded() {
		create();
		runner().withUserConfiguration(OwnConfiguration.class).run((context) -> {
			this.fixture.assertSnapshot(context, "hibernate");
			assertThat(TestDatabase.items(this.database)).isEmpty();
		});
	}

	@Test
	void entityManagerFactoryWithoutDataSourceIsGuarded() {
		create();
		runner().withPropertyValues("test.database=" + this.database)
			.withUserConfiguration(UrlConfiguration.class)
			.run((context) -> {
				this.fixture.assertSnapshot(context, "hibernate");
				assertThat(TestDatabase.items(this.database)).isEmpty();
			});
	}

	@Test
	void sessionFactoryIsGuarded() {
		create();
		runner().withUserConfiguration(SessionFactoryConfiguration.class).run((context) -> {
			this.fixture.assertSnapshot(context, "hibernate");
			assertThat(TestDatabase.items(this.database)).isEmpty();
		});
	}

	@Test
	void changeOfSessionFactoryInTheBackgroundIsUndoneIfTheStartFails() {
		create();
		runner().withPropertyValues("quartermaster.backup.migration.restore-on-error=true")
			.withUserConfiguration(BackgroundSessionFactoryConfiguration.class)
			.run((context) -> {
				assertThat(Migrations.snapshots(this.database)).hasSize(2)
					.anyMatch((snapshot) -> snapshot.getFileName().toString().contains("-hibernate"))
					.anyMatch((snapshot) -> snapshot.getFileName().toString().contains("-failed-migration"));
				assertThat(TestDatabase.items(this.database)).containsExactly("kettle");
			});
	}

	@Test
	void firstBootHasNothingToBackUp() {
		sqlite().withPropertyValues(DDL_AUTO + "create").run((context) -> {
			this.fixture.assertFirstBoot(context);
			assertChanged();
		});
	}

	@Test
	void failingBackupIsOneWarningAndHibernateGoesOn() throws Exception {
		create();
		sqlite().withPropertyValues(this.fixture.failing(DDL_AUTO + "create")).run((context) -> {
			this.fixture.assertOneWarning(context);
			assertThat(TestDatabase.items(this.database)).isEmpty();
		});
	}

	@Test
	void failingBackupRefusesChangeWhenAskedTo() throws Exception {
		create();
		sqlite()
			.withPropertyValues(
					this.fixture.failing(DDL_AUTO + "create", "quartermaster.backup.migration.on-failure=abort"))
			.run(this.fixture::assertRefused);
	}

	@ParameterizedTest
	@ValueSource(strings = { DDL_AUTO + "none", DDL_AUTO, ACTION + "none", "spring.jpa.show-sql=false" })
	void backsOffWhenNothingIsChanged(String property) {
		create();
		sqlite().withPropertyValues(property).run((context) -> {
			assertThat(context).hasSingleBean(EntityManagerFactory.class);
			this.fixture.assertNoSnapshot(context);
		});
		assertThat(SchemaChangeFixture.columns(this.database)).containsExactly("id", "name");
	}

	@Test
	void backsOffWhenTablesAreOnlyValidated() {
		TestDatabase.execute(this.database, "CREATE TABLE item (id BIGINT PRIMARY KEY, name VARCHAR, place VARCHAR)");
		sqlite().withPropertyValues(DDL_AUTO + "validate").run((context) -> {
			assertThat(context).hasSingleBean(EntityManagerFactory.class);
			this.fixture.assertNoSnapshot(context);
		});
	}

	@Test
	void backsOffWhenDisabled() {
		create();
		sqlite().withPropertyValues(DDL_AUTO + "create", "quartermaster.backup.enabled=false")
			.run(this::assertChangedWithoutSnapshot);
	}

	@Test
	void backsOffWhenDisabledForMigrations() {
		create();
		sqlite().withPropertyValues(DDL_AUTO + "create", "quartermaster.backup.migration.enabled=false")
			.run(this::assertChangedWithoutSnapshot);
	}

	@Test
	void backsOffFromExcludedBean() {
		create();
		sqlite()
			.withPropertyValues(DDL_AUTO + "create",
					"quartermaster.backup.migration.exclude-beans=entityManagerFactory")
			.run(this::assertChangedWithoutSnapshot);
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.hibernate.", "org.springframework.orm." })
	void backsOffWithoutLibraryOnTheClassPath(String hidden) {
		create();
		this.fixture.sqlite(HibernateJpaAutoConfiguration.class, hidden).run((context) -> {
			assertThat(context).doesNotHaveBean(EntityManagerFactoryPostProcessor.class);
			this.fixture.assertNoSnapshot(context);
		});
	}

	@Test
	void databaseOtherThanSqliteIsNotRefused() {
		// Boot makes tables in an embedded database without being asked for.
		with(SchemaChangeFixture.runner("jdbc:h2:mem:hibernate", HibernateJpaAutoConfiguration.class))
			.withPropertyValues("quartermaster.backup.migration.on-failure=abort")
			.run((context) -> this.fixture.assertNotSupported(context, "The database is H2, not SQLite"));
	}

	@Test
	void databaseInMemoryIsNotRefused() {
		with(SchemaChangeFixture.runner("jdbc:sqlite::memory:", HibernateJpaAutoConfiguration.class))
			.withPropertyValues(DDL_AUTO + "create", "quartermaster.backup.migration.on-failure=abort")
			.run((context) -> this.fixture.assertNotSupported(context,
					"The SQLite database is in memory, not in a file"));
	}

	private ApplicationContextRunner sqlite() {
		return with(runner());
	}

	private ApplicationContextRunner runner() {
		return this.fixture.sqlite(HibernateJpaAutoConfiguration.class);
	}

	private static ApplicationContextRunner with(ApplicationContextRunner runner) {
		return runner.withUserConfiguration(Entities.class);
	}

	private void create() {
		TestDatabase.execute(this.database, "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
				"INSERT INTO item (name) VALUES ('kettle')");
	}

	private void assertChanged() {
		assertThat(SchemaChangeFixture.columns(this.database)).contains("place");
	}

	private void assertChangedWithoutSnapshot(AssertableApplicationContext context) {
		this.fixture.assertNoSnapshot(context);
		assertChanged();
	}

	@Configuration(proxyBeanMethods = false)
	@EntityScan(basePackageClasses = Item.class)
	static class Entities {

	}

	@Configuration(proxyBeanMethods = false)
	static class BackgroundConfiguration {

		@Bean
		EntityManagerFactoryBuilderCustomizer inTheBackground() {
			return (builder) -> builder.setBootstrapExecutor(new SimpleAsyncTaskExecutor("hibernate-"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConfiguration {

		@Bean
		LocalContainerEntityManagerFactoryBean own(DataSource dataSource) {
			LocalContainerEntityManagerFactoryBean factory = factory("create");
			factory.setDataSource(dataSource);
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherUrlConfiguration {

		@Bean
		LocalContainerEntityManagerFactoryBean own() {
			LocalContainerEntityManagerFactoryBean factory = factory("create");
			factory.getJpaPropertyMap().put("jakarta.persistence.jdbc.url", "jdbc:h2:mem:hibernate");
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UrlConfiguration {

		@Bean
		LocalContainerEntityManagerFactoryBean own(@Value("${test.database}") Path file) {
			LocalContainerEntityManagerFactoryBean factory = factory("create");
			factory.getJpaPropertyMap().put("jakarta.persistence.jdbc.url", "jdbc:sqlite:" + file);
			return factory;
		}

	}

	private static LocalContainerEntityManagerFactoryBean factory(String action) {
		LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
		factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
		factory.setPackagesToScan(Item.class.getPackageName());
		factory.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", action));
		return factory;
	}

	@Configuration(proxyBeanMethods = false)
	static class SessionFactoryConfiguration {

		@Bean
		LocalSessionFactoryBean sessions(DataSource dataSource) {
			return sessionFactory(dataSource);
		}

		@Bean
		String uses(SessionFactory sessions) {
			return sessions.toString();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BackgroundSessionFactoryConfiguration {

		@Bean
		LocalSessionFactoryBean sessions(DataSource dataSource) {
			LocalSessionFactoryBean factory = sessionFactory(dataSource);
			factory.setBootstrapExecutor(new SimpleAsyncTaskExecutor("hibernate-"));
			return factory;
		}

		@Bean
		SmartInitializingSingleton failedStart(MigrationGuard guard, SessionFactory sessions) {
			return () -> {
				// Waits for Hibernate.
				sessions.getMetamodel();
				guard.startFailed();
			};
		}

	}

	private static LocalSessionFactoryBean sessionFactory(DataSource dataSource) {
		LocalSessionFactoryBean factory = new LocalSessionFactoryBean();
		factory.setDataSource(dataSource);
		factory.setAnnotatedClasses(Item.class);
		Properties properties = new Properties();
		properties.setProperty("hibernate.hbm2ddl.auto", "create");
		factory.setHibernateProperties(properties);
		return factory;
	}

}
