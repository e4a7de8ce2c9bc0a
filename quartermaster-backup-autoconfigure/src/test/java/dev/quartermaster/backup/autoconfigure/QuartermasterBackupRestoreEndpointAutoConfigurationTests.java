/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.Optional;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.PlannedRestores;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.actuate.DatabaseRestoreEndpoint;
import dev.quartermaster.backup.actuate.DatabaseRestoreEndpointWebExtension;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartermasterBackupRestoreEndpointAutoConfiguration}.
 */
class QuartermasterBackupRestoreEndpointAutoConfigurationTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=*";

	private static final String ACCESS = "management.endpoint.dbbackuprestore.access=UNRESTRICTED";

	@TempDir
	Path directory;

	private ApplicationContextRunner runner = new ApplicationContextRunner();

	@BeforeEach
	void prepareRunner() {
		this.runner = this.runner
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					QuartermasterBackupAutoConfiguration.class, QuartermasterBackupRestoreAutoConfiguration.class,
					QuartermasterBackupRestoreEndpointAutoConfiguration.class))
			.withPropertyValues("spring.datasource.url=" + TestDatabase.url(this.directory.resolve("stock.db")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "UNRESTRICTED", "READ_ONLY" })
	void runWhenExposedWithAccessShouldHaveEndpointAndExtensionBeans(String access) {
		this.runner.withPropertyValues(EXPOSED, "management.endpoint.dbbackuprestore.access=" + access)
			.run((context) -> assertThat(context).hasSingleBean(DatabaseRestoreEndpoint.class)
				.hasSingleBean(DatabaseRestoreEndpointWebExtension.class));
	}

	@Test
	void runWhenOnlyExposedShouldNotHaveEndpointBean() {
		assertThatThereIsNone(this.runner.withPropertyValues(EXPOSED));
	}

	@Test
	void runWhenOnlyAccessIsGivenShouldNotHaveEndpointBean() {
		assertThatThereIsNone(this.runner.withPropertyValues(ACCESS));
	}

	@Test
	void runWhenAccessIsLimitedForAllShouldNotHaveEndpointBean() {
		assertThatThereIsNone(
				this.runner.withPropertyValues(EXPOSED, ACCESS, "management.endpoints.access.max-permitted=NONE"));
	}

	@Test
	void runWhenExposedOverJmxOnlyShouldHaveEndpointBeanWithoutExtension() {
		this.runner
			.withPropertyValues("spring.jmx.enabled=true", ACCESS,
					"management.endpoints.jmx.exposure.include=dbbackuprestore")
			.run((context) -> assertThat(context).hasSingleBean(DatabaseRestoreEndpoint.class)
				.doesNotHaveBean(DatabaseRestoreEndpointWebExtension.class));
	}

	@Test
	void runWhenBackupIsDisabledShouldNotHaveEndpointBean() {
		assertThatThereIsNone(this.runner.withPropertyValues(EXPOSED, ACCESS, "quartermaster.backup.enabled=false"));
	}

	@Test
	void runWithoutDataSourceShouldNotHaveEndpointBean() {
		assertThatThereIsNone(this.runner.withPropertyValues(EXPOSED, ACCESS)
			.withClassLoader(new FilteredClassLoader("com.zaxxer.hikari", "org.h2", "org.springframework.jdbc")));
	}

	@Test
	void runWithoutSqliteShouldNotHaveEndpointBean() {
		assertThatThereIsNone(this.runner.withPropertyValues(EXPOSED, ACCESS, "spring.datasource.url=jdbc:h2:mem:stock")
			.withClassLoader(new FilteredClassLoader("org.sqlite")));
	}

	@Test
	void runWithoutActuatorShouldNotHaveEndpointBean() {
		assertThatThereIsNone(this.runner.withPropertyValues(EXPOSED, ACCESS)
			.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class)));
	}

	@Test
	void runWithUserEndpointShouldBackOff() {
		this.runner.withPropertyValues(EXPOSED, ACCESS)
			.withUserConfiguration(UserEndpoint.class)
			.run((context) -> assertThat(context).getBean(DatabaseRestoreEndpoint.class)
				.isSameAs(context.getBean("userEndpoint")));
	}

	@Test
	void runWithUserExtensionShouldBackOff() {
		this.runner.withPropertyValues(EXPOSED, ACCESS)
			.withUserConfiguration(UserEndpoint.class, UserExtension.class)
			.run((context) -> assertThat(context).getBean(DatabaseRestoreEndpointWebExtension.class)
				.isSameAs(context.getBean("userExtension")));
	}

	private static void assertThatThereIsNone(ApplicationContextRunner runner) {
		runner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(DatabaseRestoreEndpoint.class)
			.doesNotHaveBean(DatabaseRestoreEndpointWebExtension.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class UserEndpoint {

		@Bean
		DatabaseRestoreEndpoint userEndpoint(SqliteBackupRegistry services) {
			return new DatabaseRestoreEndpoint(services,
					new PlannedRestores(BackupSettings.DEFAULTS, (file) -> Optional.empty(), (file) -> true));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserExtension {

		@Bean
		DatabaseRestoreEndpointWebExtension userExtension(DatabaseRestoreEndpoint endpoint) {
			return new DatabaseRestoreEndpointWebExtension(endpoint);
		}

	}

}
