/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.RetentionPolicy;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.UnsupportedDatabaseException;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.support.JavaProcess;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ApplicationConfiguration}.
 */
class ApplicationConfigurationTests {

	@TempDir
	private Path temp;

	@Test
	void databaseIsThatOfTheApplication() throws Exception {
		yaml("application.yml", "spring: {datasource: {url: 'jdbc:sqlite:/data/app.db'}}");
		assertThat(file(null)).isEqualTo(Path.of("/data/app.db"));
		assertThat(file("datasource")).isEqualTo(Path.of("/data/app.db"));
	}

	@Test
	void urlGivenOutrightComesFirst() throws Exception {
		yaml("application.yml", "spring: {datasource: {url: 'jdbc:sqlite:/data/app.db'}}");
		assertThat(configuration("--spring.datasource.url=jdbc:sqlite:/data/line.db")
			.database("sqlite:////data/outright.db", null)
			.file()).isEqualTo(Path.of("/data/outright.db"));
	}

	@Test
	void lineThatConfiguresDatabaseIsKnown() throws Exception {
		yaml("application.yml", "# Ours\nspring: {datasource: {url: 'jdbc:sqlite:/data/app.db'}}");
		ApplicationConfiguration configuration = configuration();
		assertThat(configuration.origin(configuration.database(null, null))).isEqualTo(
				"spring.datasource.url in URL [" + this.temp.resolve("application.yml").toUri().toURL() + "] - 2:28");
	}

	/**
	 * That of an application whose configuration refers to it is tested with the demo.
	 */
	@Test
	@Tag("process")
	void variableComesBeforeConfigurationUnlessTheLineNamesDatabase() throws Exception {
		yaml("application.yml", "spring: {datasource: {url: 'jdbc:sqlite:/data/app.db'}}");
		Process process = JavaProcess.start(Map.of("QUARTERMASTER_DB_URL", "sqlite:////data/variable.db"), List.of(),
				Variable.class, "--spring.config.additional-location=" + this.temp.toUri());
		assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()).containsExactly(
				"/data/variable.db of the environment variable QUARTERMASTER_DB_URL, true",
				"/data/variable.db of the environment variable QUARTERMASTER_DB_URL, true",
				"/data/line.db of spring.datasource.url in the command line, false",
				"/data/orders.db of app.orders.url in the command line, true",
				"/data/system.db of spring.datasource.url in the system properties, false");
		assertThat(process.waitFor()).isZero();
	}

	@Test
	void commandLineComesBeforeFiles() throws Exception {
		yaml("application.yml", "spring: {datasource: {url: 'jdbc:sqlite:/data/app.db'}}");
		assertThat(file(null, "--spring.datasource.url=jdbc:sqlite:/data/line.db")).isEqualTo(Path.of("/data/line.db"));
	}

	@Test
	void profileChangesDatabase() throws Exception {
		yaml("application.yml", "spring: {datasource: {url: 'jdbc:sqlite:/data/app.db'}}");
		yaml("application-other.yml", "spring: {datasource: {url: 'jdbc:sqlite:/data/other.db'}}");
		assertThat(file(null, "--spring.profiles.active=other")).isEqualTo(Path.of("/data/other.db"));
		assertThat(file(null)).isEqualTo(Path.of("/data/app.db"));
	}

	@Test
	void jsonOfSpringApplicationCounts() throws Exception {
		yaml("application.yml", "spring: {datasource: {url: 'jdbc:sqlite:/data/app.db'}}");
		assertThat(file(null,
				"--spring.application.json={\"spring\":{\"datasource\":{\"url\":" + "\"jdbc:sqlite:/data/json.db\"}}}"))
			.isEqualTo(Path.of("/data/json.db"));
	}

	@Test
	void placeholdersAreResolved() throws Exception {
		yaml("application.yml",
				"place: /data\nspring: {datasource: {url: 'jdbc:sqlite:${place}/${file.name:app}.db'}}");
		assertThat(file(null, "--another.name=x")).isEqualTo(Path.of("/data/app.db"));
		assertThat(file(null, "--place=/line")).isEqualTo(Path.of("/line/app.db"));
	}

	@Test
	void severalDatabasesNeedAName() throws Exception {
		yaml("application.yml", """
				spring: {datasource: {url: 'jdbc:sqlite:/data/app.db'}}
				app:
				  orders: {jdbc-url: 'jdbc:sqlite:/data/orders.db'}
				  customers: {hikari: {jdbcUrl: 'jdbc:sqlite:/data/customers.db'}}
				  same: {url: 'jdbc:sqlite:/data/x/../app.db?journal_mode=WAL'}
				  cache: {url: 'jdbc:sqlite::memory:'}
				  warehouse: {url: 'jdbc:postgresql://host/db'}
				  site: {url: 'https://example.org'}
				""");
		assertThatExceptionOfType(UsageException.class).isThrownBy(() -> file(null))
			.withMessageContaining(": dataSource, orders, customers. ")
			.withMessageContaining("--database");
		assertThatExceptionOfType(UsageException.class).isThrownBy(() -> file("warehouse"))
			.withMessageContaining("not configured with a SQLite database called warehouse")
			.withMessageContaining(": dataSource, orders, customers. ");
		assertThat(file("datasource")).isEqualTo(Path.of("/data/app.db"));
		assertThat(file("orders")).isEqualTo(Path.of("/data/orders.db"));
		assertThat(file("customers")).isEqualTo(Path.of("/data/customers.db"));
	}

	@Test
	void databasesAreThoseOfTheApplicationUnlessItIsInDoubtWhoseTheyAre() throws Exception {
		yaml("application.yml", """
				spring: {datasource: {url: 'jdbc:sqlite:/data/app.db'}}
				app: {orders: {jdbc-url: 'jdbc:sqlite:/data/orders.db'}, cache: {url: 'jdbc:sqlite::memory:'}}
				""");
		assertThat(configuration().databases()).containsOnlyKeys(Path.of("/data/app.db"), Path.of("/data/orders.db"));
		ApplicationProperties properties = configuration().properties().doubted("its context has a parent");
		assertThat(new ApplicationConfiguration(List.of(), () -> properties).databases()).isEmpty();
	}

	@Test
	void databasesOfTheSameNameAreToldApart() throws Exception {
		yaml("application.yml", """
				orders: {datasource: {url: 'jdbc:sqlite:/data/orders.db'}}
				customers: {datasource: {hikari: {jdbc-url: 'jdbc:sqlite:/data/customers.db'}}}
				app: {audit: {url: 'jdbc:sqlite:/data/audit.db'}}
				""");
		assertThatExceptionOfType(UsageException.class).isThrownBy(() -> file(null))
			.withMessageContaining(": orders, customers, audit. ");
		assertThat(file("orders.datasource")).isEqualTo(Path.of("/data/orders.db"));
		assertThat(file("customers.datasource")).isEqualTo(Path.of("/data/customers.db"));
		assertThat(file("audit")).isEqualTo(Path.of("/data/audit.db"));
		assertThatExceptionOfType(UsageException.class).isThrownBy(() -> file("datasource"))
			.withMessageContaining("several")
			.withMessageContaining(": orders, customers. ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "taskList", "taskListDataSource", "task-list", "task-list-datasource", "tasklist",
			"app.datasource.task-list" })
	void databaseMayBeCalledLikeItsBeanOrItsProperty(String name) throws Exception {
		yaml("application.yml", """
				spring: {datasource: {url: 'jdbc:sqlite:/data/app.db'}}
				app: {datasource: {task-list: {url: 'jdbc:sqlite:/data/tasks.db'}}}
				""");
		assertThat(file(name)).isEqualTo(Path.of("/data/tasks.db"));
		for (String main : List.of("dataSource", "datasource", "spring.datasource")) {
			assertThat(file(main)).isEqualTo(Path.of("/data/app.db"));
		}
		assertThatExceptionOfType(UsageException.class).isThrownBy(() -> file("other"))
			.withMessageContaining(": dataSource, taskList. ");
	}

	@Test
	void databasesOfTheSameFileNameAreKeptApartLikeInTheApplication() throws Exception {
		yaml("application.yml",
				"""
						spring: {datasource: {url: 'jdbc:sqlite:/data/a/app.db'}}
						app: {datasource: {tasks: {url: 'jdbc:sqlite:/data/b/app.db'}, users: {url: 'jdbc:sqlite:/data/users.db'}}}
						quartermaster: {backup: {dir: /snapshots}}
						""");
		assertThat(directory("dataSource")).isEqualTo(Path.of("/snapshots/dataSource"));
		assertThat(directory("tasks")).isEqualTo(Path.of("/snapshots/tasks"));
		assertThat(directory("users")).isEqualTo(Path.of("/snapshots"));
		assertThat(directory("tasks", "--quartermaster.backup.dir=")).isEqualTo(Path.of("/data/b/backups"));
	}

	@Test
	void onlySqliteDatabaseIsTakenEvenIfItIsNotTheMainOne() throws Exception {
		yaml("application.yml", """
				spring: {datasource: {url: 'jdbc:postgresql://host/db'}}
				app: {orders: {url: 'jdbc:sqlite:/data/orders.db'}}
				""");
		assertThat(file(null)).isEqualTo(Path.of("/data/orders.db"));
	}

	@Test
	void otherUrlThatCannotBeResolvedDoesNotMatter() throws Exception {
		yaml("application.yml", """
				spring: {datasource: {url: 'jdbc:sqlite:/data/app.db'}}
				service: {url: 'https://${only.where.it.runs}/'}
				""");
		assertThat(file(null)).isEqualTo(Path.of("/data/app.db"));
	}

	@Test
	void urlThatCannotBeResolvedIsToldWithoutPassword() throws Exception {
		yaml("application.yml",
				"spring: {datasource: {url: 'jdbc:postgresql://${only.where.it.runs}/db?password=open-sesame'}}");
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> file(null))
			.withMessageContaining("spring.datasource.url refers to only.where.it.runs, which is not set")
			.withMessageNotContaining("sesame");
	}

	@Test
	void anotherDatabaseIsNotTakenForTheMainOneThatCannotBeResolved() throws Exception {
		yaml("application.yml", """
				spring: {datasource: {url: 'jdbc:sqlite:${only.where.it.runs}/app.db'}}
				app: {orders: {url: 'jdbc:sqlite:/data/orders.db'}}
				""");
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> file(null))
			.withMessageContaining("spring.datasource.url refers to only.where.it.runs, which is not set");
		assertThat(file("orders")).isEqualTo(Path.of("/data/orders.db"));
	}

	@Test
	void noDatabaseOrAnotherOneIsToldAsWhatItIs() throws Exception {
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> file(null))
			.withMessageContaining("No database is configured")
			.withMessageContaining("--url");
		assertThatExceptionOfType(UnsupportedDatabaseException.class)
			.isThrownBy(() -> file(null, "--spring.datasource.url=jdbc:postgresql://host/db"))
			.withMessageContaining("jdbc:postgresql, not SQLite");
		assertThatExceptionOfType(UnsupportedDatabaseException.class)
			.isThrownBy(() -> file(null, "--spring.datasource.url=jdbc:sqlite::memory:"))
			.withMessageContaining("memory");
	}

	@Test
	void configurationThatCannotBeReadIsToldSo() throws Exception {
		yaml("application.yml", "spring: [");
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> file(null))
			.withMessageContaining("configuration of the application cannot be read");
	}

	@Test
	void settingsAreThoseOfTheApplication() throws Exception {
		yaml("application.yml",
				"""
						quartermaster:
						  backup: {dir: ' /data/snapshots ', verification: full, busyTimeout: 250ms, time-zone: Europe/Berlin, min_free_space: 5MB}
						""");
		assertThat(configuration().settings(null)).isEqualTo(new BackupSettings(Path.of("/data/snapshots"),
				VerificationMode.FULL, Duration.ofMillis(250), ZoneId.of("Europe/Berlin"), 5 * 1024 * 1024));
		assertThat(configuration("--quartermaster.backup.busy-timeout=1s").settings(Path.of("/outright")))
			.isEqualTo(new BackupSettings(Path.of("/outright"), VerificationMode.FULL, Duration.ofSeconds(1),
					ZoneId.of("Europe/Berlin"), 5 * 1024 * 1024));
	}

	@Test
	void retentionIsThatOfTheApplication() throws Exception {
		yaml("application.yml",
				"""
						quartermaster:
						  backup:
						    retention: {maxCount: 20, max-age: 90, max_total_size: 5GB, thin: true, min-keep: 4, keepVersions: 0,
						      replaced: {max-age: 36h}, by-reason: {before-import: {max-age: 1d, thin: false}, flyway: {max-count: 7}}}
						""");
		RetentionPolicy.Limits imports = new RetentionPolicy.Limits(null, Duration.ofDays(1), null, false);
		assertThat(configuration().settings(null).retention()).isEqualTo(
				new RetentionPolicy(new RetentionPolicy.Limits(20, Duration.ofDays(90), 5L * 1024 * 1024 * 1024, true),
						Map.of("before-import", imports, "flyway", new RetentionPolicy.Limits(7, null, null, null)),
						Duration.ofHours(36), 4, 0));
	}

	@Test
	void tablesThatMayLoseDataAreThoseOfTheApplication() throws Exception {
		assertThat(configuration().expectedLoss()).isEmpty();
		yaml("application.yml", "quartermaster: {backup: {migration: {expectedLoss: [item, ' order line ']}}}");
		assertThat(configuration().expectedLoss()).containsExactly("item", "order line");
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> configuration("--quartermaster.backup.migration.expected-loss[2]=item").expectedLoss())
			.withMessageStartingWith("The property quartermaster.backup.migration.expected-loss is invalid: ");
	}

	@Test
	void settingsHaveDefaults() {
		assertThat(configuration().settings(null)).isEqualTo(BackupSettings.DEFAULTS);
		assertThat(configuration("--quartermaster.backup.dir=").settings(null)).isEqualTo(BackupSettings.DEFAULTS);
	}

	@ParameterizedTest
	@CsvSource({ "verification, sometimes", "busy-timeout, soon", "time-zone, Nowhere", "min-free-space, plenty" })
	void settingThatCannotBeUsedIsNamed(String name, String value) {
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> configuration("--quartermaster.backup." + name + "=" + value).settings(null))
			.withMessageStartingWith(
					"The property quartermaster.backup." + name + " has the invalid value \"" + value + "\".");
	}

	@ParameterizedTest
	@ValueSource(strings = { "busy-timeout=-1s", "min-free-space=-1MB" })
	void negativeSettingCannotBeUsed(String property) {
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> configuration("--quartermaster.backup." + property).settings(null))
			.withMessageContaining("must not be negative");
	}

	@Test
	void directoryThatIsNoPathIsWrongUsage() {
		assertThatExceptionOfType(UsageException.class)
			.isThrownBy(() -> configuration("--quartermaster.backup.dir=a\0b").settings(null))
			.withMessageContaining("quartermaster.backup.dir");
	}

	private void yaml(String name, String content) throws IOException {
		Files.writeString(this.temp.resolve(name), content);
	}

	private Path file(@Nullable String name, String... properties) {
		return configuration(properties).database(null, name).file();
	}

	private @Nullable Path directory(String name, String... properties) {
		ApplicationConfiguration configuration = configuration(properties);
		return configuration.apart(configuration.settings(null), configuration.database(null, name)).directory();
	}

	/**
	 * Return the configuration with the files in the directory, which are named the way
	 * an operator adds some to those in the jar.
	 */
	private ApplicationConfiguration configuration(String... properties) {
		List<String> commandLine = new ArrayList<>(List.of(properties));
		commandLine.add("--spring.config.additional-location=" + this.temp.toUri());
		return new ApplicationConfiguration(commandLine, () -> {
			try {
				return ConfigurationFiles.read(commandLine);
			}
			catch (RuntimeException ex) {
				return ApplicationProperties.unreadable(ex);
			}
		});
	}

	/**
	 * Tells which databases are chosen where a variable of the environment names one.
	 */
	static final class Variable {

		public static void main(String[] files) {
			tell(null, files[0]);
			tell(null, files[0], "--quartermaster.backup.dir=backups");
			tell(null, files[0], "--spring.datasource.url=jdbc:sqlite:/data/line.db");
			tell("orders", files[0], "--app.orders.url=jdbc:sqlite:/data/orders.db");
			System.setProperty("spring.datasource.url", "jdbc:sqlite:/data/system.db");
			tell(null, files[0]);
		}

		private static void tell(@Nullable String name, String... properties) {
			ApplicationConfiguration configuration = new ApplicationConfiguration(List.of(properties),
					() -> ConfigurationFiles.read(List.of(properties)));
			SqliteDatabase database = configuration.database(null, name);
			System.out.println(database.file() + " of " + configuration.origin(database) + ", "
					+ configuration.isGivenByVariable());
		}

	}

}
