/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.actuate.AuditedMigrations;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension;
import dev.quartermaster.backup.flyway.FlywayMigrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartermasterBackupEndpointAutoConfiguration}.
 */
class QuartermasterBackupEndpointAutoConfigurationTests {

	private static final String WEB = "management.endpoints.web.exposure.include=dbbackup";

	private static final String JMX = "management.endpoints.jmx.exposure.include=dbbackup";

	@TempDir
	Path directory;

	private ApplicationContextRunner runner = new ApplicationContextRunner();

	@BeforeEach
	void prepareRunner() {
		this.runner = this.runner
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					QuartermasterBackupAutoConfiguration.class, QuartermasterBackupEndpointAutoConfiguration.class))
			.withPropertyValues("spring.datasource.url=" + TestDatabase.url(this.directory.resolve("stock.db")));
	}

	@Test
	void runWhenExposedOverWebShouldHaveEndpointAndExtensionBeans() {
		this.runner.withPropertyValues(WEB)
			.run((context) -> assertThat(context).hasSingleBean(DatabaseBackupEndpoint.class)
				.hasSingleBean(DatabaseBackupEndpointWebExtension.class));
	}

	@Test
	void runWhenNotExposedShouldNotHaveEndpointBean() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(SqliteBackupService.class)
			.doesNotHaveBean(DatabaseBackupEndpoint.class)
			.doesNotHaveBean(DatabaseBackupEndpointWebExtension.class));
	}

	@Test
	void runWithBeansThatAreNamedAfterMigrationsShouldStart() {
		this.runner.withPropertyValues(WEB)
			.withConfiguration(AutoConfigurations.of(QuartermasterBackupDrillAutoConfiguration.class))
			.withBean("flywayMigrations", String.class, () -> "of the application")
			.withBean("liquibaseMigrations", String.class, () -> "of the application")
			.withBean("flywaySnapshotCheck", String.class, () -> "of the application")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(FlywayMigrations.class));
	}

	@Test
	void runWhenOthersAreExposedShouldNotHaveEndpointBean() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=health,info")
			.run((context) -> assertThat(context).doesNotHaveBean(DatabaseBackupEndpoint.class)
				.doesNotHaveBean(DatabaseBackupEndpointWebExtension.class));
	}

	@Test
	void runWhenExposedOverJmxOnlyShouldHaveEndpointBeanWithoutExtension() {
		this.runner.withPropertyValues("spring.jmx.enabled=true", JMX)
			.run((context) -> assertThat(context).hasSingleBean(DatabaseBackupEndpoint.class)
				.doesNotHaveBean(DatabaseBackupEndpointWebExtension.class));
	}

	@Test
	void runWhenExposedOverDisabledJmxShouldNotHaveEndpointBean() {
		this.runner.withPropertyValues(JMX)
			.run((context) -> assertThat(context).doesNotHaveBean(DatabaseBackupEndpoint.class));
	}

	@Test
	void runWhenAccessIsNoneShouldNotHaveEndpointBean() {
		this.runner.withPropertyValues(WEB, "management.endpoint.dbbackup.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(DatabaseBackupEndpoint.class)
				.doesNotHaveBean(DatabaseBackupEndpointWebExtension.class));
	}

	@Test
	void runWhenBackupIsDisabledShouldNotHaveEndpointBean() {
		this.runner.withPropertyValues(WEB, "quartermaster.backup.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(DatabaseBackupEndpoint.class)
				.doesNotHaveBean(DatabaseBackupEndpointWebExtension.class));
	}

	@Test
	void runWithoutDataSourceShouldNotHaveEndpointBean() {
		this.runner.withPropertyValues(WEB)
			.withClassLoader(new FilteredClassLoader("com.zaxxer.hikari", "org.h2", "org.springframework.jdbc"))
			.run((context) -> assertThat(context).doesNotHaveBean(DatabaseBackupEndpoint.class));
	}

	@Test
	void runWithSeveralDataSourcesShouldHaveEndpointBean() {
		this.runner.withPropertyValues(WEB)
			.withUserConfiguration(TwoDataSources.class)
			.run((context) -> assertThat(context).hasSingleBean(DatabaseBackupEndpoint.class)
				.hasSingleBean(DatabaseBackupEndpointWebExtension.class)
				.doesNotHaveBean(SqliteBackupService.class));
	}

	@Test
	void runWithoutCandidateForInjectionShouldHaveEndpointBean() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(QuartermasterBackupAutoConfiguration.class,
					QuartermasterBackupEndpointAutoConfiguration.class))
			.withPropertyValues(WEB)
			.withBean("hidden", DataSource.class, SQLiteDataSource::new,
					(definition) -> definition.setAutowireCandidate(false))
			.run((context) -> assertThat(context).hasSingleBean(DatabaseBackupEndpoint.class));
	}

	@Test
	void runWithoutSqliteShouldNotHaveEndpointBean() {
		this.runner.withPropertyValues(WEB, "spring.datasource.url=jdbc:h2:mem:stock")
			.withClassLoader(new FilteredClassLoader("org.sqlite"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(DatabaseBackupEndpoint.class)
				.doesNotHaveBean(DatabaseBackupEndpointWebExtension.class));
	}

	@Test
	void runWithoutActuatorShouldNotHaveEndpointBean() {
		this.runner.withPropertyValues(WEB)
			.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(DatabaseBackupEndpoint.class)
				.doesNotHaveBean(DatabaseBackupEndpointWebExtension.class));
	}

	@Test
	void runWithUserEndpointShouldBackOff() {
		this.runner.withPropertyValues(WEB)
			.withUserConfiguration(UserEndpoint.class)
			.run((context) -> assertThat(context).getBean(DatabaseBackupEndpoint.class)
				.isSameAs(context.getBean("userEndpoint")));
	}

	@Test
	void runWithUserExtensionShouldBackOff() {
		this.runner.withPropertyValues(WEB)
			.withUserConfiguration(UserEndpoint.class, UserExtension.class)
			.run((context) -> assertThat(context).getBean(DatabaseBackupEndpointWebExtension.class)
				.isSameAs(context.getBean("userExtension")));
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoDataSources {

		@Bean
		DataSource one() {
			return new SQLiteDataSource();
		}

		@Bean
		DataSource two() {
			return new SQLiteDataSource();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserEndpoint {

		@Bean
		DatabaseBackupEndpoint userEndpoint(SqliteBackupRegistry services) {
			return new DatabaseBackupEndpoint(services, new AuditedMigrations(), Stream::of);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserExtension {

		@Bean
		DatabaseBackupEndpointWebExtension userExtension(DatabaseBackupEndpoint endpoint) {
			return new DatabaseBackupEndpointWebExtension(endpoint);
		}

	}

}
