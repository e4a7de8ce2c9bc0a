/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.util.FileSystemUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link DatabaseBackupEndpoint} in an application with Spring Security, and of
 * the lines that let an operator in.
 */
class DatabaseBackupEndpointSecurityTests {

	private static final String PASSWORD = "secret";

	@TempDir
	static Path directory;

	/**
	 * The application that knows nothing of the endpoint but that it is exposed.
	 */
	@Nested
	@TestInstance(Lifecycle.PER_CLASS)
	class LeftAlone extends SecuredApplication {

		LeftAlone() {
			super(Stock.class);
		}

		@Test
		void anonymousPostIsRefused() {
			assertThat(send(backup()).status()).isIn(401, 403);
			assertThatNothingWasBackedUp();
		}

		@Test
		void anonymousGetIsRefused() {
			assertThat(send(list()).status()).isEqualTo(401);
		}

		@Test
		void postWithCredentialsButWithoutCsrfTokenIsRefused() {
			// 403, which becomes 401 on the way to the error page.
			assertThat(send(as("operator", backup())).status()).isIn(401, 403);
			assertThatNothingWasBackedUp();
		}

	}

	/**
	 * The application with the lines of {@link OperatorAccessConfiguration}.
	 */
	@Nested
	@TestInstance(Lifecycle.PER_CLASS)
	class WithOperatorAccess extends SecuredApplication {

		WithOperatorAccess() {
			super(StockWithOperators.class);
		}

		@Test
		void postOfOperatorCreatesSnapshot() {
			Response response = send(as("operator", backup()));
			assertThat(response.status()).isEqualTo(201);
			Path snapshot = this.backups.resolve(response.<String>json("$.name"));
			assertThat(TestDatabase.items(snapshot)).isEqualTo(TestDatabase.items(this.database));
		}

		@Test
		void getOfOperatorListsSnapshots() {
			String name = send(as("operator", backup())).json("$.name");
			assertThat(send(as("operator", list())).<List<String>>json("$.snapshots[*].name")).containsExactly(name);
			assertThat(send(as("operator", this.application.endpoint("/" + name))).status()).isEqualTo(200);
		}

		@Test
		void postOfOtherRoleIsForbidden() {
			assertThat(send(as("clerk", backup())).status()).isEqualTo(403);
			assertThatNothingWasBackedUp();
		}

		@Test
		void getOfOtherRoleIsForbidden() {
			assertThat(send(as("clerk", list())).status()).isEqualTo(403);
			assertThat(send(as("clerk", this.application.endpoint("/stock-20260103-120000-x.db"))).status())
				.isEqualTo(403);
		}

		@Test
		void anonymousPostIsUnauthorized() {
			assertThat(send(backup()).status()).isEqualTo(401);
			assertThatNothingWasBackedUp();
		}

		@Test
		void anonymousGetIsUnauthorized() {
			assertThat(send(list()).status()).isEqualTo(401);
		}

		@Test
		void postWithWrongPasswordIsUnauthorized() {
			assertThat(send(EndpointApplication.as("operator", "wrong", backup())).status()).isEqualTo(401);
			assertThatNothingWasBackedUp();
		}

		@Test
		void restOfApplicationKeepsCsrfProtection() {
			HttpRequest.Builder post = this.application.request("/items").POST(BodyPublishers.noBody());
			assertThat(send(as("operator", post)).status()).isIn(401, 403);
			Response items = send(as("operator", this.application.request("/items")));
			assertThat(items.status()).isEqualTo(200);
			assertThat(items.body()).isEqualTo("0");
		}

		@Test
		void restOfApplicationStaysClosedToStrangers() {
			assertThat(send(this.application.request("/items")).status()).isEqualTo(401);
			assertThat(send(this.application.request("/actuator/loggers")).status()).isEqualTo(401);
		}

	}

	abstract static class SecuredApplication {

		final Path database;

		final Path backups;

		final EndpointApplication application;

		SecuredApplication(Class<?> source) {
			Path home = directory.resolve(source.getSimpleName());
			this.database = TestDatabase.create(create(home).resolve("stock.db"), 3);
			this.backups = home.resolve("backups");
			this.application = EndpointApplication.start(source, TestDatabase.url(this.database),
					"management.endpoints.web.exposure.include=dbbackup,loggers");
		}

		@AfterAll
		void stop() {
			this.application.close();
		}

		@BeforeEach
		void removeSnapshots() throws IOException {
			FileSystemUtils.deleteRecursively(this.backups);
		}

		HttpRequest.Builder backup() {
			return this.application.jsonPost("{\"reason\":\"smoke test\"}");
		}

		HttpRequest.Builder list() {
			return this.application.endpoint("");
		}

		HttpRequest.Builder as(String user, HttpRequest.Builder request) {
			return EndpointApplication.as(user, PASSWORD, request);
		}

		Response send(HttpRequest.Builder request) {
			return this.application.send(request);
		}

		void assertThatNothingWasBackedUp() {
			assertThat(this.backups).doesNotExist();
		}

		private static Path create(Path home) {
			try {
				return Files.createDirectory(home);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Items.class)
	static class Stock {

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(user("operator", "OPERATOR"), user("clerk", "CLERK"));
		}

		private static UserDetails user(String name, String role) {
			return User.withUsername(name).password("{noop}" + PASSWORD).roles(role).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Stock.class, OperatorAccessConfiguration.class })
	static class StockWithOperators {

	}

	@RestController
	static class Items {

		private final AtomicInteger items = new AtomicInteger();

		@GetMapping("/items")
		int count() {
			return this.items.get();
		}

		@PostMapping("/items")
		void add() {
			this.items.incrementAndGet();
		}

	}

}
