/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;

import javax.sql.DataSource;

import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SpringBootVersionFilter}, as Spring Boot finds it, where what only
 * Spring Boot 4 has is hidden. That a whole application with Spring Boot 3 starts is
 * tried by {@code .ci/versions boot-3}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SpringBootVersionFilterTests {

	private static final String MESSAGE = "Quartermaster Backup needs Spring Boot 4, and this application has ";

	@TempDir
	private Path directory;

	private Path database;

	@BeforeEach
	void setUp() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@Test
	void applicationOnEarlierSpringBootStartsWithNothingOfOursAndOneWarning(CapturedOutput output) {
		start(new FilteredClassLoader("org.springframework.boot.bootstrap"),
				(context) -> assertThat(context).hasSingleBean(DataSource.class)
					.doesNotHaveBean(QuartermasterBackupProperties.class)
					.doesNotHaveBean(GuardedBeans.class)
					.doesNotHaveBean(FlywayCallbackPostProcessor.class));
		assertThat(output.getAll().split(MESSAGE, -1)).hasSize(2);
		assertThat(output).contains(SpringBootVersion.getVersion() + ": its databases are NOT guarded");
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle moved");
		assertThat(Migrations.snapshots(this.database)).isEmpty();
	}

	@Test
	void applicationOnSpringBoot4IsGuardedWithoutWarning(CapturedOutput output) {
		start(getClass().getClassLoader(), (context) -> assertThat(context).hasSingleBean(GuardedBeans.class));
		assertThat(output).doesNotContain(MESSAGE);
		assertThat(TestDatabase.items(this.database)).containsExactly("kettle moved");
		assertThat(Migrations.snapshots(this.database)).hasSize(1);
	}

	private void start(ClassLoader classLoader, ContextConsumer<AssertableApplicationContext> consumer) {
		new ApplicationContextRunner().withClassLoader(classLoader)
			.withUserConfiguration(ApplicationWithStarter.class)
			.withPropertyValues("spring.datasource.url=" + TestDatabase.url(this.database),
					"spring.flyway.locations=" + Migrations.FIRST_AND_SECOND)
			.run(consumer);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class,
			QuartermasterBackupAutoConfiguration.class, QuartermasterBackupMigrationAutoConfiguration.class,
			QuartermasterBackupFlywayAutoConfiguration.class })
	static class ApplicationWithStarter {

	}

}
