/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.nio.file.Files;
import java.nio.file.Path;

import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AppliedMigrations}.
 */
class AppliedMigrationsTests {

	private static final String PACKAGE = "dev/quartermaster/backup/flyway";

	@TempDir
	private Path directory;

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@ParameterizedTest
	@CsvSource({ "classpath:db/first, true", "'classpath:db/view,classpath:db/first', true",
			"classpath:db/second, false", "classpath:db/*, false" })
	void scriptIsKnownWhereItIsOnTheClassPath(String locations, boolean known) {
		assertThat(isNewestKnown(at(locations.split(",")))).isEqualTo(known);
	}

	@Test
	void scriptIsKnownWhereItIsInTheFileSystem() throws Exception {
		Path scripts = Files.createDirectory(this.directory.resolve("scripts"));
		assertThat(isNewestKnown(at("filesystem:" + scripts))).isFalse();
		Files.createDirectory(scripts.resolve("V1__items.sql"));
		assertThat(isNewestKnown(at("filesystem:" + scripts))).as("a directory").isFalse();
		Files.delete(scripts.resolve("V1__items.sql"));
		Files.writeString(scripts.resolve("V1__items.sql"), "SELECT 1");
		assertThat(isNewestKnown(at("filesystem:" + scripts))).isTrue();
	}

	@Test
	void newestCountsAndNotTheOneThatWasAppliedLast() {
		apply("10", "SQL", "V10__missing.sql");
		apply("9", "SQL", "V1__items.sql");
		assertThat(isNewestKnown(at("classpath:db/first"))).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "BASELINE, , true", "UNDO_SQL, V1__items.sql, false", "SQL, V1__items.sql, true" })
	void typeDecides(String type, String script, boolean known) {
		apply("2", type, (script != null) ? script : "<< Flyway Baseline >>");
		assertThat(isNewestKnown(at("classpath:db/first"))).isEqualTo(known);
	}

	@Test
	void migrationInJavaIsKnownWhereItIsRegistered() {
		apply("2", "JDBC", V2__InJava.class.getName());
		assertThat(isNewestKnown(at("classpath:db/first"))).isFalse();
		assertThat(isNewestKnown(at("classpath:db/first").javaMigrations(new V2__InJava()))).isTrue();
		apply("3", "JDBC", "com.example.V3__Missing");
		assertThat(isNewestKnown(at("classpath:db/first").javaMigrations(new V2__InJava()))).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "classpath:" + PACKAGE + ", true", "classpath:dev/quartermaster/backup/fly, false",
			"filesystem:" + PACKAGE + ", false", "classpath:db/first, false" })
	void migrationInJavaIsKnownWhereItsClassIs(String location, boolean known) {
		apply("2", "JDBC", V2__InJava.class.getName());
		assertThat(isNewestKnown(at(location))).isEqualTo(known);
	}

	@Test
	void classThatIsMissingIsNotKnown() {
		apply("2", "JDBC", PACKAGE.replace('/', '.') + ".V2__Missing");
		assertThat(isNewestKnown(at("classpath:" + PACKAGE))).isFalse();
	}

	@Test
	void nothingIsKnownWhereThereIsNothingToAsk() {
		assertThat(isNewestKnown(Flyway.configure().locations("classpath:db/first"))).as("no data source").isFalse();
		assertThat(isNewestKnown(at("classpath:db/first").table("missing"))).as("no history").isFalse();
		TestDatabase.execute(this.database, "DELETE FROM flyway_schema_history");
		assertThat(isNewestKnown(at("classpath:db/first"))).as("empty history").isFalse();
	}

	private void apply(String version, String type, String script) {
		TestDatabase.execute(this.database,
				"INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, installed_by,"
						+ " execution_time, success) SELECT max(installed_rank) + 1, '" + version + "', 'x', '" + type
						+ "', '" + script + "', '', 0, 1 FROM flyway_schema_history");
	}

	private FluentConfiguration at(String... locations) {
		return Flyway.configure().dataSource(TestDatabase.url(this.database), null, null).locations(locations);
	}

	private static boolean isNewestKnown(FluentConfiguration configuration) {
		return new AppliedMigrations(configuration).newestIsKnown();
	}

	/**
	 * A migration that is written in Java, with a name as Flyway wants it.
	 */
	static final class V2__InJava extends BaseJavaMigration {

		@Override
		public void migrate(Context context) {
		}

	}

}
