/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.DataLoss;
import dev.quartermaster.backup.RestoreCommandLine;
import dev.quartermaster.backup.migration.DataLossException;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for what is said and done when a migration succeeds while an application starts:
 * whether it lost anything or not.
 */
@ExtendWith(OutputCaptureExtension.class)
class DataLossTests {

	private static final String FAIL = "--quartermaster.backup.migration.on-data-loss=fail";

	private static final String RESTORE = "--quartermaster.backup.migration.restore-on-error=true";

	@TempDir
	private Path directory;

	private Path database;

	private Path migrations;

	private CapturedOutput output;

	@BeforeEach
	void createDatabase(CapturedOutput output) throws IOException {
		this.output = output;
		this.migrations = Files.createDirectory(this.directory.resolve("migrations"));
		this.database = this.directory.resolve("app.db");
		write("V41__items.sql", "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)",
				"CREATE TABLE movement (id INTEGER PRIMARY KEY, item_id REFERENCES item ON DELETE CASCADE)");
		Migrations.migrate(this.database, location());
		TestDatabase.execute(this.database, "INSERT INTO item VALUES (1, 'kettle'), (2, 'anvil')",
				"INSERT INTO movement VALUES (1, 1), (2, 1), (3, 2)");
	}

	@Test
	void migrationThatLostNothingIsOneLine() throws IOException {
		write("V43__colour.sql", "ALTER TABLE item ADD COLUMN colour TEXT");
		start();
		assertThat(messages()).containsOnlyOnce("Migrated " + this.database + " 41 -> 43: 2 tables, 5 rows, none lost");
		assertThat(warnings()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "delete", "wal" })
	void startThatMigratesNothingSaysNothing(String mode) throws IOException {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = " + mode);
		write("V43__colour.sql", "ALTER TABLE item ADD COLUMN colour TEXT");
		start();
		start("--spring.sql.init.mode=always", "--spring.sql.init.data-locations=file:" + script("SELECT 1"));
		assertThat(messages()).filteredOn((message) -> message.startsWith("Migrated")).hasSize(1);
	}

	@Test
	void lossIsOneWarningWithLineForEachTableAndCommandThatPutsItBack() throws IOException {
		writeLoss();
		start();
		Path before = Migrations.snapshots(this.database).get(0);
		assertThat(warnings()).singleElement().satisfies((event) -> {
			assertThat(event.lines()).containsExactly(
					"DATA LOSS: the migration of " + this.database + " (41 -> 43) lost data:", "    movement: 3 -> 0",
					"The snapshot from before has it all: " + before
							+ ". If that was meant, set quartermaster.backup.migration.expected-loss=movement."
							+ " To restore it, stop the application and run:",
					"    " + RestoreCommandLine.of(before, this.database, ""));
		});
		assertThat(messages()).noneMatch((message) -> message.contains("none lost"));
	}

	@Test
	void lossThatIsExpectedIsNoWarning() throws IOException {
		writeLoss();
		start("--quartermaster.backup.migration.expected-loss=other,MOVE*");
		assertThat(warnings()).isEmpty();
		assertThat(messages()).containsOnlyOnce("Migrated " + this.database
				+ " 41 -> 43: 2 tables, 2 rows, none lost but as expected (movement: 3 -> 0)");
	}

	@Test
	void withoutAuditNothingIsSaid() throws IOException {
		writeLoss();
		start("--quartermaster.backup.migration.audit=false", FAIL);
		assertThat(warnings()).isEmpty();
		assertThat(messages()).noneMatch((message) -> message.startsWith("Migrated"));
	}

	@Test
	void applicationDoesNotStartAfterLossIfItIsNotTo() throws IOException {
		writeLoss();
		assertThatException().isThrownBy(() -> start(FAIL)).havingRootCause().isInstanceOf(DataLossException.class);
		Path before = Migrations.snapshots(this.database).get(0);
		assertThat(this.output.toString()).containsSubsequence("APPLICATION FAILED TO START", "Description:",
				"DATA LOSS: the migration of " + this.database + " (41 -> 43) lost data:", "    movement: 3 -> 0",
				"Action:",
				"If that was meant, set quartermaster.backup.migration.expected-loss=movement."
						+ " Otherwise fix the migration, then start the application again.",
				RestoreCommandLine.of(before, this.database, ""));
		assertThat(this.output).doesNotContain("\tat ");
		assertThat(TestDatabase.query(this.database, "SELECT count(*) FROM movement")).containsExactly("0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "delete", "wal" })
	void snapshotIsPutBackAfterLossIfWanted(String mode) throws IOException {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = " + mode);
		writeLoss();
		byte[] before = TestDatabase.bytes(this.database);
		assertThatException().isThrownBy(() -> start(FAIL, RESTORE));
		assertThat(TestDatabase.bytes(this.database)).isEqualTo(before);
		assertThat(Migrations.snapshots(this.database)).hasSize(2);
		assertThat(this.output.toString()).containsSubsequence("APPLICATION FAILED TO START", "    movement: 3 -> 0",
				"The database " + this.database + " was restored to its state before the change",
				"The state that the change left is kept in ");
		assertThat(this.output).doesNotContain("\tat ");
	}

	@Test
	void crashLoopAfterLossKeepsOneFile() throws IOException {
		writeLoss();
		for (int i = 0; i < 3; i++) {
			assertThatException().isThrownBy(() -> start(FAIL, RESTORE));
		}
		assertThat(Migrations.snapshots(this.database)).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "always", "pending" })
	void applicationDoesNotStartAfterLossHoweverOftenItIsTried(String when) throws IOException {
		writeLoss();
		for (int i = 0; i < 3; i++) {
			assertThatException().isThrownBy(() -> start(FAIL, "--quartermaster.backup.migration.when=" + when))
				.havingRootCause()
				.isInstanceOf(DataLossException.class);
		}
		start("--quartermaster.backup.migration.expected-loss=movement");
		start(FAIL);
	}

	/**
	 * Somebody may have worked with it, without us, since the start that lost it.
	 */
	@Test
	void whatEarlierStartLostIsNotUndoneByItself() throws IOException {
		writeLoss();
		assertThatException().isThrownBy(() -> start(FAIL));
		TestDatabase.execute(this.database, "INSERT INTO item (id, name) VALUES (3, 'lantern')");
		assertThatException().isThrownBy(() -> start(FAIL, RESTORE));
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle", "anvil", "lantern");
		Path before = Migrations.snapshots(this.database)
			.stream()
			.filter((snapshot) -> TestDatabase.query(snapshot, "SELECT count(*) FROM movement").contains("3"))
			.findFirst()
			.orElseThrow();
		assertThat(this.output).contains(RestoreCommandLine.of(before, this.database, ""));
	}

	@Test
	void laterChangeOfTableThatFirstOneMadeIsAuditedToo() throws IOException {
		write("V43__rename.sql", "ALTER TABLE item RENAME TO article");
		start("--spring.sql.init.mode=always",
				"--spring.sql.init.data-locations=file:" + script("DELETE FROM article WHERE id = 2"));
		assertThat(warnings()).singleElement()
			.satisfies((event) -> assertThat(event).contains("    article: 2 -> 1", "    movement: 3 -> 2"));
	}

	@Test
	void rowsThatApplicationDeletesItselfWithoutMigrationAreNoLoss() {
		start(DeletesInCode.class);
		assertThat(warnings()).isEmpty();
	}

	@Test
	void listenerHearsOfComparison() throws IOException {
		writeLoss();
		RecordingListener listener = new RecordingListener();
		new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("listener", listener))
			.run(arguments())
			.close();
		assertThat(listener.migrations).singleElement().satisfies((comparison) -> {
			assertThat(comparison.database()).isEqualTo(this.database);
			assertThat(comparison.versionAfter()).isEqualTo("43");
			assertThat(comparison.losses()).extracting(DataLoss::toString).containsExactly("movement: 3 -> 0");
		});
	}

	@Test
	void eachChangeTellsOfItsOwnLoss() throws IOException {
		writeLoss();
		Path script = script("DELETE FROM item WHERE id = 1");
		start("--spring.sql.init.mode=always", "--spring.sql.init.data-locations=file:" + script);
		assertThat(warnings()).hasSize(2);
		assertThat(warnings().get(0)).contains("    movement: 3 -> 0").doesNotContain("item:");
		assertThat(warnings().get(1)).contains("    item: 2 -> 1").doesNotContain("movement:");
	}

	@Test
	void lossByScriptsStopsStartToo() throws IOException {
		Path script = script("DELETE FROM item WHERE id = 1");
		byte[] before = TestDatabase.bytes(this.database);
		assertThatException().isThrownBy(() -> start("--spring.flyway.enabled=false", "--spring.sql.init.mode=always",
				"--spring.sql.init.data-locations=file:" + script, FAIL, RESTORE));
		assertThat(this.output).contains("    item: 2 -> 1");
		assertThat(TestDatabase.bytes(this.database)).isEqualTo(before);
	}

	@Test
	void lossByFlywayMadeInCodeIsToldAtEndOfStart() throws IOException {
		writeLoss();
		start(MigratesInCode.class, "--app.migrations=" + location());
		assertThat(warnings()).singleElement().satisfies((event) -> assertThat(event).contains("    movement: 3 -> 0"));
	}

	@Test
	void lossByFlywayMadeInCodeStopsStartToo() throws IOException {
		writeLoss();
		byte[] before = TestDatabase.bytes(this.database);
		assertThatException()
			.isThrownBy(() -> start(MigratesInCode.class, "--app.migrations=" + location(), FAIL, RESTORE));
		assertThat(this.output).contains("APPLICATION FAILED TO START", "    movement: 3 -> 0");
		assertThat(TestDatabase.bytes(this.database)).isEqualTo(before);
	}

	@Test
	void cleanByItselfIsNoLossButWhatStrategyDoesNotBringBackIs() throws IOException {
		String[] arguments = arguments("--spring.flyway.clean-disabled=false");
		// Flyway cleans nothing where foreign keys are on.
		arguments[0] = "--spring.datasource.url=jdbc:sqlite:" + this.database;
		run(CleansFirst.class, arguments);
		assertThat(warnings()).singleElement()
			.satisfies((event) -> assertThat(event).contains("    item: 2 -> 0", "    movement: 3 -> 0"));
	}

	@Test
	void databaseThatOnlyApplicationMayOpenIsAuditedThroughItsConnection() throws IOException {
		writeLoss();
		String[] arguments = arguments("--spring.datasource.hikari.maximum-pool-size=1");
		arguments[0] = "--spring.datasource.url=jdbc:sqlite:" + this.database
				+ "?locking_mode=EXCLUSIVE&foreign_keys=on";
		run(Application.class, arguments);
		assertThat(warnings()).singleElement().satisfies((event) -> assertThat(event).contains("    movement: 3 -> 0"));
	}

	private void writeLoss() throws IOException {
		write("V43__rebuild.sql", "CREATE TABLE new_item (id INTEGER PRIMARY KEY, name)",
				"INSERT INTO new_item SELECT id, name FROM item", "DROP TABLE item",
				"ALTER TABLE new_item RENAME TO item");
	}

	private void write(String name, String... statements) throws IOException {
		Files.writeString(this.migrations.resolve(name), String.join(";\n", statements) + ";");
	}

	private String location() {
		return "filesystem:" + this.migrations;
	}

	private void start(String... arguments) {
		start(Application.class, arguments);
	}

	private void start(Class<?> application, String... arguments) {
		run(application, arguments(arguments));
	}

	private static void run(Class<?> application, String... arguments) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(application)
			.web(WebApplicationType.NONE)
			.run(arguments)) {
			assertThat(context.isActive()).isTrue();
		}
	}

	private String[] arguments(String... more) {
		List<String> arguments = new ArrayList<>(
				List.of("--spring.datasource.url=jdbc:sqlite:" + this.database + "?foreign_keys=on",
						"--spring.liquibase.enabled=false", "--spring.flyway.locations=" + location()));
		arguments.addAll(List.of(more));
		return arguments.toArray(String[]::new);
	}

	private Path script(String statement) throws IOException {
		return Files.writeString(this.directory.resolve("data.sql"), statement + ";");
	}

	/**
	 * Return what we logged, each message with all of its lines.
	 */
	private List<String> messages() {
		return messages("INFO|WARN|ERROR");
	}

	private List<String> warnings() {
		return messages("WARN|ERROR");
	}

	private List<String> messages(String levels) {
		return Stream.of(this.output.toString().split("(?m)^(?=(?:DEBUG|INFO|WARN|ERROR) )"))
			.map(Pattern.compile("(?s)(?:" + levels + ") +d\\.q\\.\\S+ (.*)")::matcher)
			.filter(Matcher::matches)
			.map((matcher) -> matcher.group(1).stripTrailing())
			.toList();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = HibernateJpaAutoConfiguration.class)
	static class Application {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = HibernateJpaAutoConfiguration.class)
	static class CleansFirst {

		@Bean
		FlywayMigrationStrategy strategy() {
			return (flyway) -> {
				flyway.clean();
				flyway.migrate();
			};
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { HibernateJpaAutoConfiguration.class, FlywayAutoConfiguration.class })
	static class MigratesInCode {

		@Bean
		Object migrated(DataSource dataSource, @Value("${app.migrations}") String locations) {
			return Flyway.configure().dataSource(dataSource).locations(locations).load().migrate();
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { HibernateJpaAutoConfiguration.class, FlywayAutoConfiguration.class })
	static class DeletesInCode {

		@Bean
		Object purged(DataSource dataSource) throws SQLException {
			try (Connection connection = dataSource.getConnection();
					Statement statement = connection.createStatement()) {
				return statement.executeUpdate("DELETE FROM movement");
			}
		}

	}

}
