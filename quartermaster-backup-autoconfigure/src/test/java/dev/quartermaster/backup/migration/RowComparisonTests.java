/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.migration.RowComparison.Answer;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RowComparison}.
 */
class RowComparisonTests {

	@TempDir
	private Path temp;

	@Test
	void sameRowsInAnotherOrderAreTheSame() {
		Path one = database("one.db", "INSERT INTO t VALUES ('a', 1), ('b', 2), (NULL, x'00')");
		Path other = database("other.db", "INSERT INTO t VALUES (NULL, x'00'), ('b', 2), ('a', 1)");
		assertThat(RowComparison.compare(one, other)).isEqualTo(Answer.SAME);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			flyway_schema_history (installed_rank, checksum, installed_on, execution_time) | (1, 2, %s, %s)
			migrations_of_orders (INSTALLED_RANK, CHECKSUM, INSTALLED_ON, EXECUTION_TIME)  | (1, 2, %s, %s)
			DATABASECHANGELOG (ID, DATEEXECUTED, ORDEREXECUTED, MD5SUM, DEPLOYMENT_ID)     | (1, %s, 3, 4, %s)
			DATABASECHANGELOGLOCK (ID, LOCKED, LOCKGRANTED, LOCKEDBY)                      | (1, 1, %s, 4)
			note (text, written TEXT DEFAULT CURRENT_TIMESTAMP)                            | (1, %s)
			note (text, written TEXT DEFAULT (datetime('now')))                            | (1, %s)
			note (written TEXT DEFAULT (datetime('now')))                                  | (%s)
			""")
	void timesOfMigrationDoNotMatter(String table, String values) {
		String name = table.substring(0, table.indexOf(' '));
		Path one = database("one.db", "CREATE TABLE " + table,
				"INSERT INTO " + name + " VALUES " + values.formatted("'noon'", 3));
		Path other = database("other.db", "CREATE TABLE " + table,
				"INSERT INTO " + name + " VALUES " + values.formatted("'midnight'", 4));
		assertThat(RowComparison.compare(one, other)).isEqualTo(Answer.SAME);
		TestDatabase.execute(other, "INSERT INTO " + name + " VALUES " + values.formatted("'midnight'", 4));
		assertThat(RowComparison.compare(one, other)).isEqualTo(Answer.DIFFERENT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "DEFAULT 'at noon (local time)'", "DEFAULT 1", "DEFAULT NULL", "" })
	void columnWithConstantDefaultMatters(String constant) {
		String table = "CREATE TABLE note (written TEXT " + constant + ")";
		Path one = database("one.db", table, "INSERT INTO note VALUES ('a')");
		Path other = database("other.db", table, "INSERT INTO note VALUES ('b')");
		assertThat(RowComparison.compare(one, other)).isEqualTo(Answer.DIFFERENT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "CREATE VIRTUAL TABLE note USING fts5(text)",
			"CREATE TABLE note (text, twice AS (text || text))", "CREATE TABLE note (text PRIMARY KEY) WITHOUT ROWID" })
	void contentOfEveryKindOfTableIsCompared(String table) {
		Path one = database("one.db", table, "INSERT INTO note (text) VALUES ('a')");
		Path other = database("other.db", table, "INSERT INTO note (text) VALUES ('a')");
		assertThat(RowComparison.compare(one, other)).isEqualTo(Answer.SAME);
		TestDatabase.execute(other, "INSERT INTO note (text) VALUES ('b')");
		assertThat(RowComparison.compare(one, other)).isEqualTo(Answer.DIFFERENT);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			CREATE TABLE note (text COLLATE BACKWARDS UNIQUE)                    | SAME
			CREATE TABLE note (text, size AS (own(text)))                        | SAME
			CREATE TABLE note (text, size AS (own(text)) STORED)                 | SAME
			CREATE TABLE note (text); CREATE INDEX i ON note (own(text))         | SAME
			CREATE TABLE note (text); CREATE INDEX i ON note (1) WHERE own(text) | SAME
			CREATE TABLE note (text); CREATE VIEW v AS SELECT own(text) FROM note | SAME
			CREATE TABLE note (text COLLATE BACKWARDS PRIMARY KEY) WITHOUT ROWID | UNKNOWN
			""")
	void whatOnlyTheApplicationKnowsIsNotTakenForDifferent(String schema, Answer answer) {
		Path one = this.temp.resolve("one.db");
		Path other = this.temp.resolve("other.db");
		for (Path file : List.of(one, other)) {
			TestDatabase.createWithOwn(file, "CREATE TABLE t (name)", schema, "INSERT INTO note (text) VALUES ('a')");
		}
		assertThat(RowComparison.compare(one, other)).isEqualTo(answer);
		TestDatabase.execute(other, "INSERT INTO t VALUES ('b')");
		assertThat(RowComparison.compare(one, other)).isEqualTo(Answer.DIFFERENT);
	}

	@Test
	void tableOfModuleThatOnlyTheApplicationLoadsIsNotRead() {
		String own = "INSERT INTO sqlite_schema VALUES ('table', 'own', 'own', 0, 'CREATE VIRTUAL TABLE own USING own_module')";
		Path one = database("one.db", "PRAGMA writable_schema = ON", own);
		Path other = database("other.db", "PRAGMA writable_schema = ON", own);
		assertThat(RowComparison.compare(one, other)).isEqualTo(Answer.SAME);
		TestDatabase.execute(other, "INSERT INTO t VALUES ('a', 1)");
		assertThat(RowComparison.compare(one, other)).isEqualTo(Answer.DIFFERENT);
	}

	@Test
	void fileThatIsNoDatabaseIsNotTakenForDifferent() throws IOException {
		Path other = Files.writeString(this.temp.resolve("other.db"), "Dear diary, ".repeat(1000));
		assertThat(RowComparison.compare(database("one.db"), other)).isEqualTo(Answer.UNKNOWN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "INSERT INTO t VALUES ('A', 1)", "INSERT INTO t VALUES ('a', 1.0)",
			"INSERT INTO t VALUES ('a', '1')", "INSERT INTO t VALUES ('a', 1), ('a', 1)",
			"INSERT INTO t VALUES ('a' || char(0) || 'b', 1)", "INSERT INTO t VALUES ('a', NULL)" })
	void otherRowsAreNotTheSame(String insert) {
		Path one = database("one.db", "INSERT INTO t VALUES ('a', 1)");
		assertThat(RowComparison.compare(one, database("other.db", insert))).isEqualTo(Answer.DIFFERENT);
	}

	@Test
	void sameRowsInOtherNumbersAreNotTheSame() {
		Path one = database("one.db", "INSERT INTO t VALUES ('a', 1), ('a', 1), ('b', 2)");
		Path other = database("other.db", "INSERT INTO t VALUES ('a', 1), ('b', 2), ('b', 2)");
		assertThat(RowComparison.compare(one, other)).isEqualTo(Answer.DIFFERENT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "CREATE INDEX i ON t (name)", "PRAGMA user_version = 1", "PRAGMA application_id = 1" })
	void otherSchemaOrVersionIsNotTheSame(String change) {
		assertThat(RowComparison.compare(database("one.db"), database("other.db", change))).isEqualTo(Answer.DIFFERENT);
	}

	private Path database(String name, String... statements) {
		Path file = this.temp.resolve(name);
		TestDatabase.execute(file, "CREATE TABLE t (name TEXT COLLATE NOCASE, value)");
		TestDatabase.execute(file, statements);
		return file;
	}

}
