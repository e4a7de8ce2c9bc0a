/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;

import javax.sql.DataSource;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import liquibase.Liquibase;
import liquibase.integration.spring.Customizer;
import liquibase.integration.spring.MultiTenantSpringLiquibase;
import liquibase.integration.spring.SpringLiquibase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.liquibase.autoconfigure.DataSourceClosingSpringLiquibase;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartermasterBackupLiquibaseAutoConfiguration}.
 */
class QuartermasterBackupLiquibaseAutoConfigurationTests {

	private static final String CHANGE_LOG = "classpath:liquibase/items.sql";

	private static final String WHEN_PENDING = "quartermaster.backup.migration.when=pending";

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
	void snapshotIsTakenBeforeUpdate() throws Exception {
		atFirst(this.database);
		second().run((context) -> {
			this.fixture.assertSnapshot(context, "liquibase");
			assertUpdated(this.database);
			assertThat(this.log.guarded()).containsExactly("[" + this.database + "], by Liquibase update (liquibase)");
		});
	}

	@Test
	void snapshotIsTakenBeforeEverythingIsDropped() throws Exception {
		atFirst(this.database);
		second().withPropertyValues("spring.liquibase.drop-first=true", WHEN_PENDING).run((context) -> {
			this.fixture.assertSnapshot(context, "liquibase");
			assertThat(TestDatabase.items(this.database)).isEmpty();
		});
	}

	@Test
	void snapshotIsOfDatabaseThatLiquibaseUrlMeans() throws Exception {
		Path other = atFirst(this.directory.resolve("other.db"));
		TestDatabase.create(this.database, 3);
		second().withPropertyValues("spring.liquibase.url=jdbc:sqlite:" + other).run((context) -> {
			assertThat(context).hasSingleBean(DataSourceClosingSpringLiquibase.class);
			assertUpdated(other);
			assertThat(Migrations.snapshots(this.database)).singleElement().satisfies((snapshot) -> {
				assertThat(snapshot.getFileName().toString()).matches("other-\\d{8}-\\d{6}-liquibase\\.db");
				assertThat(TestDatabase.items(snapshot)).containsExactly("kettle");
			});
		});
	}

	@Test
	void firstBootHasNothingToBackUp() {
		second().run(this.fixture::assertFirstBoot);
	}

	@Test
	void firstBootHasNothingToBackUpWhenOnlyPendingMatters() {
		second().withPropertyValues(WHEN_PENDING).run(this.fixture::assertFirstBoot);
	}

	@Test
	void snapshotIsTakenByDefaultWhenNothingIsPending() throws Exception {
		atFirst(this.database);
		first().run((context) -> this.fixture.assertSnapshot(context, "liquibase"));
	}

	@Test
	void noSnapshotWhenNothingIsPendingAndOnlyPendingMatters() throws Exception {
		atFirst(this.database);
		first().withPropertyValues(WHEN_PENDING).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(Migrations.snapshots(this.database)).isEmpty();
		});
	}

	@Test
	void snapshotIsTakenWhenSomethingIsPending() throws Exception {
		atFirst(this.database);
		second().withPropertyValues(WHEN_PENDING).run((context) -> {
			this.fixture.assertSnapshot(context, "liquibase");
			assertUpdated(this.database);
		});
	}

	@Test
	void snapshotIsWithoutTablesOfLiquibaseWhenThatIsAskedWhatIsPending() {
		TestDatabase.execute(this.database, "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
				"INSERT INTO item (name) VALUES ('kettle')");
		second().withPropertyValues(WHEN_PENDING).run((context) -> {
			assertThat(context).as("there is a table already").hasFailed();
			this.fixture.assertSnapshot("liquibase");
			assertThat(Migrations.tables(Migrations.snapshots(this.database).get(0))).containsExactly("item");
		});
	}

	@Test
	void snapshotIsTakenWhenTheApplicationTakesPart() throws Exception {
		atFirst(this.database);
		first().withPropertyValues(WHEN_PENDING).withUserConfiguration(CustomizerConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(Migrations.snapshots(this.database)).singleElement()
				.satisfies((snapshot) -> assertThat(TestDatabase.items(snapshot)).containsExactly("kettle"));
			assertThat(Migrations.tables(this.database)).doesNotContain("item");
		});
	}

	@Test
	void snapshotIsTakenWhenChangeSetAlwaysRuns() throws Exception {
		atFirst(this.database);
		ApplicationContextRunner again = first()
			.withPropertyValues("spring.liquibase.change-log=classpath:liquibase/again.sql", WHEN_PENDING);
		again.run((context) -> assertThat(TestDatabase.items(this.database)).isEmpty());
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
		again.run((context) -> {
			assertThat(TestDatabase.items(this.database)).isEmpty();
			assertThat(TestDatabase.items(newestSnapshot())).containsExactly("pan");
		});
	}

	@Test
	void snapshotIsTakenWhenChangeSetThatHasRunWasChanged() throws Exception {
		atFirst(this.database);
		ApplicationContextRunner onChange = first()
			.withPropertyValues("spring.liquibase.change-log=classpath:liquibase/on-change.sql", WHEN_PENDING);
		onChange.withPropertyValues("spring.liquibase.parameters.unwanted=pan").run((context) -> {
		});
		onChange.withPropertyValues("spring.liquibase.parameters.unwanted=kettle").run((context) -> {
			assertThat(TestDatabase.items(this.database)).isEmpty();
			assertThat(TestDatabase.items(newestSnapshot())).containsExactly("kettle");
			assertThat(Migrations.snapshots(this.database)).hasSize(2);
		});
	}

	@Test
	void everyBeanIsGuarded() throws Exception {
		atFirst(this.database);
		second().withUserConfiguration(OwnConfiguration.class).run((context) -> {
			assertThat(context).getBeans(SpringLiquibase.class).containsOnlyKeys("own", "switchedOff");
			this.fixture.assertSnapshot(context, "liquibase");
			assertUpdated(this.database);
		});
	}

	@Test
	void severalTenantsAreGuarded() throws Exception {
		atFirst(this.database);
		second().withPropertyValues("spring.liquibase.enabled=false")
			.withUserConfiguration(TenantsConfiguration.class)
			.run((context) -> {
				this.fixture.assertSnapshot(context, "liquibase");
				assertUpdated(this.database);
			});
	}

	@Test
	void tenantsThatNobodyKnowsAreOneLineOfInformation() throws Exception {
		atFirst(this.database);
		second().withPropertyValues("spring.liquibase.enabled=false")
			.withBean("tenants", MultiTenantSpringLiquibase.class)
			.run((context) -> {
				assertThat(context).as("there is no JNDI").hasFailed();
				assertThat(this.fixture.messages()).containsExactly(
						"No snapshot is taken before tenants changes a schema, because its database could not be determined");
			});
	}

	@Test
	void failingBackupIsOneWarningAndUpdateGoesOn() throws Exception {
		atFirst(this.database);
		second().withPropertyValues(this.fixture.failing()).run((context) -> {
			this.fixture.assertOneWarning(context);
			assertUpdated(this.database);
		});
	}

	@Test
	void failingBackupRefusesUpdateWhenAskedTo() throws Exception {
		atFirst(this.database);
		second().withPropertyValues(this.fixture.failing("quartermaster.backup.migration.on-failure=abort"))
			.run(this.fixture::assertRefused);
	}

	@Test
	void backsOffWhenDisabled() throws Exception {
		atFirst(this.database);
		second().withPropertyValues("quartermaster.backup.enabled=false").run(this::assertUpdatedWithoutSnapshot);
	}

	@Test
	void backsOffWhenDisabledForMigrations() throws Exception {
		atFirst(this.database);
		second().withPropertyValues("quartermaster.backup.migration.enabled=false")
			.run(this::assertUpdatedWithoutSnapshot);
	}

	@Test
	void backsOffFromExcludedBean() throws Exception {
		atFirst(this.database);
		second().withPropertyValues("quartermaster.backup.migration.exclude-beans=liquibase")
			.run(this::assertUpdatedWithoutSnapshot);
	}

	@Test
	void backsOffWhenLiquibaseIsDisabled() throws Exception {
		atFirst(this.database);
		second().withPropertyValues("spring.liquibase.enabled=false").run(this.fixture::assertNoSnapshot);
		assertThat(Migrations.tables(this.database)).doesNotContain("location");
	}

	@Test
	void backsOffFromBeanThatDoesNotRun() throws Exception {
		atFirst(this.database);
		second().withUserConfiguration(SwitchedOffConfiguration.class).run(this.fixture::assertNoSnapshot);
	}

	@Test
	void backsOffWithoutLiquibaseOnTheClassPath() throws Exception {
		atFirst(this.database);
		this.fixture.sqlite(LiquibaseAutoConfiguration.class, "liquibase.").run((context) -> {
			assertThat(context).doesNotHaveBean(LiquibasePostProcessor.class);
			this.fixture.assertNoSnapshot(context);
		});
	}

	@Test
	void backsOffWithoutSqliteOnTheClassPath() {
		h2("org.sqlite").run((context) -> {
			assertThat(context).doesNotHaveBean(LiquibasePostProcessor.class);
			this.fixture.assertNoSnapshot(context);
		});
	}

	@Test
	void databaseOtherThanSqliteIsNotRefused() {
		h2().withPropertyValues("quartermaster.backup.migration.on-failure=abort")
			.run((context) -> this.fixture.assertNotSupported(context, "The database is H2, not SQLite"));
	}

	@Test
	void databaseInMemoryIsNotRefused() {
		with(SchemaChangeFixture.runner("jdbc:sqlite::memory:", LiquibaseAutoConfiguration.class), "second")
			.withPropertyValues("quartermaster.backup.migration.on-failure=abort")
			.run((context) -> this.fixture.assertNotSupported(context,
					"The SQLite database is in memory, not in a file"));
	}

	private Path newestSnapshot() {
		return BackupServices.service(this.database).list().get(0).file();
	}

	private ApplicationContextRunner h2(String... hidden) {
		return with(SchemaChangeFixture.runner("jdbc:h2:" + this.directory.resolve("h2"),
				LiquibaseAutoConfiguration.class, hidden), "first");
	}

	private ApplicationContextRunner first() {
		return with(this.fixture.sqlite(LiquibaseAutoConfiguration.class), "first");
	}

	private ApplicationContextRunner second() {
		return with(this.fixture.sqlite(LiquibaseAutoConfiguration.class), "second");
	}

	private static ApplicationContextRunner with(ApplicationContextRunner runner, String contexts) {
		return runner.withPropertyValues("spring.liquibase.change-log=" + CHANGE_LOG,
				"spring.liquibase.contexts=" + contexts);
	}

	private static Path atFirst(Path file) throws Exception {
		SpringLiquibase liquibase = liquibase(Contexts.dataSource(file), "first");
		liquibase.setResourceLoader(new DefaultResourceLoader());
		liquibase.afterPropertiesSet();
		TestDatabase.execute(file, "INSERT INTO item (name) VALUES ('kettle')");
		return file;
	}

	private static SpringLiquibase liquibase(DataSource dataSource, String contexts) {
		SpringLiquibase liquibase = new SpringLiquibase();
		liquibase.setDataSource(dataSource);
		liquibase.setChangeLog(CHANGE_LOG);
		liquibase.setContexts(contexts);
		return liquibase;
	}

	private void assertUpdated(Path file) {
		assertThat(Migrations.tables(file)).contains("item", "location");
		assertThat(TestDatabase.items(file)).containsExactly("kettle moved");
	}

	private void assertUpdatedWithoutSnapshot(AssertableApplicationContext context) {
		this.fixture.assertNoSnapshot(context);
		assertUpdated(this.database);
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConfiguration {

		@Bean
		SpringLiquibase own(DataSource dataSource) {
			return liquibase(dataSource, "second");
		}

		@Bean
		SpringLiquibase switchedOff(DataSource dataSource) {
			SpringLiquibase liquibase = liquibase(dataSource, "second");
			liquibase.setShouldRun(false);
			return liquibase;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SwitchedOffConfiguration {

		@Bean
		SpringLiquibase switchedOff(DataSource dataSource) {
			return new OwnConfiguration().switchedOff(dataSource);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TenantsConfiguration {

		@Bean
		MultiTenantSpringLiquibase tenants(DataSource dataSource) {
			MultiTenantSpringLiquibase liquibase = new MultiTenantSpringLiquibase();
			liquibase.setDataSource(dataSource);
			liquibase.setChangeLog(CHANGE_LOG);
			liquibase.setContexts("second");
			return liquibase;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizerConfiguration {

		@Bean
		Customizer<Liquibase> dropsItems(DataSource dataSource) {
			return (liquibase) -> TestDatabase.execute(
					Path.of(liquibase.getDatabase().getConnection().getURL().substring("jdbc:sqlite:".length())),
					"DROP TABLE item");
		}

	}

}
