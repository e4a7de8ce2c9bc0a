/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;

import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint;
import dev.quartermaster.backup.actuate.DatabaseBackupFileEndpoint;
import dev.quartermaster.backup.actuate.RefusedRequestResolver;
import dev.quartermaster.backup.actuate.SnapshotFileFluxMapping;
import dev.quartermaster.backup.actuate.SnapshotFileMvcMapping;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webflux.actuate.endpoint.web.AbstractWebFluxEndpointHandlerMapping;
import org.springframework.boot.webmvc.actuate.endpoint.web.AbstractWebMvcEndpointHandlerMapping;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartermasterBackupFileEndpointAutoConfiguration}, and for what gives
 * the endpoint its headers.
 */
class QuartermasterBackupFileEndpointAutoConfigurationTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=dbbackupfile";

	private static final String ACCESS = "management.endpoint.dbbackupfile.access=READ_ONLY";

	@TempDir
	Path directory;

	@Test
	void runWhenExposedWithAccessShouldHaveEndpointBeanAndNoOther() {
		with(new ApplicationContextRunner(), EXPOSED, ACCESS)
			.run((context) -> assertThat(context).hasSingleBean(DatabaseBackupFileEndpoint.class)
				.doesNotHaveBean(DatabaseBackupEndpoint.class)
				.doesNotHaveBean(RefusedRequestResolver.class)
				.doesNotHaveBean(SnapshotFileMvcMapping.class)
				.doesNotHaveBean(SnapshotFileFluxMapping.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { EXPOSED, ACCESS, "management.endpoints.web.exposure.include=*",
			EXPOSED + ";management.endpoint.dbbackupfile.access=NONE",
			EXPOSED + ";management.endpoint.dbbackup.access=UNRESTRICTED",
			EXPOSED + ";" + ACCESS + ";management.endpoints.access.max-permitted=NONE",
			EXPOSED + ";" + ACCESS + ";management.endpoints.web.exposure.exclude=dbbackupfile",
			EXPOSED + ";" + ACCESS + ";quartermaster.backup.enabled=false",
			ACCESS + ";spring.jmx.enabled=true;management.endpoints.jmx.exposure.include=*" })
	void runWithoutExposureOrAccessShouldNotHaveEndpointBean(String properties) {
		with(new ApplicationContextRunner(), properties.split(";"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DatabaseBackupFileEndpoint.class));
	}

	@Test
	void runWhenExposedWithAccessToAllShouldHaveEndpointBean() {
		with(new ApplicationContextRunner(), "management.endpoints.web.exposure.include=*",
				"management.endpoints.access.default=READ_ONLY")
			.run((context) -> assertThat(context).hasSingleBean(DatabaseBackupFileEndpoint.class));
	}

	@Test
	void runWithoutSqliteShouldNotHaveEndpointBean() {
		with(new ApplicationContextRunner(), EXPOSED, ACCESS, "spring.datasource.url=jdbc:h2:mem:stock")
			.withClassLoader(new FilteredClassLoader("org.sqlite"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DatabaseBackupFileEndpoint.class));
	}

	@Test
	void runWithoutActuatorShouldNotHaveEndpointBean() {
		with(new ApplicationContextRunner(), EXPOSED, ACCESS)
			.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DatabaseBackupFileEndpoint.class));
	}

	@Test
	void runWithUserEndpointShouldBackOff() {
		with(new ApplicationContextRunner(), EXPOSED, ACCESS).withUserConfiguration(UserEndpoint.class)
			.run((context) -> assertThat(context).getBean(DatabaseBackupFileEndpoint.class)
				.isSameAs(context.getBean("userEndpoint")));
	}

	@Test
	void runWithWebMvcShouldMapEndpointWithHeaders() {
		with(management(new WebApplicationContextRunner()), EXPOSED, ACCESS).run((context) -> {
			assertThat(context).hasSingleBean(RefusedRequestResolver.class)
				.doesNotHaveBean(SnapshotFileFluxMapping.class);
			assertThat(context.getBean(SnapshotFileMvcMapping.class).getEndpoints()).singleElement()
				.satisfies((endpoint) -> assertThat(endpoint.getOperations()).hasSize(1));
		});
	}

	@Test
	void runWithWebMvcAndBothEndpointsShouldHaveOneResolver() {
		with(management(new WebApplicationContextRunner()), ACCESS,
				"management.endpoints.web.exposure.include=dbbackup,dbbackupfile")
			.run((context) -> {
				assertThat(context).hasSingleBean(RefusedRequestResolver.class);
				assertThat(context.getBean(SnapshotFileMvcMapping.class).getEndpoints()).hasSize(1);
			});
	}

	@Test
	void runWithWebMvcWithoutAccessShouldNotMapIt() {
		with(management(new WebApplicationContextRunner()), EXPOSED)
			.run((context) -> assertThat(context).hasSingleBean(WebEndpointsSupplier.class)
				.doesNotHaveBean(SnapshotFileMvcMapping.class)
				.doesNotHaveBean(RefusedRequestResolver.class));
	}

	@Test
	void runWithWebMvcWithoutItsEndpointsShouldNotMapIt() {
		with(management(new WebApplicationContextRunner()), EXPOSED, ACCESS)
			.withClassLoader(new FilteredClassLoader(AbstractWebMvcEndpointHandlerMapping.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(DatabaseBackupFileEndpoint.class)
				.doesNotHaveBean("databaseBackupFileHandlerMapping"));
	}

	@Test
	void runWithWebFluxShouldMapEndpointWithHeaders() {
		with(management(new ReactiveWebApplicationContextRunner()), EXPOSED, ACCESS).run((context) -> {
			assertThat(context).doesNotHaveBean(RefusedRequestResolver.class)
				.doesNotHaveBean(SnapshotFileMvcMapping.class);
			assertThat(context.getBean(SnapshotFileFluxMapping.class).getEndpoints()).hasSize(1);
		});
	}

	@Test
	void runWithWebFluxWithoutItsEndpointsShouldNotMapIt() {
		with(management(new ReactiveWebApplicationContextRunner()), EXPOSED, ACCESS)
			.withClassLoader(new FilteredClassLoader(AbstractWebFluxEndpointHandlerMapping.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(DatabaseBackupFileEndpoint.class)
				.doesNotHaveBean("databaseBackupFileHandlerMapping"));
	}

	private <R extends AbstractApplicationContextRunner<R, ?, ?>> R with(R runner, String... properties) {
		return runner
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					QuartermasterBackupAutoConfiguration.class, QuartermasterBackupEndpointAutoConfiguration.class,
					QuartermasterBackupFileEndpointAutoConfiguration.class))
			.withPropertyValues("spring.datasource.url=" + TestDatabase.url(this.directory.resolve("stock.db")))
			.withPropertyValues(properties);
	}

	private static <R extends AbstractApplicationContextRunner<R, ?, ?>> R management(R runner) {
		return runner.withConfiguration(AutoConfigurations.of(EndpointAutoConfiguration.class,
				WebEndpointAutoConfiguration.class, ManagementContextAutoConfiguration.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class UserEndpoint {

		@Bean
		DatabaseBackupFileEndpoint userEndpoint(SqliteBackupRegistry services) {
			return new DatabaseBackupFileEndpoint(services);
		}

	}

}
