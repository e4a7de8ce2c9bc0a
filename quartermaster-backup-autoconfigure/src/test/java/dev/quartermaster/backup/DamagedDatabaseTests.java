/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that a damaged database is still copied, since it is all that there is, and that
 * this is said loudly.
 */
@ExtendWith(OutputCaptureExtension.class)
class DamagedDatabaseTests {

	private static final int PAGE_SIZE = 4096;

	private static final int HEADER = 100;

	private static final int FREELIST_TRUNK = 32;

	private static final int SCHEMA_FORMAT = 44;

	private static final int ROWS = 5000;

	@TempDir
	private Path temp;

	private Path database;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create(this.temp.resolve("app.db"), ROWS);
	}

	@Test
	void copiesDatabaseWithDamagedPage(CapturedOutput output) {
		// The root page of the table.
		TestDatabase.overwrite(this.database, PAGE_SIZE, new byte[] { 99, 99, 99, 99, 99, 99, 99, 99 });
		assertCopiedAsCorrupt(VerificationMode.QUICK);
		assertThat(output).contains("WARN")
			.contains("The database " + this.database + " is DAMAGED")
			.contains("Restore an older snapshot");
		assertThat(output.toString().lines().filter((line) -> line.contains("DAMAGED"))).singleElement()
			.asString()
			.contains("Tree 2 page 2")
			.endsWith("sqlite3 shell.");
	}

	@Test
	void warnsOfTableThatCannotBeRead(CapturedOutput output) {
		TestDatabase.execute(this.database, "CREATE VIRTUAL TABLE text USING fts5(body)",
				"UPDATE text_config SET v = 99 WHERE k = 'version'");
		backup(VerificationMode.QUICK);
		assertThat(output.toString().lines().filter((line) -> line.contains("invalid fts5 file format"))).last()
			.asString()
			.contains("WARN", "the table text cannot be read", "probably true of " + this.database);
	}

	@ParameterizedTest
	@EnumSource(VerificationMode.class)
	void copiesDatabaseWithDamagedSchemaPage(VerificationMode mode) {
		TestDatabase.overwrite(this.database, HEADER, new byte[] { 99 });
		Snapshot snapshot = assertCopiedAsCorrupt(mode);
		assertThat(snapshot.file()).hasSize(this.database.toFile().length());
	}

	@ParameterizedTest
	@EnumSource(VerificationMode.class)
	void copiesDatabaseWithDamagedSchemaPageAndWriteAheadLog(VerificationMode mode) {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = WAL");
		TestDatabase.overwrite(this.database, HEADER, new byte[] { 99 });
		assertCopiedAsCorrupt(mode);
	}

	@ParameterizedTest
	@EnumSource(VerificationMode.class)
	void copiesDatabaseWhoseFormatIsUnknown(VerificationMode mode) {
		TestDatabase.overwrite(this.database, SCHEMA_FORMAT, new byte[] { 0, 0, 0, 99 });
		assertCopiedAsCorrupt(mode);
	}

	@ParameterizedTest
	@EnumSource(VerificationMode.class)
	void copiesDatabaseWhoseFreelistIsDamaged(VerificationMode mode) {
		TestDatabase.execute(this.database, "CREATE TABLE old AS SELECT * FROM item", "DROP TABLE old");
		TestDatabase.overwrite(this.database, FREELIST_TRUNK, new byte[] { 0, 0, 0, 2 });
		BackupResult.Created created = backup(mode);
		assertThat(created.verification().status()).isEqualTo((mode != VerificationMode.NONE) ? "corrupt" : "none");
	}

	@ParameterizedTest
	@EnumSource(VerificationMode.class)
	void copiesWhatIsLeftOfTruncatedDatabase(VerificationMode mode) {
		int pages = 10;
		TestDatabase.truncate(this.database, pages * PAGE_SIZE);
		Snapshot snapshot = assertCopiedAsCorrupt(mode);
		assertThat(snapshot.size()).isEqualTo(pages * PAGE_SIZE);
	}

	@ParameterizedTest
	@EnumSource(VerificationMode.class)
	void copiesDatabaseWhoseSchemaCannotBeRead(VerificationMode mode) {
		TestDatabase.execute(this.database, "PRAGMA writable_schema = ON",
				"UPDATE sqlite_schema SET sql = 'CREATE TABLE item (' WHERE name = 'item'");
		assertCopiedAsCorrupt(mode);
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE", "WAL" })
	void findsThatPartOfLastPageIsMissing(String journalMode) throws Exception {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = " + journalMode);
		long size = Files.size(this.database);
		TestDatabase.truncate(this.database, size - 1);
		Path link = Files.createSymbolicLink(this.database.resolveSibling("link.db"), this.database);
		for (Path database : List.of(this.database, link)) {
			assertThat(BackupServices.backup(BackupServices.service(database), "x").verification())
				.isEqualTo(new Verification.Corrupt(List.of("it has " + (size - 1) + " bytes instead of " + size)));
		}
	}

	@Test
	void pagesThatAreOnlyInWriteAheadLogAreNotMissing() throws Exception {
		TestDatabase.execute(this.database, "PRAGMA journal_mode = WAL");
		Path link = Files.createSymbolicLink(this.database.resolveSibling("link.db"), this.database);
		try (Connection application = TestDatabase.open(this.database);
				Statement statement = application.createStatement()) {
			statement.execute("CREATE TABLE big (content BLOB)");
			statement.execute("INSERT INTO big VALUES (randomblob(100000))");
			assertThat(BackupServices.backup(BackupServices.service(link), "x").verification())
				.isInstanceOf(Verification.Sound.class);
		}
	}

	@Test
	void refusesDatabaseWhoseHeaderIsGone() {
		TestDatabase.overwrite(this.database, 0, new byte[16]);
		assertThatExceptionOfType(NotADatabaseException.class)
			.isThrownBy(() -> BackupServices.service(this.database).backup("x"))
			.withMessageContaining(this.database.toString())
			.extracting(BackupException::getAction)
			.asString()
			.contains("restore a snapshot");
	}

	private Snapshot assertCopiedAsCorrupt(VerificationMode mode) {
		BackupResult.Created created = backup(mode);
		assertThat(created.verification()).isInstanceOf(Verification.Corrupt.class);
		assertThat(created.verification().summary()).startsWith("CORRUPT: ");
		return created.snapshot();
	}

	private BackupResult.Created backup(VerificationMode mode) {
		return BackupServices
			.backup(BackupServices.service(SqliteDatabase.of(this.database), BackupServices.settings(null, mode)), "x");
	}

}
