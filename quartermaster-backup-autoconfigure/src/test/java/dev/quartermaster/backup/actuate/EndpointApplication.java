/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

import com.jayway.jsonpath.JsonPath;
import dev.quartermaster.backup.support.TestDatabase;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * A whole application with the endpoint, and a client of it that speaks plain HTTP.
 */
final class EndpointApplication implements AutoCloseable {

	/**
	 * What gives access to snapshots, where both endpoints are exposed.
	 */
	static final String[] FILES_EXPOSED = { "management.endpoints.web.exposure.include=dbbackup,dbbackupfile",
			"management.endpoint.dbbackupfile.access=read-only" };

	static final String EXPOSED = "management.endpoints.web.exposure.include=dbbackup";

	private static final String HIBERNATE = "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration";

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final ConfigurableApplicationContext context;

	private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

	private EndpointApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Start an application on a SQLite file that exposes the endpoint.
	 */
	static EndpointApplication on(Path database, String... properties) {
		return onUrl(TestDatabase.url(database), properties);
	}

	/**
	 * Start an application on any database that exposes the endpoint.
	 */
	static EndpointApplication onUrl(String url, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add(EXPOSED);
		return start(WithoutSecurity.class, url, all.toArray(String[]::new));
	}

	/**
	 * Start an application on any database, without anything but what every one of them
	 * needs.
	 */
	static EndpointApplication start(Class<?> source, String url, String... properties) {
		return new EndpointApplication(new SpringApplicationBuilder(source)
			.properties("server.port=0", "server.address=127.0.0.1", "spring.flyway.enabled=false",
					"spring.liquibase.enabled=false", "spring.autoconfigure.exclude=" + HIBERNATE,
					"spring.main.banner-mode=off", "spring.datasource.url=" + url)
			.properties(properties)
			.run());
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	/**
	 * Ask for a snapshot.
	 */
	Response backup(String reason) {
		return post("{\"reason\":\"" + reason + "\"}");
	}

	/**
	 * Send a body to the endpoint as JSON.
	 */
	Response post(String body) {
		return send(jsonPost(body));
	}

	/**
	 * Ask for a snapshot that many times at once.
	 */
	List<Response> backupAtOnce(String reason, int times) {
		return startBackups(reason, times).stream().map(CompletableFuture::join).toList();
	}

	/**
	 * Ask for a snapshot that many times, and wait for no answer.
	 */
	List<CompletableFuture<Response>> startBackups(String reason, int times) {
		List<CompletableFuture<Response>> pending = new ArrayList<>();
		for (int i = 0; i < times; i++) {
			pending
				.add(this.client.sendAsync(jsonPost("{\"reason\":\"" + reason + "\"}").build(), BodyHandlers.ofString())
					.thenApply(Response::of));
		}
		return pending;
	}

	/**
	 * Get a path exactly as it is given, below the endpoint's.
	 */
	Response get(String path) {
		return send(endpoint(path).GET());
	}

	HttpRequest.Builder endpoint(String path) {
		return request("/actuator/dbbackup" + path);
	}

	HttpRequest.Builder request(String path) {
		Environment environment = this.context.getEnvironment();
		String port = environment.getProperty("local.management.port",
				environment.getRequiredProperty("local.server.port"));
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(PATIENCE);
	}

	HttpRequest.Builder jsonPost(String body) {
		return endpoint("").header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
	}

	/**
	 * Ask for a snapshot, by a path exactly as it is given, below the endpoint's.
	 */
	HttpRequest.Builder file(String path) {
		return request("/actuator/dbbackupfile" + path);
	}

	Response send(HttpRequest.Builder request) {
		return Response.of(send(request, BodyHandlers.ofString()));
	}

	<T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
		try {
			return this.client.send(request.build(), handler);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * Add the credentials of HTTP Basic.
	 */
	static HttpRequest.Builder as(String user, String password, HttpRequest.Builder request) {
		String credentials = Base64.getEncoder()
			.encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
		return request.header("Authorization", "Basic " + credentials);
	}

	/**
	 * An answer, as the client sees it.
	 */
	record Response(int status, String body, HttpHeaders headers) {

		private static Response of(HttpResponse<String> response) {
			return new Response(response.statusCode(), response.body(), response.headers());
		}

		/**
		 * Return after how many seconds the same may be asked again.
		 */
		OptionalLong retryAfter() {
			return this.headers.firstValueAsLong("Retry-After");
		}

		<T> T json(String path) {
			return JsonPath.read(this.body, path);
		}

	}

	/**
	 * An ordinary application, as far as Spring Security goes: without.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { ManagementWebSecurityAutoConfiguration.class, SecurityAutoConfiguration.class,
			SecurityFilterAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class,
			UserDetailsServiceAutoConfiguration.class })
	static class WithoutSecurity {

	}

}
