/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;

import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.actuate.Heartbeat;
import dev.quartermaster.backup.support.HeartbeatServer;
import dev.quartermaster.backup.support.Migrations;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link QuartermasterBackupHeartbeatAutoConfiguration}.
 */
class QuartermasterBackupHeartbeatAutoConfigurationTests {

	private static final String URL = "quartermaster.backup.heartbeat.url=";

	@TempDir
	private Path directory;

	private final HeartbeatServer server = HeartbeatServer.start();

	private Path database;

	@BeforeEach
	void setUp() {
		this.database = Migrations.atFirst(this.directory.resolve("app.db"));
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.application.name=x", URL, URL + " " })
	void thereIsNoneByDefault(String property) {
		runner(property).run((context) -> assertThat(context).hasNotFailed()
			.satisfies((running) -> assertThat(running.getBeanProvider(Heartbeat.class).getIfAvailable()).isNull()));
	}

	@Test
	void backsOffWhenSwitchedOff() {
		runner(URL + this.server.url()).withPropertyValues("quartermaster.backup.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Heartbeat.class));
	}

	@Test
	void backupAtBootIsACallAndSoIsEachLaterOne() {
		runner(URL + this.server.url()).run((context) -> {
			assertThat(this.server.next()).startsWith("GET ");
			context.getBean(SqliteBackupService.class).backup("x");
			assertThat(this.server.next()).startsWith("GET ");
			assertThat(this.server.others()).isEmpty();
		});
	}

	@Test
	void failureAtBootIsTold() throws Exception {
		runner(URL + this.server.url())
			.withPropertyValues("quartermaster.backup.dir=" + Contexts.belowRegularFile(this.directory))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(this.server.next()).startsWith("POST ").contains("/fail The backup directory ");
				assertThat(Migrations.versions(this.database)).containsExactly("1", "2");
			});
	}

	@Test
	void applicationThatStopsMeanwhileIsNotKept() {
		HeartbeatServer silent = HeartbeatServer.startSilent();
		try {
			runner(URL + silent.url()).run((context) -> assertThat(silent.next()).startsWith("GET "));
		}
		finally {
			silent.close();
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whatIsNoUrlStopsTheStartWithoutBeingShown(CapturedOutput output) {
		String[] arguments = TestApplication.arguments(this.database, Migrations.FIRST_AND_SECOND,
				"--" + URL + "hc-ping.com/" + HeartbeatServer.SECRET);
		assertThatException().isThrownBy(() -> TestApplication.start(arguments).close());
		assertThat(output.toString()).contains("APPLICATION FAILED TO START")
			.contains("quartermaster.backup.heartbeat.url")
			.contains("https://")
			.contains("Action:")
			.doesNotContain(HeartbeatServer.SECRET);
	}

	private ApplicationContextRunner runner(String property) {
		return Contexts.runner(TestDatabase.url(this.database), Migrations.FIRST_AND_SECOND)
			.withPropertyValues(property);
	}

}
