/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;
import javax.tools.ToolProvider;

import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.context.support.SimpleThreadScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the ways by which Flyway can come to change a schema, other than that of
 * Boot's defaults.
 */
class FlywayGuardTests {

	private static final String NOT_ELIGIBLE = "not eligible for getting processed by all BeanPostProcessors";

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@ParameterizedTest
	@ValueSource(classes = { LambdaStrategy.class, ClassStrategy.class, FinalClassStrategy.class,
			ThreadScopedStrategy.class })
	void strategyOfTheUserIsGuarded(Class<?> configuration) {
		application().withUserConfiguration(configuration).run((context) -> {
			assertThat(context).hasNotFailed();
			assertSnapshotFromBefore("flyway");
			assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
			assertThat(this.log.warnings()).isEmpty();
			assertThat(this.log.guarded()).singleElement()
				.asString()
				.contains(this.database.toString(), "Flyway's migration strategy (users)");
		});
	}

	@Test
	void strategyOfTheUserCanStillBeInjectedAsItsClass() {
		application().withUserConfiguration(ClassStrategy.class).run((context) -> {
			assertThat(context.getBean(UsersStrategy.class).hasMigrated()).isTrue();
			assertThat(AopUtils.isCglibProxy(context.getBean(UsersStrategy.class))).isTrue();
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { FinalMethodStrategy.class, FinalOtherMethodStrategy.class, InjectedFinalStrategy.class,
			InjectedSealedStrategy.class, InjectedInterfaceStrategy.class, HiddenConstructorStrategy.class })
	void strategyThatAllowsNoProxyIsLeftToTheCallback(Class<?> configuration) {
		application().withUserConfiguration(configuration).run((context) -> {
			assertThat(context).hasNotFailed();
			assertSnapshotFromBefore("flyway");
			assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
			assertThat(AopUtils.isAopProxy(context.getBean("users"))).isFalse();
			assertThat(this.log.warnings()).isEmpty();
			assertThat(this.log.guarded()).singleElement()
				.asString()
				.contains("callback for Flyway's")
				.doesNotContain("Flyway's migration strategy");
		});
	}

	@Test
	void strategyOfFactoryBeanIsLeftToTheCallback() {
		application().withUserConfiguration(StrategyOfFactory.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertSnapshotFromBefore("flyway");
			assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		});
	}

	@Test
	void strategyThatAllowsNoProxyIsGuardedWhereItIsDeclaredAsStrategy() {
		application().withUserConfiguration(HiddenFinalMethodStrategy.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertSnapshotFromBefore("flyway");
			assertThat(this.log.guarded()).singleElement().asString().contains("Flyway's migration strategy (users)");
		});
	}

	@Test
	void strategyOfTheUserThatIsExcludedIsNotGuarded() {
		application().withUserConfiguration(LambdaStrategy.class)
			.withPropertyValues("quartermaster.backup.migration.exclude-beans=users,flyway")
			.run((context) -> {
				assertThat(context.getBean(FlywayMigrationStrategy.class)).isSameAs(LambdaStrategy.STRATEGY);
				assertMigratedWithoutSnapshot();
			});
	}

	@Test
	void noGuardIsPutUpWhenMigrationsAreNotToBeGuarded() {
		application().withUserConfiguration(LambdaStrategy.class, SecondDatabase.class)
			.withPropertyValues("quartermaster.backup.migration.enabled=false", "test.second=" + second())
			.run((context) -> {
				assertThat(context.getBean(FlywayMigrationStrategy.class)).isSameAs(LambdaStrategy.STRATEGY);
				assertThat(context.getBean(Flyway.class).getConfiguration().getCallbacks()).isEmpty();
				assertMigratedWithoutSnapshot();
			});
	}

	@Test
	void strategyThatMigratesDerivedInstancesMeetsOneSnapshot() {
		application().withUserConfiguration(DerivingStrategy.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
			assertSnapshotFromBefore("flyway");
		});
	}

	@Test
	void strategyThatCleansMeetsOneSnapshot() {
		application().withUserConfiguration(CleaningStrategy.class)
			.withPropertyValues("spring.flyway.clean-disabled=false")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(TestDatabase.items(this.database)).isEmpty();
				assertSnapshotFromBefore("flyway");
			});
	}

	@Test
	void flywayThatMigratesWhenItIsInitialisedIsGuarded() {
		application().withUserConfiguration(SelfMigratingFlyway.class)
			.withPropertyValues("test.database=" + this.database)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertSnapshotFromBefore("flyway");
				assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
			});
	}

	@Test
	void flywayThatMigratesWhenItIsInitialisedIsGuardedWhenSomethingIsPending() {
		application().withUserConfiguration(SelfMigratingFlyway.class)
			.withPropertyValues("test.database=" + this.database, "quartermaster.backup.migration.when=pending")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertSnapshotFromBefore("flyway");
			});
	}

	@Test
	void flywayThatMigratesWhenItIsInitialisedHasNoSnapshotWhenNothingIsPending() {
		Migrations.migrate(this.database, Migrations.FIRST_AND_SECOND);
		application().withUserConfiguration(SelfMigratingFlyway.class)
			.withPropertyValues("test.database=" + this.database, "quartermaster.backup.migration.when=pending")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(Migrations.snapshots(this.database)).isEmpty();
			});
	}

	@Test
	void newDatabaseThatFlywayMigratesItselfHasNothingToBackUp() {
		Path fresh = this.directory.resolve("fresh.db");
		application(fresh).withUserConfiguration(SelfMigratingFlyway.class)
			.withPropertyValues("test.database=" + fresh)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(Migrations.versions(fresh)).containsExactly("1", "2");
				assertThat(Migrations.snapshots(fresh)).isEmpty();
				assertThat(this.log.warnings()).isEmpty();
			});
	}

	@Test
	void initializerOfTheUserIsGuarded() {
		application().withUserConfiguration(UsersInitializer.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertSnapshotFromBefore("flyway");
			assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		});
	}

	@Test
	void flywayMadeByHandForSecondDatabaseMeetsSnapshotOfIt() {
		Path second = second();
		application().withUserConfiguration(SecondDatabase.class)
			.withPropertyValues("test.second=" + second)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertSnapshotFromBefore("flyway");
				assertThat(Migrations.versions(second)).containsExactly("1", "2");
				assertThat(Migrations.snapshots(second)).singleElement()
					.satisfies((snapshot) -> assertThat(Migrations.versions(snapshot)).containsExactly("1"));
			});
	}

	@Test
	void secondDataSourceThatIsExcludedIsNotGuarded() {
		Path second = second();
		application().withUserConfiguration(SecondDatabase.class)
			.withPropertyValues("test.second=" + second, "quartermaster.backup.migration.exclude-beans=tasksDataSource")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(Migrations.snapshots(second)).isEmpty();
			});
	}

	@Test
	void cleanAfterStartMeetsSnapshotOfItsOwn() {
		application().withPropertyValues("spring.flyway.clean-disabled=false").run((context) -> {
			TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
			context.getBean(Flyway.class).clean();
			assertThat(Migrations.tables(this.database)).isEmpty();
			assertThat(snapshot("flyway-clean")).satisfies((snapshot) -> {
				assertThat(Migrations.versions(snapshot)).containsExactly("1", "2");
				assertThat(TestDatabase.items(snapshot)).containsExactly("kettle moved", "pan");
			});
		});
	}

	@Test
	void repairAfterStartMeetsSnapshotOfItsOwn() {
		application().run((context) -> {
			TestDatabase.execute(this.database, "UPDATE flyway_schema_history SET checksum = 1 WHERE version = '2'");
			context.getBean(Flyway.class).repair();
			assertThat(TestDatabase.query(snapshot("flyway-repair"),
					"SELECT checksum FROM flyway_schema_history WHERE version = '2'"))
				.containsExactly("1");
			assertThat(
					TestDatabase.query(this.database, "SELECT checksum FROM flyway_schema_history WHERE version = '2'"))
				.doesNotContain("1");
		});
	}

	@Test
	void baselineAfterStartMeetsSnapshotOfItsOwn() {
		application().run((context) -> {
			TestDatabase.execute(this.database, "DROP TABLE flyway_schema_history");
			context.getBean(Flyway.class).baseline();
			assertThat(Migrations.versions(this.database)).containsExactly("1");
			assertThat(TestDatabase.query(snapshot("flyway-baseline"),
					"SELECT count(*) FROM sqlite_schema WHERE name = 'flyway_schema_history'"))
				.containsExactly("0");
		});
	}

	@Test
	void migrationAfterStartMeetsSnapshotOfItsOwn() {
		application().withPropertyValues("spring.flyway.target=1").run((context) -> {
			TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
			Flyway flyway = context.getBean(Flyway.class);
			Flyway.configure().configuration(flyway.getConfiguration()).target("2").load().migrate();
			assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
			assertThat(Migrations.snapshots(this.database)).hasSize(2)
				.anySatisfy((snapshot) -> assertThat(TestDatabase.items(snapshot)).containsExactly("kettle"))
				.anySatisfy((snapshot) -> assertThat(TestDatabase.items(snapshot)).containsExactly("kettle", "pan"));
		});
	}

	@Test
	void severalMigrationsAfterStartMeetOneSnapshot() {
		application()
			.withPropertyValues("spring.flyway.target=1", "quartermaster.backup.migration.when=pending",
					"spring.flyway.locations=" + Migrations.FIRST_AND_SECOND + ",classpath:db/fourth")
			.run((context) -> {
				assertThat(Migrations.snapshots(this.database)).isEmpty();
				Flyway flyway = context.getBean(Flyway.class);
				Flyway.configure().configuration(flyway.getConfiguration()).target("latest").load().migrate();
				assertThat(Migrations.versions(this.database)).containsExactly("1", "2", "4");
				assertSnapshotFromBefore("flyway");
			});
	}

	@Test
	void strategyInScopeIsGuardedBehindItsProxy() {
		application().withUserConfiguration(ThreadScopedStrategy.class)
			.run((context) -> assertThat(context.getBean("users")).isInstanceOf(ScopedObject.class));
	}

	@Test
	void cleanThatFindsNothingChangedKeepsNewestSnapshot() {
		Migrations.migrate(this.database, Migrations.FIRST_AND_SECOND);
		application().withPropertyValues("spring.flyway.clean-disabled=false").run((context) -> {
			context.getBean(Flyway.class).clean();
			assertThat(Migrations.snapshots(this.database)).hasSize(1);
		});
	}

	@Test
	void cleanIsRefusedWithoutSnapshotWhenAskedTo() {
		application()
			.withPropertyValues("spring.flyway.clean-disabled=false", "quartermaster.backup.migration.on-failure=abort")
			.run((context) -> {
				TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
				Path backups = this.directory.resolve("backups");
				assertThat(backups.toFile().renameTo(this.directory.resolve("elsewhere").toFile())).isTrue();
				Files.createFile(backups);
				assertThatExceptionOfType(FlywayException.class).isThrownBy(() -> context.getBean(Flyway.class).clean())
					.withMessageContaining("no snapshot could be taken");
				assertThat(TestDatabase.items(this.database)).containsExactly("kettle moved", "pan");
			});
	}

	@Test
	void cleanIsGuardedAlthoughTheApplicationHasCallbacksOfItsOwn() throws IOException {
		application().withPropertyValues("spring.flyway.clean-disabled=false")
			.withClassLoader(callbackLocation())
			.run((context) -> {
				assertThat(context.getBean(Flyway.class).getConfiguration().getCallbacks()).hasSize(2);
				TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
				context.getBean(Flyway.class).clean();
				assertThat(TestDatabase.items(snapshot("flyway-clean"))).containsExactly("kettle moved", "pan");
			});
	}

	@Test
	void nothingIsCreatedTooEarlyToBeProcessed() {
		application().withUserConfiguration(LambdaStrategy.class, SecondDatabase.class)
			.withPropertyValues("test.second=" + second())
			.run((context) -> assertThat(this.log.all())
				.noneMatch((event) -> event.getFormattedMessage().contains(NOT_ELIGIBLE)));
	}

	private Path second() {
		Path elsewhere = this.directory.resolve("elsewhere");
		assertThat(elsewhere.toFile().mkdir()).isTrue();
		return Migrations.atFirst(elsewhere.resolve("tasks.db"));
	}

	private ApplicationContextRunner application() {
		return application(this.database);
	}

	/**
	 * An application with a pool of one connection.
	 */
	private static ApplicationContextRunner application(Path file) {
		return Contexts.runner(TestDatabase.url(file), Migrations.FIRST_AND_SECOND);
	}

	private void assertSnapshotFromBefore(String reason) {
		assertThat(Migrations.snapshots(this.database)
			.stream()
			.filter((snapshot) -> snapshot.getFileName().toString().startsWith("app-"))).singleElement()
			.satisfies((snapshot) -> {
				assertThat(snapshot.getFileName().toString()).endsWith("-" + reason + ".db");
				assertThat(Migrations.versions(snapshot)).containsExactly("1");
				assertThat(TestDatabase.items(snapshot)).containsExactly("kettle");
			});
	}

	private void assertMigratedWithoutSnapshot() {
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		assertThat(Migrations.snapshots(this.database)).isEmpty();
	}

	private Path snapshot(String reason) {
		List<Path> snapshots = Migrations.snapshots(this.database)
			.stream()
			.filter((snapshot) -> snapshot.getFileName().toString().endsWith("-" + reason + ".db"))
			.toList();
		assertThat(snapshots).hasSize(1);
		return snapshots.get(0);
	}

	/**
	 * A class path on which Flyway finds a callback of the application, for which it
	 * drops the configured ones.
	 */
	private ClassLoader callbackLocation() throws IOException {
		Path classes = Files.createDirectories(this.directory.resolve("classes"));
		Path source = Files.createDirectories(this.directory.resolve("db/callback")).resolve("UsersCallback.java");
		Files.writeString(source, """
				package db.callback;

				public class UsersCallback extends org.flywaydb.core.api.callback.BaseCallback {

					public boolean supports(org.flywaydb.core.api.callback.Event event,
							org.flywaydb.core.api.callback.Context context) {
						return event == org.flywaydb.core.api.callback.Event.BEFORE_CLEAN;
					}

					public void handle(org.flywaydb.core.api.callback.Event event,
							org.flywaydb.core.api.callback.Context context) {
					}

				}
				""");
		int result = ToolProvider.getSystemJavaCompiler()
			.run(null, null, null, "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"),
					source.toString());
		assertThat(result).isZero();
		return new URLClassLoader(new URL[] { classes.toUri().toURL() }, getClass().getClassLoader());
	}

	@Configuration(proxyBeanMethods = false)
	static class LambdaStrategy {

		static final FlywayMigrationStrategy STRATEGY = Flyway::migrate;

		@Bean
		FlywayMigrationStrategy users() {
			return STRATEGY;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClassStrategy {

		@Bean
		UsersStrategy users() {
			return new UsersStrategy("not made for proxies");
		}

	}

	static class UsersStrategy implements FlywayMigrationStrategy {

		private boolean migrated;

		UsersStrategy(String name) {
			assertThat(name).isNotEmpty();
		}

		@Override
		public void migrate(Flyway flyway) {
			flyway.migrate();
			this.migrated = true;
		}

		boolean hasMigrated() {
			return this.migrated;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FinalClassStrategy {

		@Bean
		FlywayMigrationStrategy users() {
			return new FinalStrategy();
		}

	}

	static final class FinalStrategy implements FlywayMigrationStrategy {

		@Override
		public void migrate(Flyway flyway) {
			flyway.migrate();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FinalMethodStrategy {

		@Bean
		WithFinalMethod users() {
			return new WithFinalMethod();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HiddenFinalMethodStrategy {

		@Bean
		FlywayMigrationStrategy users() {
			return new WithFinalMethod();
		}

	}

	static class WithFinalMethod implements FlywayMigrationStrategy {

		private final List<Flyway> migrated = new ArrayList<>();

		@Override
		public final void migrate(Flyway flyway) {
			flyway.migrate();
			this.migrated.add(flyway);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FinalOtherMethodStrategy {

		@Bean
		WithFinalOtherMethod users() {
			return new WithFinalOtherMethod();
		}

		@Bean
		InitializingBean check(WithFinalOtherMethod users) {
			return () -> assertThat(users.names()).containsExactly("users");
		}

	}

	static class WithFinalOtherMethod implements FlywayMigrationStrategy {

		private final List<String> names = List.of("users");

		@Override
		public void migrate(Flyway flyway) {
			flyway.migrate();
		}

		public final List<String> names() {
			return List.copyOf(this.names);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InjectedFinalStrategy {

		@Bean
		FinalStrategy users() {
			return new FinalStrategy();
		}

		@Bean
		InitializingBean check(FinalStrategy users) {
			return () -> assertThat(users).isExactlyInstanceOf(FinalStrategy.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InjectedSealedStrategy {

		@Bean
		SealedStrategy users() {
			return new SealedStrategy();
		}

		@Bean
		InitializingBean check(SealedStrategy users) {
			return () -> assertThat(users).isExactlyInstanceOf(SealedStrategy.class);
		}

	}

	static sealed class SealedStrategy implements FlywayMigrationStrategy permits OnlySealedStrategy {

		@Override
		public void migrate(Flyway flyway) {
			flyway.migrate();
		}

	}

	static final class OnlySealedStrategy extends SealedStrategy {

	}

	@Configuration(proxyBeanMethods = false)
	static class HiddenConstructorStrategy {

		@Bean
		WithHiddenConstructor users() {
			return WithHiddenConstructor.create();
		}

	}

	/**
	 * Of which no proxy can be made, though it is open.
	 */
	static class WithHiddenConstructor implements FlywayMigrationStrategy {

		private WithHiddenConstructor() {
		}

		static WithHiddenConstructor create() {
			return new WithHiddenConstructor();
		}

		@Override
		public void migrate(Flyway flyway) {
			flyway.migrate();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InjectedInterfaceStrategy {

		@Bean
		NamedStrategy users() {
			return Flyway::migrate;
		}

		@Bean
		InitializingBean check(NamedStrategy users) {
			return () -> assertThat(users.name()).isEqualTo("users");
		}

	}

	interface NamedStrategy extends FlywayMigrationStrategy {

		default String name() {
			return "users";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StrategyOfFactory {

		@Bean
		FactoryBean<FlywayMigrationStrategy> users() {
			return new FactoryBean<>() {

				@Override
				public FlywayMigrationStrategy getObject() {
					return Flyway::migrate;
				}

				@Override
				public Class<?> getObjectType() {
					return FlywayMigrationStrategy.class;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ThreadScopedStrategy {

		@Bean
		static CustomScopeConfigurer threadScope() {
			CustomScopeConfigurer configurer = new CustomScopeConfigurer();
			configurer.addScope("thread", new SimpleThreadScope());
			return configurer;
		}

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
		FlywayMigrationStrategy users() {
			return Flyway::migrate;
		}

	}

	/**
	 * As Spring Modulith does it for its modules.
	 */
	@Configuration(proxyBeanMethods = false)
	static class DerivingStrategy {

		@Bean
		FlywayMigrationStrategy users() {
			return (flyway) -> {
				Flyway.configure().configuration(flyway.getConfiguration()).target("1").load().migrate();
				Flyway.configure().configuration(flyway.getConfiguration()).load().migrate();
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CleaningStrategy {

		@Bean
		FlywayMigrationStrategy users() {
			return (flyway) -> {
				flyway.clean();
				flyway.migrate();
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SelfMigratingFlyway {

		@Bean(initMethod = "migrate")
		Flyway users(DataSource dataSource) {
			return Flyway.configure().dataSource(dataSource).locations(Migrations.FIRST_AND_SECOND.split(",")).load();
		}

		/**
		 * So that Boot does not migrate it once more.
		 */
		@Bean
		FlywayMigrationInitializer noInitializer(Flyway flyway) {
			return new FlywayMigrationInitializer(flyway, (doesNothing) -> {
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UsersInitializer {

		@Bean
		FlywayMigrationInitializer users(Flyway flyway) {
			return new FlywayMigrationInitializer(flyway);
		}

	}

	/**
	 * As Komga does it for its database of tasks.
	 */
	@Configuration(proxyBeanMethods = false)
	static class SecondDatabase {

		@Bean(defaultCandidate = false)
		DataSource tasksDataSource(@Value("${test.second}") Path file) {
			return Contexts.dataSource(file);
		}

		@Bean
		InitializingBean tasksMigration(@Qualifier("tasksDataSource") DataSource dataSource) {
			return () -> Flyway.configure()
				.dataSource(dataSource)
				.locations(Migrations.FIRST_AND_SECOND.split(","))
				.load()
				.migrate();
		}

	}

}
