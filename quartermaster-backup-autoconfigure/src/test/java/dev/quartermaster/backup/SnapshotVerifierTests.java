/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SnapshotVerifier}.
 */
class SnapshotVerifierTests {

	private static final int PAGE_SIZE = 4096;

	private static final int FREELIST_TRUNK = 32;

	private static final int ROWS = 2000;

	private static final Progress UNHEARD = (bytes, totalBytes) -> {
	};

	@TempDir
	private Path temp;

	@ParameterizedTest
	@EnumSource(value = VerificationMode.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
	void findsIntactSnapshotSound(VerificationMode mode) {
		assertThat(SnapshotVerifier.verify(create(), mode, UNHEARD)).isEqualTo(new Verification.Sound(mode));
	}

	@Test
	void looksAtNothingWhenNotAskedTo() {
		assertThat(SnapshotVerifier.verify(this.temp.resolve("missing.db"), VerificationMode.NONE, UNHEARD))
			.isEqualTo(new Verification.Skipped())
			.extracting(Verification::summary)
			.isEqualTo("complete, not checked");
	}

	@Test
	void saysThatEndIsMissing() throws Exception {
		Path snapshot = create();
		long size = Files.size(snapshot);
		TestDatabase.truncate(snapshot, size - 1);
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD))
			.isEqualTo(new Verification.Corrupt(List.of("it has " + (size - 1) + " bytes instead of " + size)));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	void saysThatThereIsNothingInIt(int bytes) throws Exception {
		Path snapshot = Files.write(this.temp.resolve("app.db"), new byte[bytes]);
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD))
			.isEqualTo(new Verification.Corrupt(List.of("it contains no data")));
	}

	@Test
	void findsWhatIsNoDatabaseCorrupt() throws Exception {
		Path snapshot = Files.writeString(this.temp.resolve("app.db"), "Dear diary, ".repeat(1000));
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD))
			.isInstanceOf(Verification.Corrupt.class);
	}

	@Test
	void failsWhenFileCannotBeRead() {
		Path missing = this.temp.resolve("missing.db");
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> SnapshotVerifier.verify(missing, VerificationMode.QUICK, UNHEARD))
			.withMessageContaining("The file " + missing + " could not be checked, because it cannot be opened")
			.withMessageContaining("says nothing about the database");
		assertThat(this.temp).isEmptyDirectory();
	}

	@Test
	void givesOnlyFirstFewFindingsAndNoHeadline() throws Exception {
		Path snapshot = create();
		for (long page = 2; page < Files.size(snapshot) / PAGE_SIZE; page++) {
			TestDatabase.overwrite(snapshot, page * PAGE_SIZE, new byte[] { 99, 99, 99, 99, 99, 99, 99, 99 });
		}
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD))
			.isInstanceOfSatisfying(Verification.Corrupt.class, (corrupt) -> {
				assertThat(corrupt.findings()).hasSizeBetween(2, 5);
				assertThat(corrupt.findings()).allSatisfy((finding) -> assertThat(finding).contains("age "))
					.noneSatisfy((finding) -> assertThat(finding).startsWith("***"));
			});
	}

	@Test
	void findsIndexThatDisagreesWithTableOnlyWhenThorough() {
		Path snapshot = create();
		TestDatabase.execute(snapshot, "CREATE INDEX item_name ON item (name)", "PRAGMA writable_schema = ON",
				"UPDATE sqlite_schema SET sql = 'CREATE INDEX item_name ON item (id)' WHERE name = 'item_name'");
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD))
			.isInstanceOf(Verification.Sound.class);
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.FULL, UNHEARD))
			.isInstanceOf(Verification.Corrupt.class);
	}

	@ParameterizedTest
	@CsvSource({ "VIEW, NONE, QUICK", "VIEW, NONE, FULL", "VIEW, INCREMENTAL, QUICK", "VIRTUAL TABLE, NONE, QUICK",
			"VIRTUAL TABLE, INCREMENTAL, FULL" })
	void findsFreePageThatIsInUseWhateverComesFirstInSchema(String first, String autoVacuum, VerificationMode mode)
			throws IOException {
		Path snapshot = createWithFreePages(first, "auto_vacuum = " + autoVacuum);
		assertThat(SnapshotVerifier.verify(snapshot, mode, UNHEARD)).isEqualTo(new Verification.Sound(mode));
		assertThat(TestDatabase.check(snapshot)).containsExactly("ok");
		int inUse = Integer
			.parseInt(TestDatabase.query(snapshot, "SELECT max(pageno) FROM dbstat WHERE pagetype = 'leaf'").get(0));
		long firstTrunk = header(snapshot).getInt(FREELIST_TRUNK);
		TestDatabase.overwrite(snapshot, (firstTrunk - 1) * PAGE_SIZE + 8, bytes(inUse));
		// The reason for all this: SQLite itself does not mind.
		assertThat(TestDatabase.check(snapshot)).containsExactly("ok");
		assertThat(SnapshotVerifier.verify(snapshot, mode, UNHEARD)).isInstanceOfSatisfying(Verification.Corrupt.class,
				(corrupt) -> assertThat(corrupt.findings()).startsWith("Page " + inUse + ": used twice")
					.anyMatch((finding) -> finding.endsWith("never used")));
	}

	@ParameterizedTest
	@ValueSource(ints = { 32, 36 })
	void findsFreelistThatIsNotAsItsHeaderSays(int header) {
		Path snapshot = createWithFreePages("VIEW");
		TestDatabase.overwrite(snapshot, header, bytes(0));
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD)).isInstanceOfSatisfying(
				Verification.Corrupt.class,
				(corrupt) -> assertThat(corrupt.findings().get(0)).startsWith("Freelist: "));
	}

	@Test
	void findsFreelistThatGoesInCircles() throws IOException {
		Path snapshot = createWithFreePages("VIEW");
		int trunk = header(snapshot).getInt(FREELIST_TRUNK);
		TestDatabase.overwrite(snapshot, (trunk - 1L) * PAGE_SIZE, bytes(trunk));
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD)).isInstanceOfSatisfying(
				Verification.Corrupt.class,
				(corrupt) -> assertThat(corrupt.findings()).containsExactly("Page " + trunk + ": used twice"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "SELECT rootpage FROM sqlite_schema WHERE name = 'item'", "SELECT 0" })
	void findsPointerMapThatIsWrong(String page) throws IOException {
		Path snapshot = createWithFreePages("VIEW", "auto_vacuum = INCREMENTAL");
		int wrong = Integer.parseInt(TestDatabase.query(snapshot, page).get(0));
		if (wrong == 0) {
			wrong = header(snapshot).getInt(FREELIST_TRUNK);
		}
		TestDatabase.overwrite(snapshot, PAGE_SIZE + (wrong - 3) * 5L, (byte) 99);
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD)).isEqualTo(
				new Verification.Corrupt(List.of("Page " + wrong + ": wrong entry in the pointer map on page 2")));
	}

	@ParameterizedTest
	@CsvSource({ "512, NONE", "512, FULL", "512, INCREMENTAL", "1024, FULL", "8192, NONE", "65536, INCREMENTAL" })
	void accountsForEveryPageOfAnySize(int pageSize, String autoVacuum) {
		Path snapshot = createWithFreePages("VIEW", "page_size = " + pageSize, "auto_vacuum = " + autoVacuum);
		TestDatabase.execute(snapshot, "CREATE TABLE big (name TEXT PRIMARY KEY, content BLOB) WITHOUT ROWID",
				"INSERT INTO big SELECT name, randomblob(id * 100) FROM item LIMIT 100",
				"DELETE FROM item WHERE id % 50 > 3", "CREATE VIEW very_last AS SELECT * FROM item");
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD))
			.isEqualTo(new Verification.Sound(VerificationMode.QUICK));
	}

	@ParameterizedTest
	@EnumSource(value = VerificationMode.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
	void namesTablesThatCannotBeChecked(VerificationMode mode) {
		Path snapshot = createWithOwnCollation();
		assertThat(SnapshotVerifier.verify(snapshot, mode, UNHEARD))
			.isEqualTo(new Verification.Unverifiable("no such collation sequence: BACKWARDS", List.of("item")))
			.extracting(Verification::summary)
			.isEqualTo("cannot be verified here: the table item (no such collation sequence: BACKWARDS),"
					+ " everything else is sound");
	}

	@Test
	void tellsWhatIsBrokenFromWhatOnlyTheApplicationHas() {
		Path snapshot = createWithOwnCollation();
		TestDatabase.execute(snapshot, "CREATE VIRTUAL TABLE own USING fts5(body)", "PRAGMA writable_schema = ON",
				"UPDATE sqlite_schema SET sql = 'CREATE VIRTUAL TABLE own USING fts5(body, tokenize = mine)'"
						+ " WHERE name = 'own'");
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD)).isInstanceOfSatisfying(
				Verification.Unverifiable.class,
				(verification) -> assertThat(verification.needsApplication()).as(verification.summary()).isTrue());
		TestDatabase.execute(snapshot, "CREATE VIRTUAL TABLE text USING fts5(body)",
				"UPDATE text_config SET v = 99 WHERE k = 'version'");
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD))
			.isInstanceOfSatisfying(Verification.Unverifiable.class, (verification) -> {
				assertThat(verification.needsApplication()).as(verification.summary()).isFalse();
				assertThat(verification.why()).contains("invalid fts5 file format");
				assertThat(verification.unchecked()).contains("item", "text");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "other", "it's", "5", "item" })
	void findsDamageAlthoughOneTableCannotBeChecked(String table) {
		Path snapshot = createWithOwnCollation();
		long root = Long.parseLong(TestDatabase
			.query(snapshot, "SELECT rootpage FROM sqlite_schema WHERE name = " + SqlText.literal(table))
			.get(0));
		TestDatabase.overwrite(snapshot, (root - 1) * PAGE_SIZE, new byte[] { 99, 99, 99, 99, 99, 99, 99, 99 });
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD))
			.isInstanceOf(Verification.Corrupt.class);
	}

	@Test
	void accountsForPagesAlthoughOneTableCannotBeChecked() throws IOException {
		Path snapshot = createWithOwnCollation();
		TestDatabase.execute(snapshot, "INSERT INTO other SELECT randomblob(9000) FROM other, other",
				"DELETE FROM other");
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD))
			.isInstanceOf(Verification.Unverifiable.class);
		long trunk = header(snapshot).getInt(FREELIST_TRUNK);
		TestDatabase.overwrite(snapshot, (trunk - 1) * PAGE_SIZE + 8, bytes(2));
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD))
			.isInstanceOf(Verification.Corrupt.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "WAL", "DELETE" })
	void findsIntactLiveDatabaseSound(String journalMode) {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), ROWS, "journal_mode = " + journalMode);
		assertThat(SnapshotVerifier.verifyLive(LiveDatabase.of(database), Duration.ZERO, UNHEARD))
			.isEqualTo(new Verification.Sound(VerificationMode.QUICK));
	}

	@Test
	void findsDamagedLiveDatabaseCorrupt() {
		Path database = create();
		TestDatabase.overwrite(database, PAGE_SIZE, new byte[] { 99, 99, 99, 99, 99, 99, 99, 99 });
		assertThat(SnapshotVerifier.verifyLive(LiveDatabase.of(database), Duration.ZERO, UNHEARD))
			.isInstanceOf(Verification.Corrupt.class);
		TestDatabase.overwrite(database, 0, new byte[16]);
		assertThat(SnapshotVerifier.verifyLive(LiveDatabase.of(database), Duration.ZERO, UNHEARD))
			.isInstanceOf(Verification.Corrupt.class);
	}

	@ParameterizedTest
	@EnumSource(value = VerificationMode.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
	void tellsHowManyPagesAreCheckedAndThatRowsFollow(VerificationMode mode) throws Exception {
		Path snapshot = TestDatabase.create(this.temp.resolve("app.db"), 300 * ROWS);
		long size = Files.size(snapshot);
		List<Long> told = new ArrayList<>();
		SnapshotVerifier.verify(snapshot, mode, (bytes, totalBytes) -> {
			assertThat(totalBytes).isEqualTo(size);
			told.add(bytes);
		});
		assertThat(told).isSorted().startsWith(1000L * PAGE_SIZE, 2000L * PAGE_SIZE).endsWith(size, size);
	}

	@Test
	void goesOnWhenListenerFails() {
		Path snapshot = TestDatabase.create(this.temp.resolve("app.db"), 10 * ROWS);
		List<Long> told = new ArrayList<>();
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, (bytes, totalBytes) -> {
			told.add(bytes);
			throw new IllegalStateException("on purpose");
		})).isInstanceOf(Verification.Sound.class);
		assertThat(told).isNotEmpty();
	}

	/**
	 * Make one with free pages in which SQLite comes first upon what has no root page.
	 */
	private Path createWithFreePages(String first, String... pragmas) {
		Path snapshot = TestDatabase.create(this.temp.resolve("app.db"), ROWS, pragmas);
		TestDatabase.execute(snapshot, "CREATE TABLE old AS SELECT * FROM item", "DROP TABLE old",
				"DELETE FROM item WHERE id < 300");
		if (first.equals("VIEW")) {
			TestDatabase.execute(snapshot, "CREATE VIEW last AS SELECT * FROM item");
		}
		else {
			TestDatabase.execute(snapshot, "PRAGMA writable_schema = ON",
					"INSERT INTO sqlite_schema VALUES ('table', 'last', 'last', 0,"
							+ " 'CREATE VIRTUAL TABLE last USING own_module(a)')");
		}
		return snapshot;
	}

	private Path createWithOwnCollation() {
		Path snapshot = this.temp.resolve("app.db");
		TestDatabase.createWithOwnCollation(snapshot);
		for (String table : List.of("other", "it's", "5")) {
			TestDatabase.execute(snapshot, "CREATE TABLE " + SqlText.identifier(table) + " (content)",
					"INSERT INTO " + SqlText.identifier(table) + " VALUES ('a'), ('b'), ('c')");
		}
		return snapshot;
	}

	private static ByteBuffer header(Path file) throws IOException {
		return ByteBuffer.wrap(Files.readAllBytes(file));
	}

	private static byte[] bytes(int number) {
		return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
	}

	private Path create() {
		return TestDatabase.create(this.temp.resolve("app.db"), ROWS);
	}

}
