/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.quartermaster.backup.support.JavaProcess;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.Programs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link QuartermasterBackupEnvironmentAutoConfiguration}.
 */
class QuartermasterBackupEnvironmentAutoConfigurationTests {

	@TempDir
	private Path directory;

	private boolean mounted;

	@AfterEach
	void unmount() throws Exception {
		if (this.mounted) {
			assertThat(Programs.run("umount", "-l", this.directory.resolve("memory").toString())).isTrue();
		}
	}

	@Test
	void listensUnlessSwitchedOff() {
		runner().run((context) -> assertThat(context).hasSingleBean(EnvironmentCheckListener.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "quartermaster.backup.check-environment=false", "quartermaster.backup.enabled=false" })
	void backsOffWhenSwitchedOff(String property) {
		runner().withPropertyValues(property)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EnvironmentCheckListener.class));
	}

	@Test
	void looksInTheBackgroundWhenTheApplicationIsReady() {
		runner().run((context) -> assertThat(looks(context, context.getSourceApplicationContext())).isTrue());
	}

	@ParameterizedTest
	@ValueSource(strings = { "quartermaster.backup.check-environment=false", "quartermaster.backup.enabled=false" })
	void looksAtNothingWhenSwitchedOffAfterItWasBuiltAheadOfTime(String property) {
		runner().withSystemProperties(AbstractAotProcessor.AOT_PROCESSING + "=true")
			.withPropertyValues(property)
			.run((context) -> assertThat(looks(context, context.getSourceApplicationContext())).isFalse());
	}

	@Test
	void looksAtNothingInSpringBootTest() {
		runner().withPropertyValues("org.springframework.boot.test.context.SpringBootTestContextBootstrapper=true")
			.run((context) -> assertThat(looks(context, context.getSourceApplicationContext())).isFalse());
	}

	/**
	 * The one that belongs to the management port, say.
	 */
	@Test
	void looksAtNothingWhenChildContextIsReady() {
		runner().run((parent) -> new ApplicationContextRunner().withParent(parent)
			.run((child) -> assertThat(looks(parent, child.getSourceApplicationContext())).isFalse()));
	}

	@Tag("process")
	@Test
	void applicationOnFileSystemInMemoryIsWarnedOnceAfterItsStart() throws Exception {
		Path memory = Files.createDirectory(this.directory.resolve("memory"));
		Programs.need("mount", "-t", "tmpfs", "tmpfs", memory.toString());
		this.mounted = true;
		Path database = Migrations.atFirst(memory.resolve("app.db"));
		Path temporary = Files.createDirectory(this.directory.resolve("tmp"));
		Process process = JavaProcess.start(List.of("-Djava.io.tmpdir=" + temporary, "-Dtest.log.target=System.out"),
				Application.class, TestApplication.arguments(database, Migrations.FIRST_AND_SECOND));
		try {
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor()).isZero();
			assertThat(output).containsOnlyOnce("A file system in memory (tmpfs) is lost")
				.contains(database.toString());
		}
		finally {
			process.destroyForcibly();
		}
	}

	private ApplicationContextRunner runner() {
		return Contexts.runner("jdbc:sqlite:" + this.directory.resolve("app.db"), Migrations.FIRST_AND_SECOND);
	}

	private static boolean looks(ApplicationContext context, ConfigurableApplicationContext ready) {
		return context.getBean(EnvironmentCheckListener.class)
			.isReasonToLook(new ApplicationReadyEvent(new SpringApplication(), new String[0], ready, Duration.ZERO));
	}

	/**
	 * Starts and stops.
	 */
	static final class Application {

		public static void main(String[] args) {
			TestApplication.start(args).close();
		}

	}

}
