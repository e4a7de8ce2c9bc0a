/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.net.http.HttpRequest;
import java.nio.file.Path;

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.config.Customizer.withDefaults;

/**
 * Tests of {@link DatabaseBackupFileEndpoint} in an application with Spring Security.
 */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseBackupFileEndpointSecurityTests {

	private static final String PASSWORD = "secret";

	@TempDir
	static Path directory;

	private static EndpointApplication application;

	@BeforeAll
	static void start() {
		Path database = TestDatabase.create(directory.resolve("stock.db"), 3);
		application = EndpointApplication.start(Stock.class, TestDatabase.url(database),
				EndpointApplication.FILES_EXPOSED);
		assertThat(application.bean(DatabaseBackupEndpoint.class).backup("smoke test", null)).isNotNull();
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void getOfRoleThatMayIsInTheLogWithItsName(CapturedOutput output) {
		assertThat(statusFor("archivist")).isEqualTo(200);
		assertThat(output).contains(" of the database dataSource requested by \"archivist\": sending all ");
	}

	@Test
	void getOfOtherRoleIsForbidden(CapturedOutput output) {
		assertThat(statusFor("operator")).isEqualTo(403);
		assertThat(output).doesNotContain("requested by");
	}

	@Test
	void anonymousGetIsUnauthorized(CapturedOutput output) {
		assertThat(application.send(application.file("/latest")).status()).isEqualTo(401);
		assertThat(output).doesNotContain("requested by");
	}

	@Test
	void otherEndpointIsLeftToOtherRules() {
		HttpRequest.Builder list = application.endpoint("");
		assertThat(application.send(EndpointApplication.as("operator", PASSWORD, list)).status()).isEqualTo(200);
	}

	private static int statusFor(String user) {
		return application.send(EndpointApplication.as(user, PASSWORD, application.file("/latest"))).status();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Stock {

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(user("operator", "OPERATOR"), user("archivist", "ARCHIVIST"));
		}

		private static UserDetails user(String name, String role) {
			return User.withUsername(name).password("{noop}" + PASSWORD).roles(role).build();
		}

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		SecurityFilterChain archivistAccess(HttpSecurity http) {
			return http.securityMatcher(EndpointRequest.to("dbbackupfile"))
				.authorizeHttpRequests((requests) -> requests.anyRequest().hasRole("ARCHIVIST"))
				.httpBasic(withDefaults())
				.build();
		}

		@Bean
		SecurityFilterChain everythingElse(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().hasRole("OPERATOR"))
				.httpBasic(withDefaults())
				.build();
		}

	}

}
