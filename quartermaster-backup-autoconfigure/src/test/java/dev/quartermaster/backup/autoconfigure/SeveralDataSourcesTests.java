/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanDefinitionCustomizer;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of all auto-configurations with several data sources.
 */
class SeveralDataSourcesTests {

	@TempDir
	private Path directory;

	private Path tasks;

	private Path users;

	@BeforeEach
	void setUp() throws Exception {
		this.directory = this.directory.toRealPath();
		this.tasks = Files.createDirectory(this.directory.resolve("a")).resolve("app.db");
		this.users = Files.createDirectory(this.directory.resolve("b")).resolve("app.db");
	}

	@Test
	void withoutPrimaryThereIsEndpointOfAllAndNoSingleService() {
		tasksAnd("usersDataSource", this.users).run((context) -> {
			assertThat(context).hasSingleBean(DatabaseBackupEndpoint.class);
			assertThat(context).doesNotHaveBean(SqliteBackupService.class);
			assertThat(names(context)).containsExactly("tasks", "users");
		});
	}

	@Test
	void primaryComesFirstAndHasTheService() {
		tasksAnd("usersDataSource", this.users, (definition) -> definition.setPrimary(true)).run((context) -> {
			assertThat(names(context)).containsExactly("users", "tasks");
			assertThat(services(context).named("users")).isSameAs(context.getBean(SqliteBackupService.class));
		});
	}

	@Test
	void dataSourcesThatAreNoCandidatesForInjectionCount() {
		Contexts.runner()
			.withUserConfiguration(NoCandidatesConfiguration.class)
			.withPropertyValues("spring.flyway.enabled=false", "spring.datasource.url=jdbc:sqlite:" + this.tasks,
					"test.directory=" + this.directory)
			.run((context) -> {
				assertThat(names(context)).containsExactly("dataSource", "users", "archive");
				assertThat(services(context).named("dataSource")).isSameAs(context.getBean(SqliteBackupService.class));
			});
	}

	@Test
	void sqliteBesideAnotherPrimaryDatabaseIsTheOneOfTheEndpoint() {
		Contexts.runner()
			.withUserConfiguration(NoCandidatesConfiguration.class)
			.withPropertyValues("spring.flyway.enabled=false",
					"spring.datasource.url=jdbc:h2:mem:" + this.directory.getFileName(),
					"test.directory=" + this.directory)
			.run((context) -> assertThat(names(context)).containsExactly("users", "archive"));
	}

	@Test
	void twoPoolsOfOneFileAreOneDatabaseNamedByThePrimary() {
		tasksAnd("writeDataSource", this.tasks, (definition) -> definition.setPrimary(true)).run((context) -> {
			assertThat(names(context)).containsExactly("write");
			assertThat(services(context).named("tasks")).isSameAs(context.getBean(SqliteBackupService.class));
		});
	}

	@Test
	void nothingIsOpenedOrMadeAtStart() {
		tasksAnd("usersDataSource", this.users).withBean("lazyDataSource", DataSource.class, () -> {
			throw new AssertionError("Made although it is lazy");
		}, (definition) -> definition.setLazyInit(true)).run((context) -> {
			assertThat(context).hasSingleBean(DatabaseBackupEndpoint.class);
			assertThat(Stream.of(this.tasks, this.users)).noneMatch(Files::exists);
		});
	}

	@Test
	void lazyDataSourceIsMadeWhenItIsNeeded() {
		tasksAnd("usersDataSource", this.users, (definition) -> definition.setLazyInit(true)).run((context) -> {
			assertThat(context.getBeanFactory().containsSingleton("usersDataSource")).isFalse();
			assertThat(names(context)).containsExactly("tasks", "users");
		});
	}

	@Test
	void dataSourceThatCannotBeMadeIsPassedOver() {
		tasks().withBean("brokenDataSource", DataSource.class, () -> {
			throw new BeanCreationException("Not today");
		}, (definition) -> definition.setLazyInit(true)).run((context) -> {
			assertThat(names(context)).containsExactly("tasks");
		});
	}

	@Test
	void targetOfScopedProxyIsNoOtherDatabase() {
		TestDatabase.create(this.users, 1);
		tasks().withInitializer((context) -> {
			context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
			RootBeanDefinition definition = new RootBeanDefinition(DelegatingDataSource.class,
					() -> new DelegatingDataSource(Contexts.dataSource(this.users)));
			definition.setScope("thread");
			BeanDefinitionRegistry registry = (BeanDefinitionRegistry) context.getBeanFactory();
			BeanDefinitionHolder proxy = ScopedProxyUtils
				.createScopedProxy(new BeanDefinitionHolder(definition, "usersDataSource"), registry, true);
			registry.registerBeanDefinition(proxy.getBeanName(), proxy.getBeanDefinition());
		}).run((context) -> {
			assertThat(names(context)).containsExactlyInAnyOrder("tasks", "users");
			assertThat(services(context).named("users").database()).isEqualTo(this.users);
		});
	}

	@Test
	void serviceOfTheUserIsTheOneOfItsFile() {
		SqliteBackupService users = new SqliteBackupService(SqliteDatabase.of(this.tasks),
				Contexts.settings(this.directory.resolve("chosen")), BackupListener.NONE);
		TestDatabase.create(this.tasks, 1);
		tasks().withBean("backups", SqliteBackupService.class, () -> users).run((context) -> {
			assertThat(names(context)).containsExactly("tasks");
			assertThat(services(context).named("tasks")).isSameAs(users);
			assertThat(services(context).of(context.getBean(DataSource.class)).directory())
				.isEqualTo(this.directory.resolve("chosen"));
		});
	}

	@Test
	void serviceOfTheUserIsTheOneOfItsFileAmongSeveral() {
		tasksAnd("usersDataSource", this.users).withUserConfiguration(OwnServiceConfiguration.class).run((context) -> {
			assertThat(names(context)).containsExactly("tasks", "users");
			assertThat(services(context).named("users")).isSameAs(context.getBean(SqliteBackupService.class));
		});
	}

	@Test
	void beanOfTheOneThatIsWantedDoesNotConcealThePrimary() {
		tasksAnd("usersDataSource", this.users)
			.withBean("mainDataSource", DataSource.class, () -> Contexts.dataSource(this.directory.resolve("main.db")),
					(definition) -> definition.setPrimary(true))
			.withUserConfiguration(NamedServiceConfiguration.class)
			.run((context) -> {
				assertThat(names(context)).containsExactly("main", "tasks", "users");
				assertThat(services(context).named("main").database()).isEqualTo(this.directory.resolve("main.db"));
			});
	}

	@Test
	void applicationCanMakeBeanOfTheOneItWants() {
		TestDatabase.create(this.users, 1);
		tasksAnd("usersDataSource", this.users).withUserConfiguration(NamedServiceConfiguration.class)
			.run((context) -> {
				SqliteBackupService service = context.getBean(SqliteBackupService.class);
				assertThat(service.backup("x").database()).isEqualTo(this.users);
				assertThat(names(context)).containsExactly("tasks", "users");
				assertThat(services(context).named("users")).isSameAs(service);
			});
	}

	@Test
	void serviceOfTheUserWithoutDataSourceHasEndpoint() {
		TestDatabase.create(this.tasks, 1);
		Contexts.runner()
			.withClassLoader(new FilteredClassLoader("com.zaxxer.hikari", "org.h2"))
			.withBean("backups", SqliteBackupService.class,
					() -> new SqliteBackupService(SqliteDatabase.of(this.tasks), BackupSettings.DEFAULTS,
							BackupListener.NONE))
			.run((context) -> {
				assertThat(context).doesNotHaveBean(DataSource.class);
				assertThat(context).hasSingleBean(DatabaseBackupEndpoint.class);
				assertThat(names(context)).containsExactly("backups");
			});
	}

	@Test
	void servicesOfTheUserAreUsed() {
		tasks().withUserConfiguration(OwnServicesConfiguration.class)
			.run((context) -> assertThat(context.getBean(SqliteBackupRegistry.class))
				.isSameAs(context.getBean("ownServices")));
	}

	@Test
	void backsOffWhenDisabled() {
		tasksAnd("usersDataSource", this.users).withPropertyValues("quartermaster.backup.enabled=false")
			.run((context) -> assertThat(Contexts.ourBeans(context)).isEmpty());
	}

	@Test
	void migrationHasItsSnapshotWhereTheEndpointLooks() {
		Migrations.atFirst(this.tasks);
		Migrations.atFirst(this.users);
		Path shared = this.directory.resolve("shared");
		Contexts.runner("jdbc:sqlite:" + this.tasks, Migrations.FIRST_AND_SECOND)
			.withUserConfiguration(FlywayConfiguration.class)
			.withPropertyValues("test.directory=" + this.directory, "quartermaster.backup.dir=" + shared)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(Migrations.versions(this.users)).containsExactly("1", "2");
				assertThat(BackupDirectory.files(shared)).containsExactly(shared.resolve("users"));
				List<Snapshot> snapshots = services(context).named("users").list();
				assertThat(snapshots).singleElement()
					.satisfies((snapshot) -> assertThat(snapshot.file()).hasParent(shared.resolve("users")));
				assertThat(services(context).named("dataSource").list()).isEmpty();
			});
	}

	@Test
	void databaseThatFlywayMayBeGivenByHandHasItsSnapshotWhereTheEndpointLooks() {
		Migrations.atFirst(this.tasks);
		Migrations.atFirst(this.users);
		Path shared = this.directory.resolve("shared");
		Contexts.runner("jdbc:sqlite:" + this.tasks, Migrations.FIRST_AND_SECOND)
			.withBean("usersDataSource", DataSource.class, () -> Contexts.dataSource(this.users),
					(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false))
			.withPropertyValues("quartermaster.backup.dir=" + shared)
			.run((context) -> {
				assertThat(BackupDirectory.files(shared)).containsExactly(shared.resolve("dataSource"),
						shared.resolve("users"));
				assertThat(services(context).named("users").list()).hasSize(1);
				assertThat(services(context).named("dataSource").list()).hasSize(1);
			});
	}

	@Test
	void migrationOfDatabaseThatIsNoBeanKeepsOutOfTheWay() {
		Migrations.atFirst(this.tasks);
		Migrations.atFirst(this.users);
		Path shared = this.directory.resolve("shared");
		Contexts.runner("jdbc:sqlite:" + this.tasks, Migrations.FIRST_AND_SECOND)
			.withPropertyValues("spring.flyway.url=jdbc:sqlite:" + this.users, "quartermaster.backup.dir=" + shared)
			.run((context) -> {
				assertThat(BackupDirectory.files(shared)).singleElement()
					.satisfies((file) -> assertThat(file).isDirectory());
				assertThat(context.getBean(SqliteBackupService.class).list()).isEmpty();
			});
	}

	@Test
	void migrationDoesNotWaitForBeansThatWaitForIt() {
		Migrations.atFirst(this.tasks);
		Contexts.runner("jdbc:sqlite:" + this.tasks, Migrations.FIRST_AND_SECOND)
			.withUserConfiguration(AfterMigrationConfiguration.class)
			.withPropertyValues("test.directory=" + this.directory)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(Migrations.snapshots(this.tasks)).hasSize(1);
				assertThat(Migrations.versions(this.tasks)).containsExactly("1", "2");
				assertThat(names(context)).containsExactly("dataSource", "users");
				assertThat(services(context).named("dataSource")).isSameAs(context.getBean(SqliteBackupService.class));
			});
	}

	private static ApplicationContextRunner runner() {
		return Contexts.runner().withPropertyValues("spring.flyway.enabled=false");
	}

	private ApplicationContextRunner tasksAnd(String name, Path file, BeanDefinitionCustomizer... customizers) {
		return tasks().withBean(name, DataSource.class, () -> Contexts.dataSource(file), customizers);
	}

	private ApplicationContextRunner tasks() {
		return runner().withBean("tasksDataSource", DataSource.class, () -> Contexts.dataSource(this.tasks));
	}

	private static List<String> names(ApplicationContext context) {
		return List.copyOf(services(context).all().keySet());
	}

	private static SqliteBackupRegistry services(ApplicationContext context) {
		return context.getBean(SqliteBackupRegistry.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class NoCandidatesConfiguration {

		@Bean(defaultCandidate = false)
		DataSource usersDataSource(@Value("${test.directory}/b/app.db") Path file) {
			return Contexts.dataSource(file);
		}

		@Bean(autowireCandidate = false)
		DataSource archive(@Value("${test.directory}/b/archive.db") Path file) {
			return Contexts.dataSource(file);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FlywayConfiguration {

		@Bean(defaultCandidate = false)
		@FlywayDataSource
		DataSource usersDataSource(@Value("${test.directory}/b/app.db") Path file) {
			return Contexts.dataSource(file);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AfterMigrationConfiguration {

		@Bean
		SqliteBackupService ownService(JdbcTemplate migrated, DataSource dataSource, BackupSettings settings) {
			assertThat(migrated.queryForList("SELECT name FROM item", String.class)).isNotEmpty();
			return new SqliteBackupService(SqliteDatabase.of(dataSource), settings, BackupListener.NONE);
		}

		@Bean(defaultCandidate = false)
		DataSource usersDataSource(JdbcTemplate migrated, @Value("${test.directory}/b/app.db") Path file) {
			assertThat(migrated.queryForList("SELECT name FROM item", String.class)).isNotEmpty();
			return Contexts.dataSource(file);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnServiceConfiguration {

		@Bean
		SqliteBackupService usersBackups(@Qualifier("usersDataSource") DataSource dataSource, BackupSettings settings) {
			return new SqliteBackupService(SqliteDatabase.of(dataSource), settings, BackupListener.NONE);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NamedServiceConfiguration {

		@Bean
		SqliteBackupService usersBackups(SqliteBackupRegistry services) {
			return services.named("users");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnServicesConfiguration {

		@Bean
		SqliteBackupRegistry ownServices(ListableBeanFactory beanFactory, BackupSettings settings) {
			return new SqliteBackupRegistry(new CandidateBeans(beanFactory), settings, BackupListener.NONE);
		}

	}

}
