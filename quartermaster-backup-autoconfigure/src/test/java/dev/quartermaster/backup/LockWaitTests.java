/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.quartermaster.backup.support.LockedDatabase;
import dev.quartermaster.backup.support.ManualClock;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LockWait}.
 */
class LockWaitTests {

	private static final Duration PATIENCE_OF_DRIVER = Duration.ofSeconds(3);

	private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);

	@TempDir
	private Path temp;

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 10);
	}

	@Test
	void lastsForLongerThanThatOfDriver() throws Exception {
		ManualClock clock = new ManualClock();
		try (Connection connection = open(clock)) {
			CompletableFuture<Void> other = LockedDatabase.until(this.database, clock,
					PATIENCE_OF_DRIVER.plusMillis(500));
			read(connection);
			other.join();
		}
	}

	@Test
	void endsWhenBusyTimeoutHasPassed() throws Exception {
		AtomicLong nanos = new AtomicLong();
		try (Connection other = TestDatabase.open(this.database);
				Statement statement = other.createStatement();
				Connection connection = open(() -> nanos.addAndGet(BUSY_TIMEOUT.dividedBy(10).toNanos()))) {
			statement.execute("BEGIN EXCLUSIVE");
			long start = nanos.get();
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> read(connection))
				.satisfies((ex) -> assertThat(SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_BUSY)).isTrue());
			assertThat(Duration.ofNanos(nanos.get() - start)).isBetween(BUSY_TIMEOUT, BUSY_TIMEOUT.multipliedBy(2));
		}
	}

	private Connection open(LongSupplier nanoTime) throws SQLException {
		return SqliteConnections.openLive(LiveDatabase.of(this.database), BUSY_TIMEOUT, nanoTime);
	}

	private static void read(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.executeQuery("SELECT count(*) FROM item").close();
		}
	}

}
