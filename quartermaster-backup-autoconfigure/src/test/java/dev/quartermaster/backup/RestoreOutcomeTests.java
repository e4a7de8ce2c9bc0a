/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RestoreOutcome}.
 */
class RestoreOutcomeTests {

	@TempDir
	private Path temp;

	private Path snapshot;

	private Path database;

	private int before;

	@BeforeEach
	void createDatabase() {
		this.snapshot = TestDatabase.create(this.temp.resolve("snapshot.db"), 3);
		this.database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		TestDatabase.execute(this.database, "CREATE TABLE more (id)");
		this.before = Integer.parseInt(TestDatabase.query(this.database, "PRAGMA schema_version").get(0));
	}

	@Test
	void databaseThatWasWrittenToIsWhatItWasBefore() {
		TestDatabase.execute(this.database, "DELETE FROM item");
		assertThat(outcome()).isEqualTo(RestoreOutcome.AS_BEFORE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE", "WAL" })
	void restoredDatabaseIsRestoredWhateverIsWrittenThen(String journalMode) {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = " + journalMode);
		BackupServices.service(this.database).restore(this.snapshot, false);
		TestDatabase.execute(this.database, "DELETE FROM item");
		assertThat(outcome()).isEqualTo(RestoreOutcome.RESTORED);
	}

	@Test
	void databaseWhoseSchemaOthersChangedIsNotSaidToBeRestored() {
		TestDatabase.execute(this.database, "CREATE TABLE other (id)");
		assertThat(outcome()).isEqualTo(RestoreOutcome.UNKNOWN);
	}

	@Test
	void databaseWhoseSchemaOthersChangedIsNotSaidToBeRestoredAlthoughItHasTheSizeOfTheSnapshot() {
		TestDatabase.execute(this.snapshot, "CREATE TABLE more (id)", "CREATE TABLE wanted (id)");
		TestDatabase.execute(this.database, "CREATE TABLE other (id)");
		assertThat(TestDatabase.bytes(this.database)).hasSameSizeAs(TestDatabase.bytes(this.snapshot));
		assertThat(outcome()).isEqualTo(RestoreOutcome.UNKNOWN);
	}

	@Test
	void databaseThatOthersRewroteIsNotSaidToBeRestored() {
		this.snapshot = BackupServices.backup(BackupServices.service(this.database), "before").snapshot().file();
		TestDatabase.execute(this.database, "CREATE TABLE filler AS SELECT zeroblob(100000)", "DROP TABLE filler",
				"INSERT INTO item (name) SELECT hex(zeroblob(100000))");
		this.before = Integer.parseInt(TestDatabase.query(this.database, "PRAGMA schema_version").get(0));
		TestDatabase.execute(this.database, "VACUUM");
		assertThat(outcome()).isEqualTo(RestoreOutcome.UNKNOWN);
	}

	@Test
	void nothingIsSaidOfWhatCannotBeRead() throws Exception {
		Files.writeString(this.database, "Dear diary, ".repeat(1000));
		assertThat(outcome()).isEqualTo(RestoreOutcome.UNKNOWN);
	}

	private RestoreOutcome outcome() {
		return RestoreOutcome.of(LiveDatabase.of(this.database), this.snapshot, this.before, Duration.ofSeconds(1));
	}

}
