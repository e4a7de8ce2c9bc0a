/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.IMetricsTracker;
import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link FlywayDataSourcePostProcessor} must leave alone, and for data
 * sources that are of no use to a migration but in its way.
 */
class FlywayDataSourcePostProcessorTests {

	private static final int ONE_SECOND = 1000;

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	private Path elsewhere;

	@BeforeEach
	void createDatabase() throws Exception {
		this.directory = this.directory.toRealPath();
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
		this.elsewhere = Files.createDirectory(this.directory.resolve("elsewhere"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void serverThatIsDownDoesNotStopTheStart(boolean decorated) {
		application(() -> decorated ? new DelegatingDataSource(unreachable()) : unreachable())
			.withPropertyValues("quartermaster.backup.migration.on-failure=abort")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
				assertThat(Migrations.snapshots(this.database)).hasSize(1);
				assertThat(this.log.warnings()).isEmpty();
			});
	}

	@Test
	void dataSourceThatDoesNotTellOfItsUrlDoesNotStopTheStart() {
		application(() -> new AbstractDataSource() {

			@Override
			public Connection getConnection() throws SQLException {
				throw new SQLException("Connection refused");
			}

			@Override
			public Connection getConnection(String username, String password) throws SQLException {
				return getConnection();
			}

		}).withPropertyValues("quartermaster.backup.migration.on-failure=abort").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(Migrations.snapshots(this.database)).hasSize(1);
			assertThat(this.log.warnings()).isEmpty();
		});
	}

	@Test
	void fileThatDoesNotExistIsNotMade() {
		Path missing = this.elsewhere.resolve("tasks.db");
		application(() -> Contexts.dataSource(missing)).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(Migrations.snapshots(this.database)).hasSize(1);
			assertThat(missing).doesNotExist();
		});
	}

	@Test
	void databaseBehindDecoratorMeetsSnapshotWithoutConnection() {
		Path tasks = Migrations.atFirst(this.elsewhere.resolve("tasks.db"));
		HikariDataSource pool = pool(TestDatabase.url(tasks));
		application(() -> new DelegatingDataSource(pool)).run((context) -> {
			assertThat(Migrations.snapshots(tasks)).hasSize(1);
			assertThat(pool.isRunning()).isFalse();
		});
	}

	@Test
	void primaryDatabaseMeetsNoSnapshotUnlessSomethingIsPending() {
		Path tasks = Migrations.atFirst(this.elsewhere.resolve("tasks.db"));
		withPrimary(tasks).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(Migrations.snapshots(this.database)).isEmpty();
			assertThat(Migrations.snapshots(tasks)).hasSize(1);
		});
	}

	@Test
	void databaseThatIsMarkedForFlywayMeetsNoSnapshotUnlessSomethingIsPending() {
		Path tasks = Migrations.atFirst(this.elsewhere.resolve("tasks.db"));
		Path marked = Migrations.atFirst(this.directory.resolve("marked.db"));
		withPrimary(tasks).withUserConfiguration(MarkedForFlyway.class)
			.withPropertyValues("test.marked=" + marked)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(Migrations.snapshots(marked)).isEmpty();
				assertThat(Migrations.snapshots(tasks)).hasSize(1);
			});
	}

	@Test
	void lazyDataSourceIsNotMadeByStart() {
		AtomicBoolean made = new AtomicBoolean();
		Contexts.runner(TestDatabase.url(this.database), Migrations.FIRST_AND_SECOND)
			.withBean("tasksDataSource", DataSource.class, () -> {
				made.set(true);
				return Contexts.dataSource(this.elsewhere.resolve("tasks.db"));
			}, (definition) -> {
				definition.setLazyInit(true);
				((AbstractBeanDefinition) definition).setDefaultCandidate(false);
			})
			.run((context) -> {
				assertThat(Migrations.snapshots(this.database)).hasSize(1);
				assertThat(made).isFalse();
				assertThat(context.getBean(SqliteBackupRegistry.class).all().keySet()).containsExactly("dataSource",
						"tasks");
				assertThat(made).isTrue();
			});
	}

	@Test
	void lazyDataSourceDoesNotChangeWhereSnapshotsOfOthersAre() {
		Path tasks = Migrations.atFirst(this.elsewhere.resolve("app.db"));
		Path shared = this.directory.resolve("shared");
		application(() -> Contexts.dataSource(tasks)).withBean("tasks", DataSource.class,
				() -> Contexts.dataSource(this.elsewhere.resolve("other.db")), (definition) -> {
					definition.setLazyInit(true);
					((AbstractBeanDefinition) definition).setDefaultCandidate(false);
				})
			.withPropertyValues("quartermaster.backup.dir=" + shared)
			.run((context) -> {
				SqliteBackupRegistry services = context.getBean(SqliteBackupRegistry.class);
				assertThat(BackupDirectory.files(shared.resolve("tasksDataSource"))).hasSize(1);
				assertThat(services.named("tasksDataSource").list()).hasSize(1);
			});
	}

	@Test
	void cleanWithPoolOfOneBehindDecoratorHasItsSnapshot() {
		AtomicInteger timeouts = new AtomicInteger();
		HikariDataSource pool = pool(TestDatabase.url(this.database));
		pool.setMetricsTrackerFactory((name, statistics) -> new IMetricsTracker() {

			@Override
			public void recordConnectionTimeout() {
				timeouts.incrementAndGet();
			}

		});
		// Flyway is the first to ask for a connection, and keeps it.
		Contexts.runner()
			.withBean("dataSource", DataSource.class, () -> new DelegatingDataSource(pool))
			.withUserConfiguration(UsersFlyway.class)
			.withPropertyValues("spring.flyway.enabled=false")
			.run((context) -> {
				context.getBean(Flyway.class).clean();
				assertThat(Migrations.tables(this.database)).isEmpty();
				assertThat(Migrations.snapshots(this.database)).singleElement().satisfies((snapshot) -> {
					assertThat(snapshot.getFileName().toString()).endsWith("-flyway-clean.db");
					assertThat(TestDatabase.items(snapshot)).containsExactly("kettle");
				});
				assertThat(this.log.warnings()).isEmpty();
				assertThat(timeouts).hasValue(0);
			});
	}

	@Test
	void changeThatNobodyTellsTheEndOfIsNotUndoneWhenTheStartFails() {
		Path tasks = Migrations.atFirst(this.elsewhere.resolve("tasks.db"));
		application(() -> Contexts.dataSource(tasks)).withUserConfiguration(FailedStart.class)
			.withPropertyValues("quartermaster.backup.migration.restore-on-error=true", "test.changed=" + tasks)
			.run((context) -> {
				assertThat(Migrations.snapshots(tasks)).singleElement()
					.satisfies((snapshot) -> assertThat(TestDatabase.items(snapshot)).containsExactly("kettle"));
				assertThat(TestDatabase.items(tasks)).isEmpty();
			});
	}

	/**
	 * An application with another data source than the one that Boot gives to Flyway.
	 */
	private ApplicationContextRunner application(Supplier<DataSource> other) {
		return Contexts.runner(TestDatabase.url(this.database), Migrations.FIRST_AND_SECOND)
			.withBean("tasksDataSource", DataSource.class, other,
					(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false));
	}

	/**
	 * An application that has migrated its primary database already, and has another one.
	 */
	private ApplicationContextRunner withPrimary(Path other) {
		return Contexts.runner()
			.withPropertyValues("spring.flyway.locations=" + Migrations.FIRST,
					"quartermaster.backup.migration.when=pending")
			.withBean("main", DataSource.class, () -> Contexts.dataSource(this.database),
					(definition) -> definition.setPrimary(true))
			.withBean("tasks", DataSource.class, () -> Contexts.dataSource(other));
	}

	private static HikariDataSource unreachable() {
		return pool("jdbc:h2:tcp://localhost:1/x");
	}

	private static HikariDataSource pool(String url) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url);
		pool.setMaximumPoolSize(1);
		pool.setConnectionTimeout(ONE_SECOND);
		pool.setInitializationFailTimeout(-1);
		return pool;
	}

	/**
	 * A start that fails after somebody has changed a database.
	 */
	@Configuration(proxyBeanMethods = false)
	static class FailedStart {

		@Bean
		SmartInitializingSingleton failedStart(MigrationGuard guard, @Value("${test.changed}") Path changed) {
			return () -> {
				TestDatabase.execute(changed, "DELETE FROM item");
				guard.startFailed();
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MarkedForFlyway {

		@Bean
		@FlywayDataSource
		DataSource marked(@Value("${test.marked}") Path marked) {
			return Contexts.dataSource(marked);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UsersFlyway {

		@Bean
		Flyway users(DataSource dataSource) {
			return Flyway.configure().dataSource(dataSource).locations(Migrations.FIRST).cleanDisabled(false).load();
		}

	}

}
