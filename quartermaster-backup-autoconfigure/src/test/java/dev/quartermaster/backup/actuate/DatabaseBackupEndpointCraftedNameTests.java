/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.actuate.EndpointApplication.WithoutSecurity;
import dev.quartermaster.backup.support.TestDatabase;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that no name leads {@link DatabaseBackupEndpoint} or
 * {@link DatabaseBackupFileEndpoint} to anything but a snapshot of the database, however
 * much of it the web server lets through.
 */
class DatabaseBackupEndpointCraftedNameTests {

	private static final String SECRET = "the combination of the safe";

	private static final String OUTSIDE = "stock-20260103-120000-outside.db";

	@TempDir
	static Path directory;

	@BeforeAll
	static void hideSecrets() throws IOException {
		TestDatabase.create(directory.resolve("stock.db"), 3);
		Path backups = Files.createDirectory(directory.resolve("backups"));
		for (String name : new String[] { "x", "secret.db", OUTSIDE }) {
			Files.writeString(directory.resolve(name), SECRET);
		}
		for (String name : new String[] { "notes.txt", "stock.db", "other-20260103-120000-x.db",
				"stock-20260103-120000-x.db-journal", "stock-20261303-120000-x.db", ".quartermaster-publish.lock" }) {
			Files.writeString(backups.resolve(name), SECRET);
		}
		Files.createDirectory(backups.resolve("stock-20260103-120000-directory.db"));
		Files.createSymbolicLink(backups.resolve("stock-20260103-120000-link.db"), directory.resolve("secret.db"));
	}

	/**
	 * The names that Tomcat, left alone, hands on to the application.
	 */
	abstract static class HandedOn {

		private EndpointApplication application;

		HandedOn(Class<?> source) {
			this.application = EndpointApplication.start(source, TestDatabase.url(directory.resolve("stock.db")),
					EndpointApplication.FILES_EXPOSED);
		}

		@AfterAll
		void stop() {
			this.application.close();
		}

		@ParameterizedTest
		@ValueSource(strings = { "../x", "%2e%2e/x", "%2e%2e", "..%252fx", "%252e%252e%252fx", "../" + OUTSIDE, OUTSIDE,
				"a/../../" + OUTSIDE, "notes.txt", "stock.db", "other-20260103-120000-x.db",
				"stock-20260103-120000-x.db-journal", "stock-20261303-120000-x.db", ".quartermaster-publish.lock",
				"stock-20260103-120000-directory.db", "stock-20260103-120000-link.db", "*", "..;/x" })
		void getIsNotFound(String name) {
			assertThat(get(name).status()).isEqualTo(404);
		}

		Response get(String name) {
			Response response = this.application.get("/" + name);
			Response file = this.application.send(this.application.file("/" + name));
			assertThat(List.of(response, file)).allSatisfy((refused) -> {
				assertThat(refused.status()).isNotEqualTo(200).isEqualTo(response.status());
				assertThat(refused.body()).doesNotContain(SECRET).doesNotContain(directory.toString());
			});
			return response;
		}

	}

	@Nested
	@TestInstance(Lifecycle.PER_CLASS)
	class ByDefault extends HandedOn {

		ByDefault() {
			super(WithoutSecurity.class);
		}

		@ParameterizedTest
		@ValueSource(strings = { "..%2fx", "%2e%2e%2fsecret.db", "..%2f" + OUTSIDE, "..%5cx", "%00",
				"stock-20260103-120000-x.db%00.txt" })
		void getIsRefusedByTomcat(String name) {
			assertThat(get(name).status()).isEqualTo(400);
		}

	}

	@Nested
	@TestInstance(Lifecycle.PER_CLASS)
	class WhenTomcatDecodesSlashes extends HandedOn {

		WhenTomcatDecodesSlashes() {
			super(DecodingTomcat.class);
		}

		@ParameterizedTest
		@ValueSource(strings = { "..%2fx", "%2e%2e%2fsecret.db", "..%2f" + OUTSIDE })
		void getOfEncodedSlashIsNotFound(String name) {
			assertThat(get(name).status()).isEqualTo(404);
		}

		@ParameterizedTest
		@ValueSource(strings = { "..%5cx", "..%5c" + OUTSIDE })
		void getOfEncodedBackslashIsRefusedByTomcat(String name) {
			assertThat(get(name).status()).isEqualTo(400);
		}

	}

	@Nested
	@TestInstance(Lifecycle.PER_CLASS)
	class WhenTomcatPassesSlashesThrough extends HandedOn {

		WhenTomcatPassesSlashesThrough() {
			super(PassingThroughTomcat.class);
		}

		@ParameterizedTest
		@ValueSource(strings = { "..%2fx", "%2e%2e%2fsecret.db", "..%2f" + OUTSIDE, "..%5cx", "..%5c" + OUTSIDE })
		void getOfEncodedSlashIsNotFound(String name) {
			assertThat(get(name).status()).isEqualTo(404);
		}

	}

	private static WebServerFactoryCustomizer<TomcatServletWebServerFactory> slashes(EncodedSolidusHandling handling) {
		return (factory) -> factory.addConnectorCustomizers((connector) -> {
			connector.setEncodedSolidusHandling(handling.getValue());
			connector.setEncodedReverseSolidusHandling(handling.getValue());
		});
	}

	@Configuration(proxyBeanMethods = false)
	@Import(WithoutSecurity.class)
	static class DecodingTomcat {

		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> decodedSlashes() {
			return slashes(EncodedSolidusHandling.DECODE);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(WithoutSecurity.class)
	static class PassingThroughTomcat {

		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> passedSlashes() {
			return slashes(EncodedSolidusHandling.PASS_THROUGH);
		}

	}

}
