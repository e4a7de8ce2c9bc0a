/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;

import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpoint;
import dev.quartermaster.backup.actuate.DatabaseBackupEndpointWebExtension;
import dev.quartermaster.backup.support.Migrations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartermasterBackupEndpointAutoConfiguration}.
 */
class QuartermasterBackupEndpointAutoConfigurationTests {

	@TempDir
	private Path directory;

	@Test
	void runWhenExposedShouldHaveEndpointBeans() {
		runner().run((context) -> {
			assertThat(context).hasSingleBean(DatabaseBackupEndpoint.class);
			assertThat(context).hasSingleBean(DatabaseBackupEndpointWebExtension.class);
		});
	}

	@Test
	void runWhenNotExposedShouldNotHaveEndpointBeans() {
		runner().withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertNoEndpoint(context, true));
	}

	@Test
	void runWhenExposedOverJmxOnlyShouldNotHaveWebExtensionBean() {
		runner()
			.withPropertyValues("management.endpoints.web.exposure.include=health", "spring.jmx.enabled=true",
					"management.endpoints.jmx.exposure.include=dbbackup")
			.run((context) -> {
				assertThat(context).hasSingleBean(DatabaseBackupEndpoint.class);
				assertThat(context).doesNotHaveBean(DatabaseBackupEndpointWebExtension.class);
			});
	}

	@Test
	void runWhenAccessIsNoneShouldNotHaveEndpointBeans() {
		runner().withPropertyValues("management.endpoint.dbbackup.access=NONE")
			.run((context) -> assertNoEndpoint(context, true));
	}

	@Test
	void runWhenDisabledShouldNotHaveEndpointBeans() {
		runner().withPropertyValues("quartermaster.backup.enabled=false")
			.run((context) -> assertNoEndpoint(context, false));
	}

	@Test
	void runWithoutDataSourceShouldNotHaveEndpointBeans() {
		Contexts.runner()
			.withClassLoader(new FilteredClassLoader("com.zaxxer.hikari", "org.h2"))
			.run((context) -> assertNoEndpoint(context, false));
	}

	@Test
	void runWithEndpointOfTheUserShouldUseIt() {
		runner().withBean("users", DatabaseBackupEndpoint.class).run((context) -> {
			assertThat(context).hasSingleBean(DatabaseBackupEndpoint.class);
			assertThat(context).hasBean("users");
		});
	}

	private ApplicationContextRunner runner() {
		return Contexts.runner("jdbc:sqlite:" + this.directory.resolve("app.db"), Migrations.FIRST)
			.withPropertyValues("spring.flyway.enabled=false");
	}

	private static void assertNoEndpoint(AssertableApplicationContext context, boolean service) {
		assertThat(context).hasNotFailed();
		assertThat(context).doesNotHaveBean(DatabaseBackupEndpoint.class);
		assertThat(context).doesNotHaveBean(DatabaseBackupEndpointWebExtension.class);
		assertThat(context.getBeanNamesForType(SqliteBackupService.class)).hasSize(service ? 1 : 0);
	}

}
