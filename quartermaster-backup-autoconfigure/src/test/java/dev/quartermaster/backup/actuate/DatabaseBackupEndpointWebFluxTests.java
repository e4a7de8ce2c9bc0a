/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.web.reactive.DispatcherHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link DatabaseBackupEndpoint} in an application with Spring WebFlux.
 */
class DatabaseBackupEndpointWebFluxTests {

	private static final String SECURITY = "org.springframework.boot.security.autoconfigure.";

	@TempDir
	static Path directory;

	private static Path database;

	private static EndpointApplication application;

	@BeforeAll
	static void start() {
		database = TestDatabase.create(directory.resolve("stock.db"), 500);
		application = EndpointApplication.on(database, "spring.main.web-application-type=reactive",
				"spring.autoconfigure.exclude=org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
						+ SECURITY + "web.reactive.ReactiveWebSecurityAutoConfiguration," + SECURITY
						+ "ReactiveUserDetailsServiceAutoConfiguration," + SECURITY
						+ "actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void postCreatesSnapshotThatGetTells() {
		assertThat(application.bean(DispatcherHandler.class)).isNotNull();
		Response created = application.backup("smoke test");
		assertThat(created.status()).isEqualTo(201);
		String name = created.json("$.name");
		assertThat(name).matches("stock-[0-9]{8}-[0-9]{6}-smoke-test(-\\d+)?\\.db");
		assertThat(BackupDirectory.files(directory.resolve("backups"))).contains(directory.resolve("backups/" + name));
		assertThat(TestDatabase.items(directory.resolve("backups/" + name))).hasSize(500);
		assertThat(application.get("").<List<String>>json("$.snapshots[*].name")).contains(name);
		Response one = application.get("/" + name);
		assertThat(one.status()).isEqualTo(200);
		assertThat(one.<String>json("$.reasonInFull")).isEqualTo("smoke test");
	}

	@Test
	void failureIsSentence() {
		Response unknown = application.get("/stock-20260103-120000-unknown.db");
		assertThat(unknown.status()).isEqualTo(404);
		assertThat(unknown.<Map<String, String>>json("$")).containsOnlyKeys("error", "action")
			.containsEntry("error", "There is no snapshot of that name.");
		assertThat(application.post("{\"database\":\"no-such\"}").status()).isEqualTo(400);
	}

	@Test
	void whatIsNotUnderstoodIsRefused() {
		assertThat(application.post("{\"reason\":").status()).isEqualTo(400);
		assertThat(application.send(application.endpoint("").DELETE()).status()).isEqualTo(405);
	}

	@Test
	void postsAtOnceEachGetSnapshotOfTheirOwn() {
		List<Response> responses = application.backupAtOnce("rush", AdmittedRequests.MOST_OF_DATABASE);
		assertThat(responses).extracting(Response::status).containsOnly(201);
		assertThat(responses).extracting((response) -> response.<String>json("$.name")).doesNotHaveDuplicates();
	}

}
