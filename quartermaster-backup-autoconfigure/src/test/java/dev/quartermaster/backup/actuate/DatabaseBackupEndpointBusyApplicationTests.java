/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

import dev.quartermaster.backup.actuate.EndpointApplication.Response;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link DatabaseBackupEndpoint} while the application uses its database.
 */
class DatabaseBackupEndpointBusyApplicationTests {

	/**
	 * So much between the two counters that a copy cannot take them in one go.
	 */
	private static final int BYTES_BETWEEN = 24 * 1024 * 1024;

	@TempDir
	Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "delete", "wal" })
	void postWhileApplicationWritesIsConsistent(String journalMode) throws Exception {
		Path database = twoCounters(journalMode);
		try (EndpointApplication application = EndpointApplication.on(database)) {
			try (Writer writer = new Writer(application.bean(DataSource.class))) {
				int before = writer.awaitNext();
				Response response = application.backup("while writing");
				int after = writer.awaitNext();
				assertThat(response.status()).isEqualTo(201);
				Path snapshot = this.directory.resolve("backups").resolve(response.<String>json("$.name"));
				assertThat(TestDatabase.query(snapshot, "PRAGMA integrity_check")).containsExactly("ok");
				String first = TestDatabase.query(snapshot, "SELECT n FROM first").get(0);
				assertThat(TestDatabase.query(snapshot, "SELECT n FROM last")).containsExactly(first);
				assertThat(Integer.parseInt(first)).isBetween(before, after);
			}
		}
	}

	@Test
	void postNeedsNoConnectionOfPool() throws SQLException {
		Path database = TestDatabase.create(this.directory.resolve("stock.db"), 3);
		try (EndpointApplication application = EndpointApplication.on(database,
				"spring.datasource.hikari.maximum-pool-size=1", "spring.datasource.hikari.connection-timeout=250")) {
			assertThat(application.backup("the pool is free").status()).isEqualTo(201);
			try (Connection only = application.bean(DataSource.class).getConnection()) {
				assertThat(only.isValid(1)).isTrue();
				assertThat(application.backup("the pool is empty").status()).isEqualTo(201);
			}
		}
	}

	private Path twoCounters(String journalMode) {
		Path database = this.directory.resolve("counters.db");
		TestDatabase.execute(database, "PRAGMA journal_mode = " + journalMode);
		TestDatabase.execute(database, "CREATE TABLE first AS SELECT 0 AS n");
		TestDatabase.execute(database, "CREATE TABLE filler AS SELECT randomblob(" + BYTES_BETWEEN + ")");
		TestDatabase.execute(database, "CREATE TABLE last AS SELECT 0 AS n");
		return database;
	}

	/**
	 * Counts in two tables, in step, for as long as it is open.
	 */
	private static final class Writer implements AutoCloseable {

		private final AtomicBoolean stopped = new AtomicBoolean();

		private final DataSource dataSource;

		private final CompletableFuture<Void> writing;

		private volatile CompletableFuture<Integer> next = new CompletableFuture<>();

		Writer(DataSource dataSource) {
			this.dataSource = dataSource;
			this.writing = CompletableFuture.runAsync(this::write, (task) -> new Thread(task, "writer").start());
			this.writing.exceptionally((failure) -> {
				this.next.completeExceptionally(failure);
				return null;
			});
		}

		private void write() {
			for (int count = 1; !this.stopped.get(); count++) {
				try (Connection connection = this.dataSource.getConnection();
						Statement statement = connection.createStatement()) {
					connection.setAutoCommit(false);
					statement.execute("UPDATE first SET n = n + 1");
					statement.execute("UPDATE last SET n = n + 1");
					connection.commit();
				}
				catch (SQLException ex) {
					throw new IllegalStateException(ex);
				}
				CompletableFuture<Integer> awaited = this.next;
				this.next = new CompletableFuture<>();
				awaited.complete(count);
			}
		}

		/**
		 * Wait for the next commit, and return how many there have been.
		 */
		int awaitNext() throws Exception {
			return this.next.get(2, TimeUnit.MINUTES);
		}

		@Override
		public void close() {
			this.stopped.set(true);
			// Fails if a single write did.
			this.writing.join();
		}

	}

}
