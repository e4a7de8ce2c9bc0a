/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LastWrite}.
 */
class LastWriteTests {

	@TempDir
	private Path temp;

	@ParameterizedTest
	@ValueSource(strings = { "delete", "truncate", "persist", "wal" })
	void everyWriteShows(String mode) throws Exception {
		Path database = database(mode);
		try (Connection other = DriverManager.getConnection(TestDatabase.url(database))) {
			other.createStatement().executeQuery("SELECT count(*) FROM item").close();
			LastWrite before = LastWrite.of(database);
			TestDatabase.execute(database, "UPDATE item SET name = 'x' WHERE id = 1");
			assertThat(LastWrite.of(database).isStill(before)).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "delete", "wal" })
	void readingShowsNot(String mode) throws Exception {
		Path database = database(mode);
		LastWrite before = LastWrite.of(database);
		try (Connection other = DriverManager.getConnection(TestDatabase.url(database))) {
			other.createStatement().executeQuery("SELECT count(*) FROM item").close();
			assertThat(LastWrite.of(database).isStill(before)).isTrue();
		}
		assertThat(LastWrite.of(database).isStill(before)).isTrue();
	}

	@Test
	void writeThroughLinkShows() throws IOException {
		Path database = database("delete");
		Path link = Files.createSymbolicLink(this.temp.resolve("link.db"), database);
		LastWrite before = LastWrite.of(link);
		assertThat(LastWrite.of(link).isStill(before)).isTrue();
		TestDatabase.execute(link, "DELETE FROM item");
		assertThat(LastWrite.of(link).isStill(before)).isFalse();
	}

	@Test
	void writeOfThisMomentMayNotBeTheLast() throws IOException {
		Path database = database("delete");
		Files.setLastModifiedTime(database, FileTime.from(Instant.now()));
		LastWrite before = LastWrite.of(database);
		assertThat(LastWrite.of(database).isStill(before)).isFalse();
	}

	@Test
	void databaseThatIsGoneShows() throws IOException {
		Path database = database("delete");
		LastWrite before = LastWrite.of(database);
		Files.delete(database);
		assertThat(LastWrite.of(database).isStill(before)).isFalse();
	}

	private Path database(String mode) throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3, "journal_mode = " + mode);
		Files.setLastModifiedTime(database, FileTime.from(Instant.now().minusSeconds(60)));
		return database;
	}

}
