/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.migration.MigrationRefusedException;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.flyway.BackupFlywayMigrationStrategy;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.AbstractDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartermasterBackupFlywayAutoConfiguration}.
 */
class QuartermasterBackupFlywayAutoConfigurationTests {

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	@BeforeEach
	void setUp() {
		this.database = this.directory.resolve("app.db");
	}

	@Test
	void snapshotIsTakenBeforeMigration() {
		Migrations.atFirst(this.database);
		sqlite().run((context) -> {
			assertThat(context).hasNotFailed();
			Path snapshot = onlySnapshot();
			assertThat(snapshot.getFileName().toString()).matches("app-\\d{8}-\\d{6}-flyway\\.db");
			assertThat(TestDatabase.items(snapshot)).containsExactly("kettle");
			assertThat(Migrations.tables(snapshot)).containsExactly("item");
			assertThat(Migrations.versions(snapshot)).containsExactly("1");
		});
	}

	@Test
	void databaseIsMigratedAfterSnapshot() {
		Migrations.atFirst(this.database);
		sqlite().run((context) -> assertMigrated(this.database));
	}

	@Test
	void snapshotHoldsWhatIsOnlyInTheWriteAheadLog() throws Exception {
		Migrations.atFirst(this.database);
		TestDatabase.execute(this.database, "PRAGMA journal_mode=WAL");
		try (var connection = TestDatabase.open(this.database); var statement = connection.createStatement()) {
			statement.execute("INSERT INTO item (name) VALUES ('lamp')");
			sqlite().run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(TestDatabase.items(onlySnapshot())).containsExactly("kettle", "lamp");
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "nolock=1", "vfs=unix-none", "vfs=unix-dotfile", "locking_mode=EXCLUSIVE" })
	@DisabledOnOs(OS.WINDOWS)
	void snapshotIsTakenHoweverPoolOfOneLocksTheFile(String parameter) throws IOException {
		Migrations.atFirst(this.database);
		runner(TestDatabase.url(this.database) + "?" + parameter)
			.withPropertyValues("spring.datasource.hikari.maximum-pool-size=1")
			.run((context) -> assertThat(context).hasNotFailed());
		Path snapshot = onlySnapshot();
		assertThat(TestDatabase.items(snapshot)).containsExactly("kettle");
		assertThat(Migrations.versions(snapshot)).containsExactly("1");
		assertMigrated(this.database);
	}

	@Test
	void firstBootHasNothingToBackUp() {
		sqlite().run((context) -> assertFirstBoot());
	}

	@Test
	void firstBootInWalModeHasNothingToBackUp() {
		runner(url() + "?journal_mode=WAL").run((context) -> assertFirstBoot());
	}

	@Test
	void everyBootWithoutDataIsAFirstBoot() throws IOException {
		Files.createFile(this.database);
		sqlite().run((context) -> assertFirstBoot());
	}

	@Test
	void snapshotIsOfDatabaseThatFlywayUrlMeans() {
		Path flywayDatabase = Migrations.atFirst(this.directory.resolve("flyway.db"));
		TestDatabase.create(this.database, 3);
		sqlite().withPropertyValues("spring.flyway.url=jdbc:sqlite:" + flywayDatabase)
			.run((context) -> assertSnapshotIsOf(flywayDatabase));
	}

	@Test
	void snapshotIsTakenWithFlywayUrlAndNoDataSource() {
		Path flywayDatabase = Migrations.atFirst(this.directory.resolve("flyway.db"));
		Contexts.runner()
			.withClassLoader(new FilteredClassLoader("com.zaxxer.hikari", "org.h2"))
			.withPropertyValues("spring.flyway.url=jdbc:sqlite:" + flywayDatabase,
					"spring.flyway.locations=" + Migrations.FIRST_AND_SECOND)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(DataSource.class);
				assertSnapshotIsOf(flywayDatabase);
			});
	}

	@Test
	void snapshotIsOfFlywayDataSource() {
		Path flywayDatabase = Migrations.atFirst(this.directory.resolve("flyway.db"));
		TestDatabase.create(this.database, 3);
		sqlite().withUserConfiguration(FlywayDataSourceConfiguration.class)
			.withPropertyValues("test.flyway=" + flywayDatabase)
			.run((context) -> {
				assertThat(context).hasSingleBean(SqliteBackupService.class);
				assertSnapshotIsOf(flywayDatabase);
			});
	}

	@Test
	void snapshotIsOfFlywayDataSourceWhenNoDataSourceIsPrimary() {
		Path flywayDatabase = Migrations.atFirst(this.directory.resolve("flyway.db"));
		Contexts.runner()
			.withUserConfiguration(SeveralDataSourcesConfiguration.class)
			.withPropertyValues("test.app=" + this.database, "test.flyway=" + flywayDatabase,
					"spring.flyway.locations=" + Migrations.FIRST_AND_SECOND)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(SqliteBackupService.class);
				assertSnapshotIsOf(flywayDatabase);
			});
	}

	@Test
	void snapshotIsTakenByDefaultWhenNothingIsPending() {
		Migrations.atFirst(this.database);
		Contexts.runner(url(), Migrations.FIRST).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(Migrations.snapshots(this.database)).hasSize(1);
		});
	}

	@Test
	void noSnapshotWhenNothingIsPendingAndOnlyPendingMatters() {
		Migrations.atFirst(this.database);
		Contexts.runner(url(), Migrations.FIRST)
			.withPropertyValues("quartermaster.backup.migration.when=pending")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(Migrations.snapshots(this.database)).isEmpty();
				assertThat(this.log.ours()).isEmpty();
			});
	}

	@Test
	void snapshotIsTakenWhenSomethingIsPending() {
		Migrations.atFirst(this.database);
		sqlite().withPropertyValues("quartermaster.backup.migration.when=pending").run((context) -> {
			assertThat(TestDatabase.items(onlySnapshot())).containsExactly("kettle");
			assertMigrated(this.database);
		});
	}

	@Test
	void snapshotIsTakenWhenRepeatableMigrationChanged() {
		Migrations.atFirst(this.database);
		Migrations.migrate(this.database, Migrations.FIRST + ",classpath:db/view");
		Contexts.runner(url(), Migrations.FIRST + ",classpath:db/other-view")
			.withPropertyValues("quartermaster.backup.migration.when=pending")
			.run((context) -> {
				assertThat(TestDatabase.query(onlySnapshot(), "SELECT name FROM item_names")).containsExactly("kettle");
				assertThat(TestDatabase.query(this.database, "SELECT name FROM item_names")).containsExactly("KETTLE");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.flyway.locations=" + Migrations.FIRST + ",classpath:db/after-migrate",
			"spring.flyway.callback-locations=classpath:db/after-migrate", "spring.flyway.init-sqls=DELETE FROM item" })
	void snapshotIsTakenWhenFlywayRunsMoreThanWhatIsPending(String property) {
		assertChangedAfterSnapshot(whenPending().withPropertyValues(property));
	}

	@Test
	void snapshotIsTakenWhenMigrationsMayComeOutOfOrder() {
		assertChangedAfterSnapshot(whenPending().withPropertyValues(
				"spring.flyway.locations=" + Migrations.FIRST + ",classpath:db/earlier",
				"spring.flyway.out-of-order=true"));
	}

	@Test
	void snapshotIsTakenWhenThereAreCallbacksOfTheApplication() {
		assertChangedAfterSnapshot(whenPending().withUserConfiguration(CallbackConfiguration.class));
	}

	@Test
	void snapshotIsTakenWhenTheApplicationHasItsOwnStrategy() {
		assertChangedAfterSnapshot(whenPending().withUserConfiguration(DeletingStrategyConfiguration.class));
	}

	@Test
	void snapshotIsTakenBeforeCallbacksOfFlywayThatMigratesItself() {
		Migrations.atFirst(this.database);
		whenPending().withPropertyValues("spring.flyway.locations=" + Migrations.FIRST + ",classpath:db/after-migrate")
			.withUserConfiguration(OwnInitializerConfiguration.class)
			.run((context) -> {
				assertThat(TestDatabase.items(onlySnapshot())).containsExactly("kettle");
				assertThat(TestDatabase.items(this.database)).isEmpty();
			});
	}

	@Test
	void snapshotIsTakenBeforeDatabaseGetsItsHistory() {
		TestDatabase.create(this.database, 1);
		whenPending()
			.withPropertyValues("spring.flyway.baseline-on-migrate=true", "spring.flyway.baseline-version=7",
					"spring.flyway.locations=" + Migrations.FIRST)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(
						TestDatabase.query(onlySnapshot(), "SELECT name FROM sqlite_schema WHERE name LIKE 'flyway%'"))
					.isEmpty();
			});
	}

	@Test
	void firstBootHasNothingToBackUpWhenOnlyPendingMatters() {
		sqlite().withPropertyValues("quartermaster.backup.migration.when=pending").run((context) -> assertFirstBoot());
	}

	@Test
	void otherContextThatIsStartedMeanwhileDoesNotEndTheStart() {
		Migrations.atFirst(this.database);
		sqlite().withUserConfiguration(ChildContext.class).run((context) -> {
			assertMigrated(this.database);
			assertThat(this.log.guarded()).singleElement().asString().contains(this.database.toString());
		});
	}

	@Test
	void failingBackupIsOneWarningAndMigrationGoesOn() throws IOException {
		Migrations.atFirst(this.database);
		Path impossible = Contexts.belowRegularFile(this.directory);
		sqlite().withPropertyValues("quartermaster.backup.dir=" + impossible).run((context) -> {
			assertThat(context).hasNotFailed();
			assertMigrated(this.database);
			assertThat(this.log.warnings()).hasSize(1);
			assertThat(this.log.ours()).containsExactlyElementsOf(this.log.warnings());
			ILoggingEvent warning = this.log.warnings().get(0);
			assertThat(warning.getLevel()).isEqualTo(Level.WARN);
			assertThat(warning.getThrowableProxy()).isNull();
			assertThat(warning.getFormattedMessage()).doesNotContain("Exception")
				.contains("NO SNAPSHOT was taken before the migration, which continues without one")
				.contains(impossible.toString())
				.contains("cannot be written to")
				.contains("quartermaster.backup.dir");
		});
	}

	@Test
	void failingBackupRefusesMigrationWhenAskedTo() throws IOException {
		Migrations.atFirst(this.database);
		byte[] before = Files.readAllBytes(this.database);
		sqlite()
			.withPropertyValues("quartermaster.backup.dir=" + Contexts.belowRegularFile(this.directory),
					"quartermaster.backup.migration.on-failure=abort")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure())
					.hasStackTraceContaining(MigrationRefusedException.class.getName());
			});
		assertThat(Migrations.versions(this.database)).containsExactly("1");
		assertThat(this.database).hasBinaryContent(before);
	}

	@Test
	void firstBootIsNotRefused() {
		sqlite().withPropertyValues("quartermaster.backup.migration.on-failure=abort")
			.run((context) -> assertFirstBoot());
	}

	@Test
	void fileThatIsNoDatabaseIsLeftAsItIs() throws IOException {
		byte[] content = "Dear diary, this is no database. ".repeat(100).getBytes(StandardCharsets.UTF_8);
		Files.write(this.database, content);
		sqlite().run((context) -> {
			assertThat(context).hasFailed();
			assertOneWarning("is not a SQLite database, or it is encrypted");
		});
		assertThat(this.database).hasBinaryContent(content);
		assertThat(Migrations.snapshots(this.database)).isEmpty();
	}

	@Test
	void dataSourceThatGivesNoConnectionIsOneWarning() {
		sqlite().withUserConfiguration(DownConfiguration.class).run((context) -> {
			assertThat(context).hasFailed();
			assertOneWarning("The file of the data source could not be determined");
		});
	}

	@Test
	void dataSourceThatGivesNoConnectionRefusesMigrationWhenAskedTo() {
		sqlite().withUserConfiguration(DownConfiguration.class)
			.withPropertyValues("quartermaster.backup.migration.on-failure=abort")
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining(MigrationRefusedException.class.getName() + ": The database was not migrated,"
						+ " because no snapshot could be taken first. The file of the data source could not be determined"));
	}

	@Test
	void poolThatCannotStartForLackOfDirectoryFailsAsItWouldWithoutUs() {
		runner("jdbc:sqlite:" + this.directory.resolve("missing/app.db"))
			.withPropertyValues("quartermaster.backup.migration.on-failure=abort")
			.run((context) -> {
				assertThat(context.getStartupFailure()).hasStackTraceContaining("Unable to obtain connection");
				assertThat(this.log.ours()).extracting(ILoggingEvent::getFormattedMessage)
					.containsExactly("Nothing to back up: there is no data in "
							+ this.directory.resolve("missing/app.db") + " yet");
			});
	}

	@Test
	void backsOffWhenDisabled() {
		Migrations.atFirst(this.database);
		sqlite().withPropertyValues("quartermaster.backup.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(BackupFlywayMigrationStrategy.class);
			assertMigratedWithoutSnapshot();
		});
	}

	@Test
	void backsOffWhenDisabledAndThereAreSettings() {
		Migrations.atFirst(this.database);
		sqlite().withBean(BackupSettings.class, () -> Contexts.settings(this.directory.resolve("chosen")))
			.withPropertyValues("quartermaster.backup.enabled=false")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(BackupFlywayMigrationStrategy.class);
				assertMigratedWithoutSnapshot();
			});
	}

	@Test
	void backsOffWhenDisabledForMigrations() {
		Migrations.atFirst(this.database);
		sqlite().withPropertyValues("quartermaster.backup.migration.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(FlywayMigrationStrategy.class);
			assertThat(context).hasSingleBean(SqliteBackupService.class);
			assertMigratedWithoutSnapshot();
		});
	}

	@Test
	void backsOffWithoutFlywayOnTheClassPath() {
		sqlite().withClassLoader(new FilteredClassLoader(Flyway.class)).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context).doesNotHaveBean(BackupFlywayMigrationStrategy.class);
			assertThat(context).hasSingleBean(SqliteBackupService.class);
		});
	}

	@Test
	void backsOffWithoutBootsFlywayModuleOnTheClassPath() {
		sqlite().withClassLoader(new FilteredClassLoader(FlywayMigrationStrategy.class)).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context).doesNotHaveBean(BackupFlywayMigrationStrategy.class);
		});
	}

	@Test
	void backsOffWhenFlywayIsDisabled() {
		Migrations.atFirst(this.database);
		sqlite().withPropertyValues("spring.flyway.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context).doesNotHaveBean(BackupFlywayMigrationStrategy.class);
			assertThat(Migrations.versions(this.database)).containsExactly("1");
			assertThat(Migrations.snapshots(this.database)).isEmpty();
		});
	}

	@Test
	void backsOffWithoutFlywayBean() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(QuartermasterBackupAutoConfiguration.class,
					QuartermasterBackupFlywayAutoConfiguration.class))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context).doesNotHaveBean(BackupFlywayMigrationStrategy.class);
			});
	}

	@Test
	void backsOffWithoutSqliteOnTheClassPath() {
		h2().withClassLoader(new FilteredClassLoader("org.sqlite")).run((context) -> {
			assertThat(context).hasSingleBean(Flyway.class);
			assertThat(context).doesNotHaveBean(BackupFlywayMigrationStrategy.class);
			assertThat(this.log.ours()).isEmpty();
		});
	}

	@Test
	void settingsOfTheUserAreUsed() {
		Migrations.atFirst(this.database);
		sqlite().withBean(BackupSettings.class, () -> Contexts.settings(this.directory.resolve("chosen")))
			.run((context) -> {
				assertMigrated(this.database);
				assertThat(BackupDirectory.files(this.directory.resolve("chosen"))).hasSize(1);
				assertThat(Migrations.snapshots(this.database)).isEmpty();
			});
	}

	@Test
	void databaseOtherThanSqliteIsOneLineOfInformation() {
		h2().run((context) -> assertNotSupported("The database is H2, not SQLite"));
	}

	@Test
	void databaseOtherThanSqliteIsNotRefused() {
		h2().withPropertyValues("quartermaster.backup.migration.on-failure=abort").run((context) -> {
			assertThat(context).hasNotFailed();
			assertNotSupported("The database is H2, not SQLite");
			assertThat(context.getBean(Flyway.class).info().applied()).hasSize(2);
		});
	}

	@Test
	void databaseInMemoryIsOneLineOfInformation() {
		runner("jdbc:sqlite::memory:").run((context) -> {
			assertThat(context).hasNotFailed();
			assertNotSupported("The SQLite database is in memory, not in a file");
			assertThat(context.getBean(Flyway.class).info().applied()).hasSize(2);
		});
	}

	@Test
	void sharedDatabaseInMemoryIsOneLineOfInformation() {
		runner("jdbc:sqlite:file:mem1?mode=memory&cache=shared").run((context) -> {
			assertThat(context).hasNotFailed();
			assertNotSupported("The SQLite database is in memory, not in a file");
			assertThat(context.getBean(Flyway.class).info().applied()).hasSize(2);
		});
	}

	@Test
	void databaseInMemoryIsNotRefused() {
		runner("jdbc:sqlite::memory:").withPropertyValues("quartermaster.backup.migration.on-failure=abort")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertNotSupported("The SQLite database is in memory, not in a file");
			});
	}

	private void assertChangedAfterSnapshot(ApplicationContextRunner runner) {
		Migrations.atFirst(this.database);
		runner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(TestDatabase.items(onlySnapshot())).containsExactly("kettle");
			assertThat(TestDatabase.items(this.database)).isEmpty();
		});
	}

	private ApplicationContextRunner whenPending() {
		// Flyway itself needs a second connection for most callbacks.
		return Contexts.runner(url(), Migrations.FIRST)
			.withPropertyValues("quartermaster.backup.migration.when=pending",
					"spring.datasource.hikari.maximum-pool-size=2");
	}

	private ApplicationContextRunner sqlite() {
		return runner(url());
	}

	private ApplicationContextRunner h2() {
		// Flyway itself needs two connections to anything but SQLite.
		return runner("jdbc:h2:" + this.directory.resolve("h2"))
			.withPropertyValues("spring.datasource.hikari.maximum-pool-size=2");
	}

	private ApplicationContextRunner runner(String url) {
		return Contexts.runner(url, Migrations.FIRST_AND_SECOND);
	}

	private String url() {
		return "jdbc:sqlite:" + this.database;
	}

	private Path onlySnapshot() {
		assertThat(Migrations.snapshots(this.database)).hasSize(1);
		return Migrations.snapshots(this.database).get(0);
	}

	private void assertSnapshotIsOf(Path flywayDatabase) {
		assertThat(onlySnapshot().getFileName().toString()).startsWith("flyway-").endsWith("-flyway.db");
		assertThat(TestDatabase.items(onlySnapshot())).containsExactly("kettle");
		assertMigrated(flywayDatabase);
	}

	private void assertMigrated(Path file) {
		assertThat(Migrations.versions(file)).containsExactly("1", "2");
		assertThat(Migrations.tables(file)).containsExactly("item", "location");
		assertThat(TestDatabase.items(file)).containsExactly("kettle moved");
	}

	private void assertMigratedWithoutSnapshot() {
		assertMigrated(this.database);
		assertThat(Migrations.snapshots(this.database)).isEmpty();
		assertThat(this.log.ours()).isEmpty();
	}

	private void assertOneWarning(String why) {
		assertThat(this.log.ours()).singleElement().satisfies((event) -> {
			assertThat(event.getLevel()).isEqualTo(Level.WARN);
			assertThat(event.getThrowableProxy()).isNull();
			assertThat(event.getFormattedMessage())
				.startsWith("NO SNAPSHOT was taken before the migration, which continues without one. ")
				.contains(why);
		});
	}

	private void assertFirstBoot() {
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		assertThat(this.directory.resolve("backups")).doesNotExist();
		assertThat(this.log.warnings()).isEmpty();
		assertThat(this.log.ours()).extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly("Nothing to back up: there is no data in " + this.database + " yet");
	}

	private void assertNotSupported(String why) {
		assertThat(this.log.ours()).singleElement().satisfies((event) -> {
			assertThat(event.getLevel()).isEqualTo(Level.INFO);
			assertThat(event.getFormattedMessage()).isEqualTo("No snapshot before the migration: " + why);
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class FlywayDataSourceConfiguration {

		@Bean(defaultCandidate = false)
		@FlywayDataSource
		DataSource flywayDataSource(@Value("${test.flyway}") Path file) {
			return Contexts.dataSource(file);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SeveralDataSourcesConfiguration {

		@Bean
		DataSource dataSource(@Value("${test.app}") Path file) {
			return Contexts.dataSource(file);
		}

		@Bean
		@FlywayDataSource
		DataSource flywayDataSource(@Value("${test.flyway}") Path file) {
			return Contexts.dataSource(file);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CallbackConfiguration {

		@Bean
		Callback deletes() {
			return new BaseCallback() {

				@Override
				public boolean supports(Event event, Context context) {
					return event == Event.AFTER_MIGRATE;
				}

				@Override
				public void handle(Event event, Context context) {
					try (Statement statement = context.getConnection().createStatement()) {
						statement.execute("DELETE FROM item");
					}
					catch (SQLException ex) {
						throw new IllegalStateException(ex);
					}
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeletingStrategyConfiguration {

		@Bean
		FlywayMigrationStrategy deletes(DataSource dataSource) {
			return (flyway) -> new JdbcTemplate(dataSource).execute("DELETE FROM item");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnInitializerConfiguration {

		@Bean
		FlywayMigrationInitializer own(Flyway flyway) {
			return new FlywayMigrationInitializer(flyway, null);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DownConfiguration {

		@Bean
		DataSource down() {
			return new AbstractDataSource() {

				@Override
				public Connection getConnection() throws SQLException {
					throw new SQLException("down");
				}

				@Override
				public Connection getConnection(String username, String password) throws SQLException {
					return getConnection();
				}

			};
		}

	}

	/**
	 * Such as that of a plug-in.
	 */
	@Configuration(proxyBeanMethods = false)
	static class ChildContext {

		@Bean
		InitializingBean child(ApplicationContext context) {
			return () -> new GenericApplicationContext(context).refresh();
		}

	}

}
