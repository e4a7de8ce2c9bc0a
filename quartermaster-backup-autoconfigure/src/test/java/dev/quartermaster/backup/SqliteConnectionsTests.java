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

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SqliteConnections}.
 */
class SqliteConnectionsTests {

	@TempDir
	private Path temp;

	@Test
	void openingNeverCreatesDatabase() {
		Path missing = this.temp.resolve("app.db");
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> SqliteConnections.openLive(LiveDatabase.of(missing), Duration.ZERO).close());
		assertThatExceptionOfType(SQLException.class)
			.isThrownBy(() -> SqliteConnections.openImmutable(missing).close());
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> SqliteConnections.openPrivate(missing).close());
		assertThat(this.temp).isEmptyDirectory();
	}

	/**
	 * As the two directions of SQLite's backup do.
	 */
	@Test
	void nameForTheOtherSideOfCopyNeverCreatesDatabase() throws SQLException {
		Path missing = this.temp.resolve("app.db");
		try (Connection connection = SqliteConnections
			.openPrivate(TestDatabase.create(this.temp.resolve("other.db"), 1));
				Statement statement = connection.createStatement()) {
			for (String name : new String[] { SqliteConnections.liveUri(LiveDatabase.of(missing)),
					SqliteConnections.unsharedUri(missing), SqliteConnections.immutableUri(missing) }) {
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(() -> statement.execute("ATTACH " + SqlText.literal(name) + " AS missing"));
			}
		}
		assertThat(missing).doesNotExist();
	}

	@Test
	void whatNobodyWritesIsNotWrittenTo() throws SQLException {
		Path file = TestDatabase.create(this.temp.resolve("app.db"), 1);
		try (Connection connection = SqliteConnections.openImmutable(file);
				Statement statement = connection.createStatement()) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> statement.execute("DELETE FROM item"));
		}
		assertThat(TestDatabase.items(file)).hasSize(1);
	}

}
