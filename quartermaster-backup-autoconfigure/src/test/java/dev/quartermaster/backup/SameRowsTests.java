/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SameRows}.
 */
class SameRowsTests {

	@TempDir
	private Path temp;

	@Test
	void sameRowsInAnotherOrderAreTheSame() {
		Path one = database("one.db", "INSERT INTO t VALUES ('a', 1), ('b', 2), (NULL, x'00')");
		Path other = database("other.db", "INSERT INTO t VALUES (NULL, x'00'), ('b', 2), ('a', 1)");
		assertThat(SameRows.isSame(one, other)).isTrue();
	}

	@Test
	void timesInTheHistoryOfFlywayDoNotMatter() {
		String history = "CREATE TABLE flyway_schema_history (version TEXT, installed_on TEXT, execution_time INT)";
		Path one = database("one.db", history, "INSERT INTO flyway_schema_history VALUES ('1', 'noon', 3)");
		Path other = database("other.db", history, "INSERT INTO flyway_schema_history VALUES ('1', 'midnight', 4)");
		assertThat(SameRows.isSame(one, other)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "INSERT INTO t VALUES ('A', 1)", "INSERT INTO t VALUES ('a', 1.0)",
			"INSERT INTO t VALUES ('a', '1')", "INSERT INTO t VALUES ('a', 1), ('a', 1)",
			"INSERT INTO t VALUES ('a' || char(0) || 'b', 1)", "INSERT INTO t VALUES ('a', NULL)" })
	void otherRowsAreNotTheSame(String insert) {
		Path one = database("one.db", "INSERT INTO t VALUES ('a', 1)");
		assertThat(SameRows.isSame(one, database("other.db", insert))).isFalse();
	}

	@Test
	void sameRowsInOtherNumbersAreNotTheSame() {
		Path one = database("one.db", "INSERT INTO t VALUES ('a', 1), ('a', 1), ('b', 2)");
		Path other = database("other.db", "INSERT INTO t VALUES ('a', 1), ('b', 2), ('b', 2)");
		assertThat(SameRows.isSame(one, other)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "CREATE INDEX i ON t (name)", "PRAGMA user_version = 1", "PRAGMA application_id = 1" })
	void otherSchemaOrVersionIsNotTheSame(String change) {
		assertThat(SameRows.isSame(database("one.db"), database("other.db", change))).isFalse();
	}

	private Path database(String name, String... statements) {
		Path file = this.temp.resolve(name);
		TestDatabase.execute(file, "CREATE TABLE t (name TEXT COLLATE NOCASE, value)");
		TestDatabase.execute(file, statements);
		return file;
	}

}
