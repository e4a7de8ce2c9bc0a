/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.quartermaster.backup.RestoreCommandLine;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for what is said and done when a migration fails while an application starts.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailedMigrationTests {

	private static final String NOT_QUIET = "--quartermaster.backup.migration.quiet-period=0s";

	private static final String RESTORE = "--quartermaster.backup.migration.restore-on-error=true";

	@TempDir
	private Path directory;

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@Test
	void reportNamesSnapshotFromBeforeAndCommandThatPutsItBack(CapturedOutput output) {
		startAndFail(Migrations.WITH_FAILING_THIRD);
		Path before = snapshots("flyway").get(0);
		assertThat(output.toString()).containsSubsequence("APPLICATION FAILED TO START", "Description:",
				"A schema change failed:", "Failed to execute script V3__fails.sql", "(no such table: no_such_table)",
				"Location   : db/third-fails/V3__fails.sql",
				"The snapshot of " + this.database + " taken before the change is " + before + ".", "Action:",
				"To restore " + this.database + " to its state before the change:",
				RestoreCommandLine.of(before, this.database, ""),
				"Fix the schema change, then start the application again.");
	}

	@Test
	void stackTraceOfJavaMigrationIsLoggedBeforeReport(CapturedOutput output) {
		startAndFailWith(FailsInJava.class, Migrations.FIRST_AND_SECOND);
		Path before = snapshots("flyway").get(0);
		assertThat(output.toString()).containsSubsequence("Application run failed",
				"Caused by: java.lang.NullPointerException: of the user's own code",
				"\tat " + FailsInJava.class.getName() + ".lengthOf(FailedMigrationTests.java:",
				"APPLICATION FAILED TO START", "of the user's own code",
				RestoreCommandLine.of(before, this.database, ""));
		assertThat(output).containsOnlyOnce("Application run failed");
	}

	@Test
	void stackTraceOfFailingScriptIsLoggedBeforeReport(CapturedOutput output) {
		startAndFail(Migrations.FIRST, "--spring.flyway.enabled=false", "--spring.sql.init.mode=always",
				"--spring.sql.init.schema-locations=classpath:sql/fails-half-way.sql");
		assertThat(output.toString()).containsSubsequence("Application run failed", "Caused by: ",
				"\tat org.springframework.jdbc.datasource.init.ScriptUtils.", "APPLICATION FAILED TO START",
				RestoreCommandLine.of(snapshots("sql-init").get(0), this.database, ""));
	}

	@Test
	void failureOfUsersOwnStrategyIsReportedWithItsTrace(CapturedOutput output) {
		startAndFailWith(FailsByItself.class, Migrations.FIRST_AND_SECOND);
		assertThat(output.toString()).containsSubsequence("Application run failed",
				"Caused by: java.lang.IllegalStateException: of the user", "\tat " + FailsByItself.class.getName(),
				"APPLICATION FAILED TO START", "A schema change did not finish:", "of the user",
				RestoreCommandLine.of(snapshots("flyway").get(0), this.database, ""));
	}

	@Test
	void reportOfOthersIsCompleted(CapturedOutput output) {
		startAndFailWith(FailsForConfiguration.class, Migrations.FIRST_AND_SECOND);
		assertThat(output.toString()).containsSubsequence("APPLICATION FAILED TO START",
				"Invalid value 'much' for configuration property 'app.amount'",
				"The snapshot of " + this.database + " taken before the change is ", "Action:", "Review the value",
				RestoreCommandLine.of(snapshots("flyway").get(0), this.database, ""));
		assertThat(output).doesNotContain("\tat ", "Application run failed");
	}

	@Test
	void withoutSnapshotTheFailureIsReportedAsEver(CapturedOutput output) {
		Path fresh = this.directory.resolve("fresh.db");
		assertThatException().isThrownBy(() -> start(fresh, Migrations.WITH_FAILING_THIRD));
		assertThat(output).contains("Failed to execute script V3__fails.sql").doesNotContain("A schema change failed");
	}

	@Test
	void migrationThatWasRefusedIsReportedAsEver(CapturedOutput output) {
		Path others = TestDatabase.create(this.directory.resolve("others.db"), 2);
		assertThatException().isThrownBy(() -> start(others, Migrations.FIRST));
		assertThat(Migrations.snapshots(others)).hasSize(1);
		assertThat(output).contains("Found non-empty schema(s) \"main\" but no schema history table")
			.doesNotContain("A schema change failed", "state before the change");
	}

	@Test
	void failureThatLeftNothingIsReportedAsEver(CapturedOutput output) {
		startAndFail(Migrations.FIRST + ",classpath:db/broken");
		assertAsBefore();
		assertThat(output).contains("no such table: no_such_table")
			.doesNotContain("A schema change failed", "state before the change");
		assertThat(this.directory.resolve("backups")).isDirectoryContaining("glob:**.db")
			.isDirectoryNotContaining("glob:**.{tmp,partial}");
	}

	@Test
	void failedStateStaysUnlessToldOtherwise() {
		startAndFail(Migrations.WITH_FAILING_THIRD);
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		assertThat(snapshots("failed-migration")).isEmpty();
	}

	@Test
	void databaseIsPutBackWhenToldTo(CapturedOutput output) {
		startAndFail(Migrations.WITH_FAILING_THIRD, RESTORE);
		assertAsBefore();
		assertThat(snapshots("failed-migration")).singleElement()
			.satisfies((failed) -> assertThat(Migrations.versions(failed)).containsExactly("1", "2"));
		assertThat(output.toString()).containsSubsequence("APPLICATION FAILED TO START", "no such table: no_such_table",
				"The database " + this.database + " was restored to its state before the change, from "
						+ snapshots("flyway").get(0) + ". The state that the change left is kept in "
						+ snapshots("failed-migration").get(0) + ".");
	}

	@Test
	void failureThatLeftNothingIsNotRestored(CapturedOutput output) throws IOException {
		byte[] content = Files.readAllBytes(this.database);
		startAndFail(Migrations.FIRST + ",classpath:db/broken", RESTORE);
		assertAsBefore();
		assertThat(this.database).hasBinaryContent(content);
		assertThat(snapshots("failed-migration")).isEmpty();
		assertThat(output).contains("The database " + this.database + " was not changed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE", "WAL" })
	void crashLoopLeavesDatabaseAsItWasAndFillsNoDisk(String journalMode) {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = " + journalMode);
		for (int start = 0; start < 5; start++) {
			startAndFail(Migrations.WITH_FAILING_THIRD, RESTORE);
			assertAsBefore();
		}
		assertThat(Migrations.snapshots(this.database)).hasSize(2);
		assertThat(snapshots("flyway")).singleElement()
			.satisfies((before) -> assertThat(TestDatabase.items(before)).containsExactly("kettle"));
	}

	@ParameterizedTest
	@ValueSource(strings = {
			"INSERT INTO sqlite_schema VALUES ('table', 'own', 'own', 0, 'CREATE VIRTUAL TABLE own USING own_module')",
			"CREATE TABLE own (text COLLATE BACKWARDS PRIMARY KEY) WITHOUT ROWID" })
	void crashLoopFillsNoDiskWhereRowsCannotBeCompared(String own) {
		TestDatabase.createWithOwn(this.database, "PRAGMA writable_schema = ON", own);
		for (int start = 0; start < 3; start++) {
			startAndFail(Migrations.WITH_FAILING_THIRD, RESTORE);
			assertAsBefore();
		}
		assertThat(Migrations.snapshots(this.database)).hasSize(2);
	}

	@Test
	void crashLoopFillsNoDiskWithHistoryOfAnotherName() {
		for (int start = 0; start < 3; start++) {
			startAndFail(Migrations.WITH_FAILING_THIRD, RESTORE, "--spring.flyway.table=history",
					"--spring.flyway.baseline-on-migrate=true", "--spring.flyway.baseline-version=1");
		}
		assertThat(Migrations.snapshots(this.database)).hasSize(2);
	}

	@Test
	void crashLoopFillsNoDiskWithHistoryOfEachModule() {
		for (int start = 0; start < 3; start++) {
			startAndFailWith(HistoryOfEachModule.class, Migrations.WITH_FAILING_THIRD, RESTORE);
			assertAsBefore();
		}
		assertThat(Migrations.snapshots(this.database)).hasSize(2);
		assertThat(snapshots("failed-migration")).singleElement()
			.satisfies((failed) -> assertThat(
					TestDatabase.query(failed, "SELECT version FROM flyway_schema_history_orders WHERE version > '0'"))
				.containsExactly("2"));
	}

	@Test
	void databaseThatChangedSinceTheLastFailureIsPutBackAsItWasThen() {
		startAndFail(Migrations.WITH_FAILING_THIRD, RESTORE);
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
		startAndFail(Migrations.WITH_FAILING_THIRD, RESTORE);
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle", "pan");
		assertThat(snapshots("flyway")).hasSize(2);
	}

	@Test
	void mendedMigrationGoesOnFromWhatWasPutBack() {
		startAndFail(Migrations.WITH_FAILING_THIRD, RESTORE);
		start(this.database, Migrations.FIRST_AND_SECOND, RESTORE);
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle moved");
	}

	@Test
	void snapshotTakenInTheMiddleIsNotTakenForWhatWasThereBefore() {
		startAndFailWith(SnapshotInTheMiddle.class, Migrations.FIRST_AND_SECOND, RESTORE);
		assertAsBefore();
		assertThat(snapshots("in-the-middle")).singleElement()
			.satisfies((middle) -> assertThat(Migrations.versions(middle)).containsExactly("1", "2"));
	}

	@Test
	void rowsThatOthersWroteDuringEachFailureAreKept() {
		for (String written : List.of("first", "second", "third")) {
			System.setProperty("test.written", written);
			try {
				startAndFailWith(WrittenByOthers.class, Migrations.FIRST_AND_SECOND, RESTORE);
			}
			finally {
				System.clearProperty("test.written");
			}
			assertAsBefore();
			assertThat(snapshots("failed-migration"))
				.anySatisfy((failed) -> assertThat(TestDatabase.items(failed)).contains(written));
		}
		assertThat(snapshots("failed-migration")).hasSize(3);
	}

	@Test
	void successfulMigrationIsNotPutBackWhenAnotherFails(CapturedOutput output) {
		startAndFailWith(FailsLater.class, Migrations.FIRST_AND_SECOND, RESTORE);
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		assertThat(snapshots("failed-migration")).isEmpty();
		assertThat(output).doesNotContain("To restore " + this.database);
	}

	@Test
	void migrationThatSucceededAtTheSecondTryIsNotPutBackWhenAnotherFails() {
		startAndFailWith(SecondTry.class, Migrations.FIRST_AND_SECOND, RESTORE);
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
		assertThat(snapshots("failed-migration")).isEmpty();
	}

	@Test
	void migrationThatWasRemovedOnPurposeDoesNotMakeDatabaseNewer(CapturedOutput output) {
		start(this.database, Migrations.FIRST_AND_SECOND);
		start(this.database, "classpath:db/second", "--spring.flyway.ignore-migration-patterns=*:missing");
		assertThat(output).doesNotContain("is newer than this application");
	}

	@ParameterizedTest
	@ValueSource(strings = { "flyway_schema_history", "history" })
	void missingMigrationIsReportedWithNewestSnapshotThatTheApplicationKnows(String table, CapturedOutput output) {
		String history = "--spring.flyway.table=" + table;
		TestDatabase.execute(this.database, "ALTER TABLE flyway_schema_history RENAME TO passing",
				"ALTER TABLE passing RENAME TO " + table);
		start(this.database, Migrations.FIRST_AND_SECOND, history);
		Path known = snapshots("flyway").get(0);
		start(this.database, Migrations.FIRST_AND_SECOND + ",classpath:db/fourth", history);
		startAndFail(Migrations.FIRST, history, "--spring.flyway.ignore-migration-patterns=");
		assertThat(output.toString()).containsSubsequence("APPLICATION FAILED TO START",
				"The database " + this.database
						+ " is newer than this application, which does not know its migration 4",
				"Detected applied migration not resolved locally", "Action:",
				"restore the newest snapshot that fits this version: " + known, known.toString());
	}

	@Test
	void snapshotWithMissingMigrationIsNotOneThatTheApplicationKnows(CapturedOutput output) {
		String all = Migrations.FIRST_AND_SECOND + ",classpath:db/fourth";
		start(this.database, all);
		Path known = snapshots("flyway").get(0);
		start(this.database, all, NOT_QUIET);
		assertThat(snapshots("flyway")).hasSize(2);
		startAndFail(Migrations.FIRST + ",classpath:db/fourth");
		assertThat(output).contains("does not know its migration 2",
				"restore the newest snapshot that fits this version: " + known);
	}

	@Test
	void futureMigrationIsWarnedAboutWithNewestSnapshotThatTheApplicationKnows(CapturedOutput output) {
		start(this.database, Migrations.FIRST_AND_SECOND);
		Path known = snapshots("flyway").get(0);
		start(this.database, Migrations.FIRST);
		assertThat(output).contains("The database " + this.database
				+ " is newer than this application, which does not know its migration 2 (locations)."
				+ " Run the newer version of the application, or restore the newest snapshot that fits this version: "
				+ known)
			.contains("To restore it, stop the application and run:"
					+ RestoreCommandLine.below(known, this.database, ""));
	}

	@Test
	void flywayIsNotAskedAgainWhetherDatabaseIsNewer(CapturedOutput output) {
		start(this.database, Migrations.FIRST, "--logging.level.org.flywaydb=INFO");
		assertThat(output).containsOnlyOnce("Database: jdbc:sqlite:");
	}

	@Test
	void everyReportOfCrashLoopNamesSnapshotFromBeforeFirstFailure(CapturedOutput output) {
		String half = Migrations.FIRST_AND_SECOND + ",classpath:db/third-half";
		startAndFail(half);
		Path before = snapshots("flyway").get(0);
		assertThat(Migrations.versions(before)).containsExactly("1");
		for (int start = 2; start <= 3; start++) {
			int told = output.length();
			startAndFail(half);
			assertThat(output.toString().substring(told)).contains("APPLICATION FAILED TO START",
					"The snapshot of " + this.database + " taken before the change is " + before + ".",
					"To restore " + this.database + " to its state before the change:",
					RestoreCommandLine.of(before, this.database, ""));
		}
		assertThat(snapshots("flyway")).hasSize(2);
		assertThat(output).contains("WARN").contains("An earlier start began to change the schema of " + this.database);
	}

	@Test
	void everyReportOfCrashLoopWithLiquibaseNamesSnapshotFromBeforeFirstFailure(CapturedOutput output) {
		startAndFailWithLiquibase();
		Path before = snapshots("liquibase").get(0);
		assertThat(Migrations.tables(before)).doesNotContain("half");
		assertThat(Migrations.tables(this.database)).contains("half");
		for (int start = 2; start <= 3; start++) {
			int told = output.length();
			startAndFailWithLiquibase();
			assertThat(output.toString().substring(told)).contains("APPLICATION FAILED TO START",
					"The snapshot of " + this.database + " taken before the change is " + before + ".");
		}
		startAndFailWithLiquibase(RESTORE);
		assertAsBefore();
		assertThat(Migrations.tables(this.database)).doesNotContain("half");
	}

	@Test
	void databaseIsPutBackAsItWasBeforeFirstFailure() {
		String half = Migrations.FIRST_AND_SECOND + ",classpath:db/third-half";
		startAndFail(half);
		startAndFail(half);
		startAndFail(half, RESTORE);
		assertAsBefore();
		start(this.database, Migrations.FIRST_AND_SECOND);
		assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
	}

	@Test
	void afterSuccessfulStartReportNamesWhatWasThereThen(CapturedOutput output) {
		startAndFail(Migrations.WITH_FAILING_THIRD);
		start(this.database, Migrations.FIRST_AND_SECOND);
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
		startAndFail(Migrations.FIRST_AND_SECOND + ",classpath:db/third-half");
		assertThat(output.toString().lines().filter((line) -> line.contains(" taken before the change is "))).last()
			.asString()
			.satisfies((line) -> assertThat(TestDatabase.items(newestSnapshotIn(line))).contains("pan"));
	}

	@Test
	void afterSuccessfulStartWithNothingPendingReportNamesWhatWasThereThen(CapturedOutput output) {
		startAndFail(Migrations.WITH_FAILING_THIRD);
		start(this.database, "classpath:db/first", "--quartermaster.backup.migration.when=pending");
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
		startAndFail(Migrations.FIRST_AND_SECOND + ",classpath:db/third-half");
		assertThat(output.toString().lines().filter((line) -> line.contains(" taken before the change is "))).last()
			.asString()
			.satisfies((line) -> assertThat(TestDatabase.items(newestSnapshotIn(line))).contains("pan"));
	}

	@Test
	void afterRestoreReportNamesWhatWasThereThen(CapturedOutput output) {
		startAndFail(Migrations.WITH_FAILING_THIRD);
		BackupServices.service(this.database).restore(snapshots("flyway").get(0), false);
		TestDatabase.execute(this.database, "INSERT INTO item (name) VALUES ('pan')");
		startAndFail(Migrations.WITH_FAILING_THIRD);
		assertThat(output.toString().lines().filter((line) -> line.contains(" taken before the change is "))).last()
			.asString()
			.satisfies((line) -> assertThat(TestDatabase.items(newestSnapshotIn(line))).contains("pan"));
	}

	@Test
	void restoringWhatTheFailureLeftEndsNothing(CapturedOutput output) {
		startAndFail(Migrations.WITH_FAILING_THIRD);
		Path before = snapshots("flyway").get(0);
		Path left = BackupServices.backup(BackupServices.service(this.database), "left").snapshot().file();
		BackupServices.service(this.database).restore(left, false);
		int told = output.length();
		startAndFail(Migrations.WITH_FAILING_THIRD);
		assertThat(output.toString().substring(told)).contains(" taken before the change is " + before + ".");
	}

	@Test
	void startThatWasKilledWhileItMigratedIsUndoneByTheNextThatFails() throws Exception {
		Process process = JavaProcess.start(KilledWhileMigrating.class, this.database.toString());
		assertThat(process.waitFor()).isEqualTo(KilledWhileMigrating.KILLED);
		assertThat(TestDatabase.items(this.database)).contains("of a migration");
		startAndFail(Migrations.WITH_FAILING_THIRD, RESTORE);
		assertAsBefore();
	}

	@Test
	void successfulStartLeavesNothingBesideSnapshots() {
		start(this.database, Migrations.FIRST_AND_SECOND);
		start(this.database, Migrations.FIRST_AND_SECOND, NOT_QUIET);
		assertThat(BackupDirectory.files(this.directory.resolve("backups"))).hasSize(2).isEqualTo(snapshots("flyway"));
	}

	private static Path newestSnapshotIn(String line) {
		return Path.of(line.substring(line.indexOf(" change is ") + " change is ".length(), line.length() - 1));
	}

	private void assertAsBefore() {
		assertThat(Migrations.versions(this.database)).containsExactly("1");
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle");
	}

	private void startAndFail(String locations, String... arguments) {
		assertThatException().isThrownBy(() -> start(this.database, locations, arguments));
	}

	private void startAndFailWith(Class<?> configuration, String locations, String... arguments) {
		assertThatException().isThrownBy(() -> TestApplication.startWith(configuration,
				TestApplication.arguments(this.database, locations, arguments)));
	}

	private void startAndFailWithLiquibase(String... arguments) {
		assertThatException()
			.isThrownBy(() -> new SpringApplicationBuilder(OnLiquibase.class).web(WebApplicationType.NONE)
				.registerShutdownHook(false)
				.properties("spring.flyway.enabled=false", "spring.liquibase.change-log=classpath:liquibase/half.sql")
				.run(TestApplication.arguments(this.database, "", arguments)));
	}

	private static void start(Path database, String locations, String... arguments) {
		TestApplication.start(TestApplication.arguments(database, locations, arguments)).close();
	}

	private List<Path> snapshots(String reason) {
		Stream<Path> snapshots = Migrations.snapshots(this.database).stream();
		return snapshots.filter((snapshot) -> snapshot.getFileName().toString().contains("-" + reason)).toList();
	}

	/**
	 * Changes the database, and is gone.
	 */
	static final class KilledWhileMigrating {

		static final int KILLED = 137;

		public static void main(String[] args) {
			new SpringApplicationBuilder(TestApplication.class, Halting.class).web(WebApplicationType.NONE)
				.run(TestApplication.arguments(Path.of(args[0]), Migrations.FIRST_AND_SECOND));
		}

	}

	/**
	 * An application that migrates with Liquibase.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = HibernateJpaAutoConfiguration.class)
	static class OnLiquibase {

	}

	@Configuration(proxyBeanMethods = false)
	static class Halting {

		@Bean
		FlywayMigrationStrategy users(ObjectProvider<SqliteBackupService> backups) {
			return (flyway) -> {
				TestDatabase.execute(backups.getObject().database(),
						"INSERT INTO item (name) VALUES ('of a migration')");
				Runtime.getRuntime().halt(KilledWhileMigrating.KILLED);
			};
		}

	}

	/**
	 * The migration of some other database, which nobody guards.
	 */
	@Configuration(proxyBeanMethods = false)
	static class FailsLater {

		@Bean
		@DependsOn("flywayInitializer")
		InitializingBean failure() {
			return () -> {
				throw new FlywayException("Of another database");
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailsInJava {

		@Bean
		JavaMigration third() {
			return new Third(() -> lengthOf(null));
		}

		private static void lengthOf(@Nullable String text) {
			Objects.requireNonNull(text, "of the user's own code");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailsByItself {

		@Bean
		FlywayMigrationStrategy users() {
			return (flyway) -> {
				flyway.migrate();
				throw new IllegalStateException("of the user");
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailsForConfiguration {

		@Bean
		JavaMigration third() {
			return new Third(() -> {
				throw new InvalidConfigurationPropertyValueException("app.amount", "much", "Not a number");
			});
		}

	}

	/**
	 * The migration after those in SQL.
	 */
	private static final class Third implements JavaMigration {

		private final Runnable migration;

		Third(Runnable migration) {
			this.migration = migration;
		}

		@Override
		public MigrationVersion getVersion() {
			return MigrationVersion.fromVersion("3");
		}

		@Override
		public String getDescription() {
			return "in Java";
		}

		@Override
		public @Nullable Integer getChecksum() {
			return null;
		}

		@Override
		public boolean canExecuteInTransaction() {
			return true;
		}

		@Override
		public void migrate(Context context) {
			this.migration.run();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SnapshotInTheMiddle {

		@Bean
		FlywayMigrationStrategy users(ObjectProvider<SqliteBackupService> backups) {
			return (flyway) -> {
				flyway.migrate();
				backups.getObject().backup("in the middle");
				throw new FlywayException("After a snapshot");
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WrittenByOthers {

		@Bean
		FlywayMigrationStrategy users(@Value("${test.written}") String written,
				ObjectProvider<SqliteBackupService> backups) {
			return (flyway) -> {
				flyway.migrate();
				TestDatabase.execute(backups.getObject().database(),
						"INSERT INTO item (name) VALUES ('" + written + "')");
				throw new FlywayException("After somebody wrote");
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(FailsLater.class)
	static class SecondTry {

		@Bean
		FlywayMigrationStrategy users() {
			return (flyway) -> {
				Flyway broken = Flyway.configure()
					.configuration(flyway.getConfiguration())
					.locations((Migrations.FIRST + ",classpath:db/broken").split(","))
					.load();
				assertThatException().isThrownBy(broken::migrate);
				flyway.migrate();
			};
		}

	}

}
