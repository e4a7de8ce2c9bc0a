/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.actuate.EndpointApplication.WithoutSecurity;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what {@link DatabaseBackupEndpoint} lets whom do over HTTP, compared with an
 * endpoint of Spring Boot's own that reads and writes.
 */
class DatabaseBackupEndpointExposureTests {

	private static final String BOTH_EXPOSED = "management.endpoints.web.exposure.include=dbbackup,loggers";

	@TempDir
	Path directory;

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create(this.directory.resolve("stock.db"), 3);
	}

	@Test
	void isNotExposedByDefault() {
		try (EndpointApplication application = start()) {
			assertThat(application.get("").status()).isEqualTo(404).isEqualTo(getOfLoggers(application));
			assertThat(application.backup("smoke test").status()).isEqualTo(404).isEqualTo(postOfLogger(application));
			assertThatNothingWasBackedUp();
		}
	}

	@Test
	void readsAndWritesWhenExposed() {
		try (EndpointApplication application = start(BOTH_EXPOSED)) {
			assertThat(application.get("").status()).isEqualTo(200).isEqualTo(getOfLoggers(application));
			assertThat(application.backup("smoke test").status()).isEqualTo(201);
			assertThat(postOfLogger(application)).isEqualTo(204);
		}
	}

	@Test
	void onlyReadsWhenReadOnly() {
		try (EndpointApplication application = start(BOTH_EXPOSED, "management.endpoint.dbbackup.access=read-only",
				"management.endpoint.loggers.access=read-only")) {
			assertThat(application.get("").status()).isEqualTo(200).isEqualTo(getOfLoggers(application));
			Response refused = application.backup("smoke test");
			assertThat(refused.status()).isEqualTo(405).isEqualTo(postOfLogger(application));
			assertThat(refused.<String>json("$.action")).isEqualTo("Use GET.");
			assertThatNothingWasBackedUp();
		}
	}

	@Test
	void isNotThereWithoutAccess() {
		try (EndpointApplication application = start(BOTH_EXPOSED, "management.endpoint.dbbackup.access=none",
				"management.endpoint.loggers.access=none")) {
			assertThat(application.get("").status()).isEqualTo(404).isEqualTo(getOfLoggers(application));
			assertThat(application.backup("smoke test").status()).isEqualTo(404).isEqualTo(postOfLogger(application));
			assertThatNothingWasBackedUp();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			management.server.port=0,management.server.base-path=/m | /m/actuator/dbbackup | /m/actuator/loggers
			server.servlet.context-path=/c,spring.mvc.servlet.path=/s,management.endpoints.web.base-path=/,\
			management.endpoints.web.path-mapping.dbbackup=copies   | /c/s/copies          | /c/s/loggers
			""")
	void refusesWithSentenceWhereverItIs(String properties, String path, String other) {
		List<String> all = new ArrayList<>(List.of(properties.split(",")));
		all.add(BOTH_EXPOSED);
		try (EndpointApplication application = start(all.toArray(String[]::new))) {
			Response refused = application.send(application.request(path).DELETE());
			assertThat(refused.status()).isEqualTo(405);
			assertThat(refused.<String>json("$.action")).isEqualTo("Use GET or POST.");
			Response notOurs = application.send(application.request(other).DELETE());
			assertThat(notOurs.status()).isEqualTo(405);
			assertThat(notOurs.<String>json("$.error")).isEqualTo("Method Not Allowed");
		}
	}

	private EndpointApplication start(String... properties) {
		return EndpointApplication.start(WithoutSecurity.class, TestDatabase.url(this.database), properties);
	}

	private void assertThatNothingWasBackedUp() {
		assertThat(this.directory.resolve("backups")).doesNotExist();
	}

	private static int getOfLoggers(EndpointApplication application) {
		return application.send(logger(application)).status();
	}

	private static int postOfLogger(EndpointApplication application) {
		return application
			.send(logger(application).header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString("{\"configuredLevel\":\"INFO\"}")))
			.status();
	}

	private static HttpRequest.Builder logger(EndpointApplication application) {
		return application.request("/actuator/loggers/dev.quartermaster");
	}

}
