/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.PlannedRestores;
import dev.quartermaster.backup.RestoreAtStart;
import dev.quartermaster.backup.RestoreRefusedException;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.RecordedLog;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link QuartermasterBackupRestoreAutoConfiguration}.
 */
class QuartermasterBackupRestoreAutoConfigurationTests {

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	private Path database;

	@BeforeEach
	void planRestore() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
		plan(this.database);
	}

	@Test
	void runRestoresBeforeAnythingUsesTheDatabase() {
		runner().withBean("early", EarlyUser.class).run((context) -> {
			assertThat(context.getBean(EarlyUser.class).items).containsExactly("kettle");
			assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		});
		assertThat(restored()).hasSize(1);
	}

	@Test
	void runThatFailsAfterwardsDoesNotRestoreAgain() {
		runner().withBean("failing", FailingUser.class).run((context) -> assertThat(context).hasFailed());
		assertThat(restored()).hasSize(1);
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
		runner().run((context) -> assertThat(context).hasNotFailed());
		assertThat(TestDatabase.items(this.database)).contains("pan moved");
		assertThat(restored()).hasSize(1);
	}

	@Test
	void runWhenDisabledLeavesThePlan() {
		runner().withPropertyValues("quartermaster.backup.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(RestoreAtStart.class)
				.doesNotHaveBean(PlannedRestores.class));
		assertThat(TestDatabase.items(this.database)).contains("lost moved");
		assertThat(plans(this.database)).hasSize(1);
		runner().run((context) -> assertThat(TestDatabase.items(this.database)).containsExactly("kettle moved"));
	}

	@Test
	void runOfWhatWasBuiltAheadOfTimeAsksTheSwitchWhenItRuns() {
		ApplicationContextRunner aheadOfTime = runner()
			.withSystemProperties(AbstractAotProcessor.AOT_PROCESSING + "=true");
		aheadOfTime.withPropertyValues("quartermaster.backup.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(plans(this.database)).hasSize(1);
		aheadOfTime.run((context) -> assertThat(context).hasNotFailed());
		assertThat(restored()).hasSize(1);
	}

	@Test
	void runThatIsLazyRestoresWhenTheDataSourceIsMade() {
		runner().withBean("lazy", EarlyUser.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context.getBean(EarlyUser.class).items).containsExactly("kettle"));
	}

	@Test
	void runWithPoolsThatAreFilledOrConfiguredInTheirOwnWayRestoresEach() {
		Path tasks = TestDatabase.create(this.directory.resolve("tasks.db"), 2);
		Path users = TestDatabase.create(this.directory.resolve("users.db"), 2);
		plan(tasks);
		plan(users);
		runner().withUserConfiguration(Pools.class)
			.withPropertyValues("spring.flyway.enabled=false", "test.tasks=jdbc:sqlite:" + tasks,
					"app.users.jdbc-url=jdbc:sqlite:" + users)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				DataSource filled = context.getBean("tasksDataSource", DataSource.class);
				assertThat(new JdbcTemplate(filled).queryForList("SELECT name FROM item", String.class)).hasSize(2);
			});
		assertThat(TestDatabase.items(tasks)).hasSize(2);
		assertThat(TestDatabase.items(users)).hasSize(2);
		assertThat(plans(tasks)).isEmpty();
	}

	@Test
	void runWithDataSourceThatIsMadeTooEarlySaysSoAndLeavesTheDatabase() {
		runner().withBean("hasty", BeanFactoryPostProcessor.class, () -> (beanFactory) -> {
			try (Connection connection = beanFactory.getBean(DataSource.class).getConnection()) {
				connection.isValid(1);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		})
			.withUserConfiguration(Hasty.class)
			.withPropertyValues("test.url=jdbc:sqlite:" + this.database)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(TestDatabase.items(this.database)).contains("lost moved");
		assertThat(warnings()).singleElement()
			.asString()
			.contains("The planned restore of " + this.database + " was NOT carried out",
					"The database was opened before this start could know that it is");
	}

	@Test
	void runOfOlderReleaseRefusesSnapshotThatItDoesNotKnow() throws IOException {
		Files.delete(plans(this.database).get(0));
		Migrations.migrate(this.database, Migrations.FIRST_AND_SECOND);
		plan(this.database);
		Contexts.runner("jdbc:sqlite:" + this.database, Migrations.FIRST)
			.withPropertyValues("spring.flyway.validate-on-migrate=false")
			.run((context) -> assertThat(TestDatabase.items(this.database)).contains("lost"));
		assertThat(warnings()).first()
			.asString()
			.contains("was NOT carried out", "has a newer schema than this release of the application knows");
	}

	@Test
	void runningApplicationPlansForItsNextStart() {
		runner().run((context) -> {
			SqliteBackupService service = context.getBean(SqliteBackupService.class);
			Path snapshot = BackupServices.backup(service, "now").snapshot().file();
			TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
			context.getBean(PlannedRestores.class).plan(service, snapshot, false, null);
		});
		assertThat(TestDatabase.items(this.database)).contains("pan");
		runner().run((context) -> assertThat(TestDatabase.items(this.database)).doesNotContain("pan"));
	}

	@Test
	void attachedDatabaseIsRefused() {
		Path archive = TestDatabase.create(this.directory.resolve("archive.db"), 2);
		runner()
			.withPropertyValues(
					"spring.datasource.hikari.connection-init-sql=ATTACH DATABASE '" + archive + "' AS archive")
			.run((context) -> {
				SqliteBackupService service = context.getBean(SqliteBackupRegistry.class).named("archive");
				Path snapshot = BackupServices.backup(service, "x").snapshot().file();
				assertThatExceptionOfType(RestoreRefusedException.class)
					.isThrownBy(() -> context.getBean(PlannedRestores.class).plan(service, snapshot, false, null))
					.withMessageStartingWith("The next start would not restore the database " + archive);
			});
	}

	@Test
	void runWithPlanStoreOfTheApplicationBacksOff() {
		runner()
			.withBean("own", PlannedRestores.class,
					() -> new PlannedRestores(BackupSettings.DEFAULTS, (file) -> Optional.empty(), (file) -> true))
			.run((context) -> assertThat(context).hasSingleBean(PlannedRestores.class));
	}

	private ApplicationContextRunner runner() {
		return Contexts.runner("jdbc:sqlite:" + this.database, Migrations.FIRST_AND_SECOND);
	}

	/**
	 * Plan to restore what there is, and add something that is lost then.
	 */
	private static void plan(Path database) {
		SqliteBackupService service = BackupServices.service(database);
		Path snapshot = BackupServices.backup(service, "good").snapshot().file();
		TestDatabase.execute(database, "INSERT INTO item (name) VALUES ('lost')");
		new PlannedRestores(BackupServices.settings(), (file) -> Optional.empty(), (file) -> true).plan(service,
				snapshot, false, "jo");
	}

	private static List<Path> plans(Path database) {
		try (Stream<Path> files = Files.list(database.resolveSibling("backups"))) {
			return files
				.filter((file) -> file.getFileName()
					.toString()
					.startsWith(".quartermaster-restore-planned-" + database.getFileName()))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private List<String> restored() {
		return warnings().stream().filter((message) -> message.startsWith("This start has restored ")).toList();
	}

	private List<String> warnings() {
		return this.log.warnings()
			.stream()
			.filter((event) -> event.getLoggerName().startsWith("dev.quartermaster."))
			.map((event) -> event.getFormattedMessage())
			.toList();
	}

	/**
	 * Reads the database as soon as there is a data source, before anything migrates.
	 */
	static final class EarlyUser implements InitializingBean {

		private final DataSource dataSource;

		private List<String> items = List.of();

		EarlyUser(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		@Override
		public void afterPropertiesSet() {
			this.items = new JdbcTemplate(this.dataSource).queryForList("SELECT name FROM item", String.class);
		}

	}

	/**
	 * Keeps the application from starting once there is a data source.
	 */
	static final class FailingUser {

		FailingUser(DataSource dataSource) {
			throw new IllegalStateException("Not with " + dataSource);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Pools {

		@Bean(destroyMethod = "close")
		HikariDataSource tasksDataSource(@Value("${test.tasks}") String url) {
			HikariConfig config = new HikariConfig();
			config.setJdbcUrl(url);
			config.setMaximumPoolSize(2);
			config.setConnectionInitSql("SELECT count(*) FROM item");
			return new HikariDataSource(config);
		}

		@Bean
		@ConfigurationProperties("app.users")
		HikariDataSource usersDataSource() {
			return new HikariDataSource();
		}

	}

	/**
	 * A data source of which nothing else is needed.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Hasty {

		@Bean
		static DataSource dataSource(Environment environment) {
			return Contexts.dataSource(Path.of(environment.getRequiredProperty("test.url").substring(12)));
		}

	}

}
