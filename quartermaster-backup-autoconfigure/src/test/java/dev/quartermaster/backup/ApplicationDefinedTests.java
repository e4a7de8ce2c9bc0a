/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with databases that need a function or collation which only the application
 * registers: they are copied, never taken for corrupt, and what to do is said.
 */
@ExtendWith(OutputCaptureExtension.class)
class ApplicationDefinedTests {

	@TempDir
	private Path temp;

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			CREATE TABLE item (name TEXT CHECK (own(name) > 0))                                   | sound
			CREATE TABLE item (name TEXT, size INTEGER AS (own(name)) VIRTUAL)                    | unverifiable
			CREATE TABLE item (name TEXT, size INTEGER AS (own(name)) STORED)                     | sound
			CREATE TABLE item (name TEXT); CREATE VIEW sized AS SELECT own(name) FROM item        | sound
			CREATE TABLE item (name TEXT COLLATE BACKWARDS)                                       | sound
			CREATE TABLE item (name TEXT); CREATE INDEX sizes ON item (own(name))                 | unverifiable
			CREATE TABLE item (name TEXT); CREATE INDEX sizes ON item (name) WHERE own(name) > 1  | unverifiable
			CREATE TABLE item (name TEXT, size INTEGER AS (own(name)) VIRTUAL UNIQUE)             | unverifiable
			CREATE TABLE item (name TEXT COLLATE BACKWARDS UNIQUE)                                | unverifiable
			CREATE TABLE item (name TEXT COLLATE BACKWARDS PRIMARY KEY) WITHOUT ROWID             | unverifiable
			""")
	void isNeverTakenForCorrupt(String schema, String sound, CapturedOutput output) {
		Path database = this.temp.resolve("app.db");
		TestDatabase.createWithOwn(database, schema, "INSERT INTO item (name) VALUES ('a'), ('bb'), ('ccc')");
		for (VerificationMode mode : VerificationMode.values()) {
			BackupResult.Created created = BackupServices
				.backup(BackupServices.service(SqliteDatabase.of(database), BackupServices.settings(null, mode)), "x");
			assertThat(created.verification().status()).as(created.verification().summary())
				.isIn("sound", (mode != VerificationMode.NONE) ? sound : "none");
			assertThat(created.snapshot().size()).isEqualTo(database.toFile().length());
		}
		assertThat(output).doesNotContain("DAMAGED").doesNotContain("WARN  d.q.");
		if ("unverifiable".equals(sound)) {
			assertThat(output).contains("only the application can check the table item (")
				.contains("run PRAGMA integrity_check on the snapshot");
		}
	}

}
