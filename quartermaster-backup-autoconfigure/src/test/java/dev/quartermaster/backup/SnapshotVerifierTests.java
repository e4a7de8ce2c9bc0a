/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SnapshotVerifier}.
 */
class SnapshotVerifierTests {

	private static final int PAGE_SIZE = 4096;

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
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD)).isEqualTo(
				new Verification.Corrupt(List.of("it has " + (size - 1) + " bytes where " + size + " were expected")));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	void saysThatThereIsNothingInIt(int bytes) throws Exception {
		Path snapshot = Files.write(this.temp.resolve("app.db"), new byte[bytes]);
		assertThat(SnapshotVerifier.verify(snapshot, VerificationMode.QUICK, UNHEARD))
			.isEqualTo(new Verification.Corrupt(List.of("there is nothing in it")));
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
			.withMessageContaining("The file " + missing + " could not be read to check it")
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

	private Path create() {
		return TestDatabase.create(this.temp.resolve("app.db"), ROWS);
	}

}
