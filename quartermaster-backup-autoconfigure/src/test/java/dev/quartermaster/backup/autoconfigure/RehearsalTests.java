/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import liquibase.exception.LiquibaseException;
import liquibase.integration.spring.SpringLiquibase;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.Function;
import org.sqlite.SQLiteConnection;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for the rehearsal of migrations on a copy, in applications that start.
 */
@ExtendWith(OutputCaptureExtension.class)
class RehearsalTests {

	private static final String REHEARSE = "--quartermaster.backup.migration.rehearse=true";

	private static final String ABORT = "--quartermaster.backup.migration.on-failure=abort";

	private static final String REBUILD = "CREATE TABLE new_item (id INTEGER PRIMARY KEY, name TEXT);"
			+ "INSERT INTO new_item SELECT id, name FROM item;DROP TABLE item;ALTER TABLE new_item RENAME TO item;";

	/**
	 * Some time ago, so that any write shows.
	 */
	private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2026-04-17T11:57:19Z"));

	@TempDir
	private Path directory;

	private Path database;

	private byte[] content;

	@BeforeEach
	void createDatabase() throws IOException {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
		TestDatabase.execute(this.database, "CREATE TABLE movement (item INTEGER REFERENCES item ON DELETE CASCADE)",
				"INSERT INTO movement VALUES (1), (1)");
		keep();
	}

	private void keep() throws IOException {
		this.content = TestDatabase.bytes(this.database);
		Files.setLastModifiedTime(this.database, LONG_AGO);
	}

	@Test
	void soundMigrationIsMadeAfterItsRehearsal(CapturedOutput output) {
		start(Migrations.FIRST_AND_SECOND);
		assertThat(output.toString()).contains("Rehearsing the migration of " + this.database + " on a copy")
			.containsPattern(
					"Rehearsed the migration of .*app\\.db on a copy in \\d+ ms \\(1 -> 2\\): 3 tables, 3 rows, none lost\\. Now it is made\\.");
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle moved");
		assertThat(warnings(output)).isEmpty();
		assertNothingLeft();
	}

	@Test
	void nothingIsRehearsedUnlessWanted(CapturedOutput output) {
		startWith("--some=thing", Migrations.FIRST_AND_SECOND);
		assertThat(output.toString()).contains("Guarded").doesNotContain("Rehears");
	}

	@Test
	void nothingIsRehearsedWhenNothingIsPending(CapturedOutput output) {
		start(Migrations.FIRST);
		assertThat(output.toString()).contains("Guarded").doesNotContain("Rehears");
	}

	@Test
	void nothingIsRehearsedOnTheFirstStart(CapturedOutput output) {
		Path first = this.directory.resolve("first.db");
		TestApplication.start(TestApplication.arguments(first, Migrations.FIRST, REHEARSE)).close();
		assertThat(output.toString()).doesNotContain("Rehears");
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE", "WAL" })
	void failureOnTheCopyLeavesDatabaseUntouched(String journalMode, CapturedOutput output) throws IOException {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = " + journalMode);
		keep();
		startAndFail(Migrations.WITH_FAILING_THIRD, "--quartermaster.backup.migration.restore-on-error=true");
		assertThat(output.toString()).containsSubsequence("APPLICATION FAILED TO START",
				"The migration of " + this.database
						+ " failed when it was rehearsed on a copy. The database was not touched.",
				"Failed to execute script V3__fails.sql", "(no such table: no_such_table)", "INSERT INTO no_such_table",
				"Action:", "Fix the migration");
		assertThat(output.toString()).doesNotContain("-Djarmode=dbbackup").doesNotContain("left the database");
		assertUntouched();
	}

	@ParameterizedTest
	@ValueSource(strings = { "?foreign_keys=on", "?foreign_keys=on&journal_mode=WAL" })
	void lossOnTheCopyLeavesDatabaseUntouched(String parameters, CapturedOutput output) throws IOException {
		if (parameters.contains("WAL")) {
			TestDatabase.execute(this.database, "PRAGMA journal_mode = WAL");
			keep();
		}
		String locations = rebuild(REBUILD);
		assertThatException().isThrownBy(() -> TestApplication
			.start(TestApplication.arguments("jdbc:sqlite:" + this.database + parameters, locations, REHEARSE)));
		assertLossRefused(output);
	}

	@Test
	void settingsOfPoolCountForTheCopy(CapturedOutput output) throws IOException {
		startAndFail(rebuild(REBUILD), "--spring.datasource.hikari.connection-init-sql=PRAGMA foreign_keys = on",
				"--spring.datasource.hikari.maximum-pool-size=1");
		assertLossRefused(output);
	}

	@Test
	void driverPropertiesOfPoolCountForTheCopy(CapturedOutput output) throws IOException {
		startAndFail(rebuild(REBUILD), "--spring.datasource.hikari.data-source-properties.foreign_keys=true");
		assertLossRefused(output);
	}

	private void assertLossRefused(CapturedOutput output) throws IOException {
		assertThat(output.toString()).containsSubsequence("APPLICATION FAILED TO START",
				"DATA LOSS: the migration of " + this.database + " (1 -> 2) would lose data", "movement: 2 -> 0",
				"The database was not touched", "Action:", "quartermaster.backup.migration.expected-loss=movement");
		assertUntouched();
	}

	@Test
	void withoutForeignKeysTheSameMigrationLosesNothing() throws IOException {
		start(rebuild(REBUILD));
		assertThat(TestDatabase.query(this.database, "SELECT count(*) FROM movement")).containsExactly("2");
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
	}

	@Test
	void expectedLossIsLetThrough() throws IOException {
		start(rebuild("DELETE FROM movement"), "--quartermaster.backup.migration.expected-loss=move*");
		assertThat(TestDatabase.query(this.database, "SELECT count(*) FROM movement")).containsExactly("0");
	}

	@Test
	void placeholdersCountForTheCopy() throws IOException {
		start(rebuild("ALTER TABLE item ADD COLUMN ${column} TEXT"), "--spring.flyway.placeholders.column=size");
		assertThat(SchemaChangeFixture.columns(this.database)).containsExactly("id", "name", "size");
	}

	@Test
	void strategyOfTheApplicationIsRehearsed(CapturedOutput output) throws IOException {
		startAndFailWith(HistoryOfEachModule.class, Migrations.FIRST);
		assertThat(output.toString()).contains("failed when it was rehearsed on a copy", "V3__fails.sql");
		assertUntouched();
	}

	@Test
	void migrationInJavaRunsOnTheCopyFirst(CapturedOutput output) {
		InJava.runs.set(0);
		startWith(InJava.class, Migrations.FIRST);
		assertThat(InJava.runs).hasValue(2);
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle", "in Java");
		assertThat(warnings(output)).isEmpty();
	}

	@Test
	void writingToTheDatabaseItselfIsReported(CapturedOutput output) {
		startWith(OfAnotherDataSource.class, Migrations.FIRST);
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains(this.database + " was written to while its migration was rehearsed on a copy");
	}

	@Test
	void whatTheMigrationAttachesIsNotWrittenTo(CapturedOutput output) throws IOException {
		Path other = TestDatabase.create(this.directory.resolve("other.db"), 3);
		String locations = attaching(other);
		startAndFail(locations, ABORT);
		assertThat(TestDatabase.items(other)).hasSize(3);
		assertUntouched();
		start(locations);
		assertThat(TestDatabase.items(other)).hasSize(2);
		assertThat(warnings(output)).anyMatch((message) -> message.contains("The migration of " + this.database
				+ " was NOT REHEARSED, and is made all the same. It attaches a further file"));
	}

	@Test
	void migrationThatCompactsTheDatabaseIsNotRehearsed(CapturedOutput output) throws IOException {
		String locations = rebuild("VACUUM");
		Files.writeString(this.directory.resolve("migrations/V2__rebuild.sql.conf"), "executeInTransaction=false");
		start(locations);
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		assertThat(warnings(output)).singleElement().asString().contains("was NOT REHEARSED", "VACUUM");
	}

	@Test
	void migrationThatLeavesTheCopyUnreadableIsNotMade(CapturedOutput output) throws IOException {
		startAndFailWith(Destroys.class, Migrations.FIRST);
		assertThat(output.toString()).containsSubsequence("APPLICATION FAILED TO START",
				"When the migration of " + this.database
						+ " was rehearsed on a copy, it left one that cannot be read (",
				"malformed database schema", "The database was not touched.", "Fix the migration");
		assertUntouched();
	}

	@Test
	void migrationThatNeedsThePoolItselfIsNotRehearsed(CapturedOutput output) {
		startWith(NeedsPool.class, Migrations.FIRST);
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle", "in Java");
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains("was NOT REHEARSED", "asks its DataSource for a " + HikariDataSource.class.getName());
	}

	@Test
	void connectionsThatTheMigrationKeepsAreClosed(CapturedOutput output) {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = WAL");
		startWith(KeepsConnection.class, Migrations.FIRST);
		assertThat(output.toString()).contains("Rehearsed the migration of ");
		assertThat(warnings(output)).isEmpty();
		assertNothingLeft();
	}

	@Test
	void rehearsalThatIsAConditionAndCannotBeMadeEndsTheStart(CapturedOutput output) throws IOException {
		startAndFail(attaching(TestDatabase.create(this.directory.resolve("other.db"), 3)), ABORT);
		assertThat(output.toString()).containsSubsequence("APPLICATION FAILED TO START",
				"was not migrated, because the migration could not be rehearsed on a copy first. It attaches",
				"quartermaster.backup.migration.rehearse=false");
		assertUntouched();
	}

	private String attaching(Path other) throws IOException {
		String locations = rebuild("ATTACH '" + other + "' AS other;DELETE FROM other.item WHERE id = 1;");
		Files.writeString(this.directory.resolve("migrations/V2__rebuild.sql.conf"), "executeInTransaction=false");
		return locations;
	}

	@Test
	void databaseThatPoolAttachesIsCopiedAsWell(CapturedOutput output) throws IOException {
		Path archive = TestDatabase.create(this.directory.resolve("archive.db"), 3);
		byte[] archived = TestDatabase.bytes(archive);
		startAndFail(rebuild("DELETE FROM archive.item WHERE id = 1"),
				"--spring.datasource.hikari.connection-init-sql=ATTACH '" + archive + "' AS archive");
		assertThat(output.toString()).contains("DATA LOSS: the migration of " + archive, "item: 3 -> 2");
		assertThat(TestDatabase.bytes(archive)).isEqualTo(archived);
		assertUntouched();
	}

	@Test
	void functionsThatOnlyTheApplicationKnowsAreMissed(CapturedOutput output) throws IOException {
		startWith(WithFunction.class, rebuild("UPDATE item SET name = own(name)"));
		assertThat(TestDatabase.items(this.database)).containsExactly("6");
		assertThat(warnings(output)).singleElement().asString().contains("was NOT REHEARSED", "function own/1");
	}

	@Test
	void flywayThatMigratesItselfIsNotRehearsedAndThatIsReported(CapturedOutput output) {
		startWith(MigratesItself.class, Migrations.FIRST_AND_SECOND);
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains("was NOT REHEARSED", "Flyway was called by the application's own code");
	}

	@Test
	void failureAfterTheRehearsalIsUndone() {
		InJava.runs.set(0);
		startAndFailWith(FailsTheSecondTime.class, Migrations.FIRST_AND_SECOND,
				"--quartermaster.backup.migration.restore-on-error=true");
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle");
		assertThat(Migrations.versions(this.database)).containsExactly("1");
	}

	@Test
	void startThatIsKilledWhileItRehearsesLeavesDatabaseUntouched() throws Exception {
		Process process = JavaProcess.start(KilledWhileRehearsing.class, this.database.toString());
		assertThat(process.waitFor()).isEqualTo(KilledWhileRehearsing.KILLED);
		assertThat(TestDatabase.bytes(this.database)).isEqualTo(this.content);
		assertThat(BackupDirectory.leftovers(backups())).isNotEmpty();
		assertThat(backups().resolve(".quartermaster-unfinished-app.db")).doesNotExist();
		start(Migrations.FIRST_AND_SECOND);
		assertNothingLeft();
	}

	@Test
	void liquibaseIsRehearsed(CapturedOutput output) throws IOException {
		liquibase("INSERT INTO movement VALUES (1)");
		startLiquibase();
		assertThat(output.toString()).contains("Rehearsed the migration of ");
		assertThat(TestDatabase.query(this.database, "SELECT count(*) FROM movement")).containsExactly("3");
		assertThat(warnings(output)).isEmpty();
		assertNothingLeft();
		int before = output.length();
		startLiquibase();
		assertThat(output.toString().substring(before)).doesNotContain("Rehears");
	}

	@Test
	void failureOfLiquibaseOnTheCopyLeavesDatabaseUntouched(CapturedOutput output) throws IOException {
		liquibase("INSERT INTO nowhere VALUES (1)");
		assertThatException().isThrownBy(this::startLiquibase);
		assertThat(output.toString()).containsSubsequence("APPLICATION FAILED TO START",
				"failed when it was rehearsed on a copy. The database was not touched.", "changes.sql::1::test",
				"INSERT INTO nowhere");
		assertUntouched();
	}

	@Test
	void lossByLiquibaseOnTheCopyLeavesDatabaseUntouched(CapturedOutput output) throws IOException {
		liquibase("DELETE FROM movement");
		assertThatException().isThrownBy(this::startLiquibase);
		assertThat(output.toString()).containsSubsequence("APPLICATION FAILED TO START", "would lose data",
				"movement: 2 -> 0", "The database was not touched");
		assertUntouched();
	}

	@Test
	void liquibaseThatUpdatesInTheBackgroundIsNotRehearsed(CapturedOutput output) throws Exception {
		liquibase("INSERT INTO movement VALUES (1)");
		startLiquibase(InBackground.class);
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains("was NOT REHEARSED", "has an afterPropertiesSet of its own");
		assertThat(TestDatabase.query(this.database, "SELECT count(*) FROM movement")).containsExactly("3");
		int before = output.length();
		startLiquibase(InBackground.class);
		assertThat(output.toString().substring(before)).doesNotContain("REHEARSED");
	}

	private void liquibase(String sql) throws IOException {
		Files.writeString(this.directory.resolve("changes.sql"),
				"--liquibase formatted sql\n\n--changeset test:1\n" + sql + ";\n");
	}

	private void startLiquibase(Class<?>... configurations) {
		new SpringApplicationBuilder(OnLiquibase.class).sources(configurations)
			.web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties("spring.liquibase.change-log=file:" + this.directory.resolve("changes.sql"))
			.run(TestApplication.arguments(this.database, "", REHEARSE))
			.close();
	}

	private String rebuild(String sql) throws IOException {
		Path migrations = Files.createDirectories(this.directory.resolve("migrations"));
		Files.writeString(migrations.resolve("V2__rebuild.sql"), sql.replace(";", ";\n"));
		return Migrations.FIRST + ",filesystem:" + migrations;
	}

	private void start(String locations, String... arguments) {
		TestApplication.start(TestApplication.arguments(this.database, locations, rehearsing(arguments))).close();
	}

	private static String[] rehearsing(String... arguments) {
		return Stream.concat(Stream.of(arguments), Stream.of(REHEARSE)).toArray(String[]::new);
	}

	private void startWith(String argument, String locations) {
		TestApplication.start(TestApplication.arguments(this.database, locations, argument)).close();
	}

	private void startWith(Class<?> configuration, String locations, String... arguments) {
		TestApplication
			.startWith(configuration, TestApplication.arguments(this.database, locations, rehearsing(arguments)))
			.close();
	}

	private void startAndFail(String locations, String... arguments) {
		assertThatException().isThrownBy(() -> start(locations, arguments));
	}

	private void startAndFailWith(Class<?> configuration, String locations, String... arguments) {
		assertThatException().isThrownBy(() -> startWith(configuration, locations, arguments));
	}

	/**
	 * Return what was warned of, but by Liquibase of other things.
	 */
	private static List<String> warnings(CapturedOutput output) {
		return output.toString().lines().filter((line) -> line.startsWith("WARN  d.q.")).toList();
	}

	private Path backups() {
		return this.directory.resolve("backups");
	}

	private void assertUntouched() throws IOException {
		assertThat(TestDatabase.bytes(this.database)).isEqualTo(this.content);
		assertThat(Files.getLastModifiedTime(this.database)).isEqualTo(LONG_AGO);
		assertNothingLeft();
	}

	/**
	 * Nothing but snapshots: no copy, and no note that a change is going on.
	 */
	private void assertNothingLeft() {
		assertThat(BackupDirectory.files(backups())).isNotEmpty().isEqualTo(BackupDirectory.published(backups()));
	}

	/**
	 * An application that migrates with Liquibase.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { HibernateJpaAutoConfiguration.class, FlywayAutoConfiguration.class })
	static class OnLiquibase {

	}

	/**
	 * As JHipster does it.
	 */
	@Configuration(proxyBeanMethods = false)
	static class InBackground {

		@Bean(destroyMethod = "await")
		BackgroundLiquibase liquibase(DataSource dataSource,
				@Value("${spring.liquibase.change-log}") String changeLog) {
			BackgroundLiquibase liquibase = new BackgroundLiquibase();
			liquibase.setDataSource(dataSource);
			liquibase.setChangeLog(changeLog);
			return liquibase;
		}

	}

	static final class BackgroundLiquibase extends SpringLiquibase {

		private final List<Thread> threads = new ArrayList<>();

		@Override
		public void afterPropertiesSet() {
			Thread thread = new Thread(this::update);
			this.threads.add(thread);
			thread.start();
		}

		private void update() {
			try {
				super.afterPropertiesSet();
			}
			catch (LiquibaseException ex) {
				throw new IllegalStateException(ex);
			}
		}

		void await() throws InterruptedException {
			for (Thread thread : this.threads) {
				thread.join();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InJava {

		static final AtomicInteger runs = new AtomicInteger();

		@Bean
		V2__InJava second() {
			return new V2__InJava((context) -> {
				runs.incrementAndGet();
				try (Statement statement = context.getConnection().createStatement()) {
					statement.execute("INSERT INTO item (name) VALUES ('in Java')");
				}
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Destroys {

		@Bean
		FlywayMigrationStrategy users() {
			return (flyway) -> {
				flyway.migrate();
				try (Connection connection = flyway.getConfiguration().getDataSource().getConnection();
						Statement statement = connection.createStatement()) {
					statement.execute("PRAGMA writable_schema = ON");
					statement.execute("UPDATE sqlite_schema SET sql = 'nonsense' WHERE name = 'movement'");
				}
				catch (SQLException ex) {
					throw new IllegalStateException(ex);
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NeedsPool {

		@Bean
		V2__InJava second() {
			return new V2__InJava((context) -> {
				DataSource dataSource = context.getConfiguration().getDataSource();
				assertThat(dataSource.unwrap(HikariDataSource.class)).isNotNull();
				try (Statement statement = context.getConnection().createStatement()) {
					statement.execute("INSERT INTO item (name) VALUES ('in Java')");
				}
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class KeepsConnection {

		@Bean
		V2__InJava second() {
			return new V2__InJava((context) -> {
				Connection kept = context.getConfiguration().getDataSource().getConnection();
				kept.createStatement().execute("SELECT * FROM item");
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OfAnotherDataSource {

		@Bean
		V2__InJava second(@Value("${spring.datasource.url}") String url) {
			return new V2__InJava((context) -> TestDatabase.execute(Path.of(url.substring("jdbc:sqlite:".length())),
					"INSERT INTO item (name) VALUES ('twice')"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailsTheSecondTime {

		@Bean
		FlywayMigrationStrategy users() {
			return (flyway) -> {
				flyway.migrate();
				if (InJava.runs.incrementAndGet() == 2) {
					throw new IllegalStateException("The second time");
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MigratesItself {

		@Bean(initMethod = "migrate")
		Flyway flyway(DataSource dataSource, @Value("${spring.flyway.locations}") String locations) {
			return Flyway.configure().dataSource(dataSource).locations(locations.split(",")).load();
		}

		@Bean
		FlywayMigrationStrategy none() {
			return (flyway) -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithFunction {

		@Bean
		static BeanPostProcessor functions() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					return (bean instanceof DataSource dataSource) ? new Defining(dataSource) : bean;
				}

			};
		}

	}

	/**
	 * Defines a function on each connection.
	 */
	private static final class Defining extends DelegatingDataSource {

		Defining(DataSource dataSource) {
			super(dataSource);
		}

		@Override
		public Connection getConnection() throws SQLException {
			Connection connection = super.getConnection();
			Function.create(connection.unwrap(SQLiteConnection.class), "own", new Function() {

				@Override
				protected void xFunc() throws SQLException {
					result(value_text(0).length());
				}

			}, 1, 0);
			return connection;
		}

	}

	/**
	 * The migration after the first one, in Java.
	 */
	private static final class V2__InJava extends BaseJavaMigration {

		private final Step step;

		V2__InJava(Step step) {
			this.step = step;
		}

		@Override
		public boolean canExecuteInTransaction() {
			return false;
		}

		@Override
		public void migrate(Context context) throws Exception {
			this.step.run(context);
		}

		interface Step {

			void run(Context context) throws Exception;

		}

	}

	/**
	 * Is gone in the middle of a rehearsal.
	 */
	static final class KilledWhileRehearsing {

		static final int KILLED = 137;

		public static void main(String[] args) {
			new SpringApplicationBuilder(TestApplication.class, Halting.class).web(WebApplicationType.NONE)
				.run(TestApplication.arguments(Path.of(args[0]), Migrations.FIRST_AND_SECOND, REHEARSE));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Halting {

		@Bean
		FlywayMigrationStrategy users() {
			return (flyway) -> {
				flyway.migrate();
				Runtime.getRuntime().halt(KilledWhileRehearsing.KILLED);
			};
		}

	}

}
