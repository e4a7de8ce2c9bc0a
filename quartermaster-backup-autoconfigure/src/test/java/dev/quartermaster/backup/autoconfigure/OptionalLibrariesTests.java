/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.actuate.BackupHealthIndicator;
import dev.quartermaster.backup.actuate.BackupHistory;
import dev.quartermaster.backup.actuate.BackupMetrics;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension;
import dev.quartermaster.backup.flyway.BackupFlywayMigrationStrategy;
import dev.quartermaster.backup.support.ClassPath;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole applications that lack one of the optional libraries.
 */
@ExtendWith(OutputCaptureExtension.class)
class OptionalLibrariesTests {

	@TempDir
	private Path directory;

	private Path database;

	@BeforeEach
	void setUp() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@Test
	void applicationWithAllLibrariesHasAllBeans() {
		List<String> beans = startWithAllLibraries();
		assertThat(beans).contains(SqliteBackupService.class.getName(), BackupFlywayMigrationStrategy.class.getName(),
				DatabaseBackupEndpoint.class.getName(), DatabaseBackupEndpointWebExtension.class.getName(),
				LiquibasePostProcessor.class.getName(), EntityManagerFactoryPostProcessor.class.getName(),
				SessionFactoryPostProcessor.class.getName(), SqlScriptsPostProcessor.class.getName(),
				BackupHealthIndicator.class.getName(), BackupMetrics.class.getName());
		assertThat(Migrations.snapshots(this.database)).hasSize(1);
	}

	@Test
	void applicationWithoutActuatorHasNoEndpoint() {
		List<String> beans = start(ClassPath.without("spring-boot-actuator"));
		assertThat(beans).contains(SqliteBackupService.class.getName(), BackupFlywayMigrationStrategy.class.getName())
			.noneMatch((name) -> name.startsWith(DatabaseBackupEndpoint.class.getName()));
		assertThat(Migrations.snapshots(this.database)).hasSize(1);
	}

	@Test
	void applicationWithoutHealthAndMetricsHasAllElse() {
		List<String> beans = start(ClassPath.without("micrometer", "spring-boot-micrometer",
				"spring-boot-starter-micrometer", "spring-boot-health"));
		assertThat(beans)
			.contains(DatabaseBackupEndpoint.class.getName(), BackupHistory.class.getName(),
					ScheduledWorkListener.class.getName())
			.doesNotContain(BackupMetrics.class.getName(), BackupHealthIndicator.class.getName());
		assertThat(Migrations.snapshots(this.database)).hasSize(1);
	}

	@Test
	void applicationWithoutFlywayHasServiceAndEndpoint() {
		List<String> beans = start(ClassPath.without("flyway", "spring-boot-flyway"));
		assertThat(beans).contains(SqliteBackupService.class.getName(), DatabaseBackupEndpoint.class.getName())
			.doesNotContain(BackupFlywayMigrationStrategy.class.getName());
	}

	@Test
	void applicationWithoutLiquibaseIsGuardedElsewhere() {
		List<String> beans = start(ClassPath.without("liquibase", "spring-boot-liquibase"));
		assertThat(beans)
			.contains(BackupFlywayMigrationStrategy.class.getName(), EntityManagerFactoryPostProcessor.class.getName(),
					SqlScriptsPostProcessor.class.getName())
			.doesNotContain(LiquibasePostProcessor.class.getName());
	}

	@ParameterizedTest
	@ValueSource(strings = { "hibernate", "spring-orm" })
	void applicationWithoutHibernateIsGuardedElsewhere(String library) {
		List<String> beans = start(ClassPath.without(library, "spring-boot-hibernate", "spring-boot-jpa"));
		assertThat(beans)
			.contains(BackupFlywayMigrationStrategy.class.getName(), LiquibasePostProcessor.class.getName(),
					SqlScriptsPostProcessor.class.getName())
			.doesNotContain(EntityManagerFactoryPostProcessor.class.getName(),
					SessionFactoryPostProcessor.class.getName());
	}

	@Test
	void applicationWithoutJdbcHasNeitherServiceNorEndpoint() {
		List<String> beans = start(
				ClassPath.without("spring-boot-jdbc", "spring-jdbc", "HikariCP", "spring-boot-flyway", "flyway"));
		assertThat(beans).doesNotContain(SqliteBackupService.class.getName())
			.noneMatch((name) -> name.startsWith(DatabaseBackupEndpoint.class.getName()));
	}

	@Test
	void applicationWithoutSqliteHasNothingOfOurs(CapturedOutput output) {
		List<String> beans = ClassPath.without("sqlite-jdbc")
			.apply(TestApplication.class, TestApplication.arguments("jdbc:h2:mem:without-sqlite",
					Migrations.FIRST_AND_SECOND, "--spring.datasource.hikari.maximum-pool-size=2"));
		assertThat(beans).allMatch(Contexts.ours()::contains);
		assertThat(output).doesNotContain("napshot");
	}

	@Test
	void disabledApplicationHasNothingOfOurs() {
		List<String> beans = startWithAllLibraries("--quartermaster.backup.enabled=false");
		assertThat(beans).allMatch(Contexts.ours()::contains);
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle moved");
		assertThat(Migrations.snapshots(this.database)).isEmpty();
	}

	private List<String> start(ClassPath classPath) {
		return classPath.apply(TestApplication.class,
				TestApplication.arguments(this.database, Migrations.FIRST_AND_SECOND));
	}

	private List<String> startWithAllLibraries(String... more) {
		return new TestApplication()
			.apply(List.of(TestApplication.arguments(this.database, Migrations.FIRST_AND_SECOND, more)));
	}

}
