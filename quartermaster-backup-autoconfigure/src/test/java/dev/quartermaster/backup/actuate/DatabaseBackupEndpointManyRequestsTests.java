/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.datasource.AbstractDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link DatabaseBackupEndpoint} over HTTP while there are more requests than
 * can be served.
 */
class DatabaseBackupEndpointManyRequestsTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=health,dbbackup";

	/**
	 * More than Tomcat has threads.
	 */
	private static final int REQUESTS = 250;

	@TempDir
	private Path directory;

	private final SlowCopy copy = new SlowCopy();

	@AfterEach
	void releaseCopy() {
		this.copy.go.countDown();
	}

	@Test
	void serveFewAndLeaveThreadsToOthers() throws Exception {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3, "journal_mode = WAL");
		try (EndpointApplication application = start(database)) {
			List<CompletableFuture<Response>> pending = application.startBackups("flood", REQUESTS);
			List<Response> refused = await(pending, REQUESTS - AdmittedRequests.MOST_OF_DATABASE);

			assertThat(application.send(application.request("/actuator/health").GET()).status()).isEqualTo(200);
			assertThat(refused).allSatisfy((response) -> {
				assertThat(response.status()).isEqualTo(429);
				assertThat(response.retryAfter()).hasValue(10);
				assertThat(response.<String>json("$.error"))
					.containsAnyOf("5 requests for snapshots of the database dataSource", "20 requests for snapshots");
			});

			this.copy.go.countDown();
			List<Response> all = pending.stream().map(CompletableFuture::join).toList();
			List<Path> snapshots = all.stream()
				.filter((response) -> response.status() == 201)
				.map((response) -> this.directory.resolve("backups").resolve(response.<String>json("$.name")))
				.toList();
			assertThat(snapshots).hasSize(AdmittedRequests.MOST_OF_DATABASE)
				.doesNotHaveDuplicates()
				.containsExactlyInAnyOrderElementsOf(BackupDirectory.published(this.directory.resolve("backups")))
				.allSatisfy((snapshot) -> assertThat(TestDatabase.check(snapshot)).containsExactly("ok"));
			assertThat(this.copy.made()).as("copies").isBetween(1, 2);
			assertThat(application.backup("later").status()).isEqualTo(201);
		}
	}

	@Test
	void serveFewWhileItIsNotYetKnownWhichDatabaseIsMeant() throws Exception {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3);
		Exhausted.go = this.copy.go;
		Exhausted.url = TestDatabase.url(database);
		try (EndpointApplication application = EndpointApplication.start(Exhausted.class, "", EXPOSED,
				"management.health.db.enabled=false")) {
			List<CompletableFuture<Response>> pending = application.startBackups("flood", REQUESTS);
			List<Response> refused = await(pending, REQUESTS - AdmittedRequests.MOST);

			assertThat(application.send(application.request("/actuator/health").GET()).status()).isEqualTo(200);
			assertThat(refused).allSatisfy((response) -> {
				assertThat(response.status()).isEqualTo(429);
				assertThat(response.retryAfter()).hasValue(10);
				assertThat(response.<String>json("$.error")).contains("20 requests for snapshots");
			});

			this.copy.go.countDown();
			assertThat(pending).extracting(CompletableFuture::join).extracting(Response::status).contains(201);
			assertThat(application.backup("later").status()).isEqualTo(201);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "management.server.port=0" })
	void waitForNoLongerThanBusyTimeout(String property) throws Exception {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3, "journal_mode = WAL");
		try (EndpointApplication application = start(database, "quartermaster.backup.busy-timeout=1500ms", property)) {
			List<CompletableFuture<Response>> pending = application.startBackups("first", 1);
			this.copy.begun.await();
			Response second = application.backup("second");
			assertThat(second.status()).isEqualTo(503);
			assertThat(second.retryAfter()).hasValue(2);
			assertThat(second.<String>json("$.error")).isEqualTo("The backup of the database " + database
					+ " waited longer than 1500 ms for another one to finish.");
			this.copy.go.countDown();
			Response first = pending.get(0).join();
			assertThat(first.status()).isEqualTo(201);
			assertThat(first.retryAfter()).isEmpty();
		}
	}

	private EndpointApplication start(Path database, String... properties) {
		Slow.listener = this.copy;
		List<String> all = new ArrayList<>(List.of(properties));
		all.add(EXPOSED);
		return EndpointApplication.start(Slow.class, TestDatabase.url(database), all.toArray(String[]::new));
	}

	/**
	 * Wait until some of the answers have come.
	 */
	private static List<Response> await(List<CompletableFuture<Response>> pending, int answers) throws Exception {
		CountDownLatch missing = new CountDownLatch(answers);
		pending.forEach((response) -> response.thenRun(missing::countDown));
		assertThat(missing.await(2, TimeUnit.MINUTES)).as("%d answers have come", answers).isTrue();
		return pending.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join).toList();
	}

	/**
	 * Keeps copies from going on until it is told.
	 */
	private static final class SlowCopy implements BackupListener {

		private final CountDownLatch begun = new CountDownLatch(1);

		private final CountDownLatch go = new CountDownLatch(1);

		private int made;

		@Override
		public synchronized void onProgress(Path database, long bytes, long totalBytes) {
			this.begun.countDown();
			try {
				this.go.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			if (bytes == totalBytes) {
				this.made++;
			}
		}

		synchronized int made() {
			return this.made;
		}

	}

	/**
	 * An application whose copies take their time.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(EndpointApplication.WithoutSecurity.class)
	static class Slow {

		@SuppressWarnings("NullAway.Init")
		private static BackupListener listener;

		@Bean
		BackupListener slowCopy() {
			return listener;
		}

	}

	/**
	 * An application whose data source shows no URL, and has no connection left until it
	 * is told.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(EndpointApplication.WithoutSecurity.class)
	@SuppressWarnings("NullAway.Init")
	static class Exhausted {

		private static CountDownLatch go;

		private static String url;

		@Bean
		DataSource exhausted() {
			return new AbstractDataSource() {

				@Override
				public Connection getConnection() throws SQLException {
					try {
						go.await();
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
					return DriverManager.getConnection(url);
				}

				@Override
				public Connection getConnection(String username, String password) throws SQLException {
					return getConnection();
				}

			};
		}

	}

}
