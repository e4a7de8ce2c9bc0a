/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VerifiedSnapshot}.
 */
class VerifiedSnapshotTests {

	@TempDir
	private Path temp;

	private SqliteBackupService service;

	private Snapshot snapshot;

	@BeforeEach
	void takeSnapshot() {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 3);
		this.service = BackupServices.service(database);
		this.snapshot = BackupServices.backup(this.service, "x").snapshot();
	}

	@Test
	void isSoundIfItIsAsItWasTaken() {
		assertThat(verify()).isEqualTo(new Verification.Sound(VerificationMode.QUICK));
	}

	@Test
	void differsFromItsManifestIfItChangedThoughItIsSoundDatabaseOfThatSize() {
		TestDatabase.execute(this.snapshot.file(), "UPDATE item SET name = 'item X' WHERE id = 1");
		assertThat(verify().status()).isEqualTo("differs");
		assertThat(verify().summary()).isEqualTo("DIFFERS FROM ITS MANIFEST: its SHA-256 is not the one in it."
				+ " Otherwise: integrity_check ok. Either the snapshot has changed since it was taken, or its manifest"
				+ " was edited");
	}

	@Test
	void isNotCorruptBecauseSomebodyEditedItsManifest() throws IOException {
		Path manifest = SnapshotName.manifestOf(this.snapshot.file());
		Files.writeString(manifest, Files.readString(manifest).replaceFirst("(\"sha256\": \")........", "$100000000"));
		assertThat(verify()).isInstanceOf(Verification.Differs.class);
		VerifiedSnapshot.told(this.snapshot, verify());
		assertThat(manifest().orElseThrow().corruptSeenAt()).isNull();
	}

	@Test
	void isCorruptIfItDiffersInWhatFullCheckSees() {
		TestDatabase.execute(this.service.database(), "CREATE INDEX item_name ON item (name)");
		this.snapshot = BackupServices.backup(this.service, "y").snapshot();
		TestDatabase.execute(this.snapshot.file(), "PRAGMA writable_schema = ON",
				"UPDATE sqlite_schema SET sql = 'CREATE INDEX item_name ON item (id)' WHERE name = 'item_name'");
		assertThat(verify()).isInstanceOf(Verification.Corrupt.class);
	}

	@Test
	void differsFromItsManifestIfItIsSoundDatabaseOfAnotherSize() throws IOException {
		long bytes = Files.size(this.snapshot.file());
		TestDatabase.execute(this.snapshot.file(), "CREATE TABLE more (x)");
		assertThat(verify()).isEqualTo(new Verification.Differs(
				"it has %s bytes instead of %d".formatted(Files.size(this.snapshot.file()), bytes),
				new Verification.Sound(VerificationMode.FULL)));
	}

	@Test
	void withoutManifestGetsOneOnceSomebodyWasToldThatItIsCorrupt() throws IOException {
		Path manifest = SnapshotName.manifestOf(this.snapshot.file());
		for (String foreign : List.of("somebody's", "{}", "x".repeat(SnapshotManifest.MAX_BYTES + 1))) {
			Files.writeString(manifest, foreign);
			VerifiedSnapshot.told(this.snapshot, new Verification.Corrupt(List.of("damaged")));
			assertThat(manifest).hasContent(foreign);
		}
		for (String missing : List.of("", SnapshotManifest.BEGINNING)) {
			Files.writeString(manifest, missing);
			if (missing.isEmpty()) {
				Files.delete(manifest);
			}
			VerifiedSnapshot.told(this.snapshot, new Verification.Sound(VerificationMode.FULL));
			assertThat(manifest()).isEmpty();
			VerifiedSnapshot.told(this.snapshot, new Verification.Corrupt(List.of("damaged")));
			assertThat(manifest().orElseThrow().corruptSeenAt()).isNotNull();
			assertThat(manifest().orElseThrow().verification().outcome()).isEqualTo("corrupt");
			VerifiedSnapshot.told(this.snapshot, new Verification.Sound(VerificationMode.FULL));
			// The one that says that it is sound would say that it has no schema version.
			assertThat(manifest()).isEmpty();
		}
		assertThat(BackupDirectory.leftovers(this.temp.resolve("backups"))).isEmpty();
	}

	@Test
	void isCheckedInFullOnceItWasFoundCorrupt() {
		VerifiedSnapshot.told(this.snapshot, new Verification.Corrupt(List.of("by a full check")));
		assertThat(verify()).isEqualTo(new Verification.Sound(VerificationMode.FULL));
		VerifiedSnapshot.told(this.snapshot, verify());
		assertThat(verify()).isEqualTo(new Verification.Sound(VerificationMode.QUICK));
	}

	@Test
	void isNotCorruptForWantOfManifest() throws IOException {
		Path manifest = SnapshotName.manifestOf(this.snapshot.file());
		Files.writeString(manifest, "{");
		assertThat(verify()).isInstanceOf(Verification.Sound.class);
		Files.delete(manifest);
		assertThat(verify()).isInstanceOf(Verification.Sound.class);
	}

	@Test
	void thatIsCorruptIsKnownToBeSoOnceSomebodyWasTold() {
		SnapshotManifest before = manifest().orElseThrow();
		TestDatabase.overwrite(this.snapshot.file(), 4096, new byte[100]);
		Verification verification = verify();
		assertThat(manifest()).contains(before);
		VerifiedSnapshot.told(this.snapshot, verification);
		SnapshotManifest after = manifest().orElseThrow();
		assertThat(after.corruptSeenAt()).isNotNull();
		assertThat(after.isSound()).isFalse();
		assertThat(after.withCorruptSeenAt(null)).isEqualTo(before);
		VerifiedSnapshot.told(this.snapshot, verification);
		assertThat(manifest()).as("when it was told first").contains(after);
		assertThat(BackupDirectory.leftovers(this.temp.resolve("backups"))).isEmpty();
		VerifiedSnapshot.told(this.snapshot, new Verification.Unverifiable("unreadable", List.of()));
		assertThat(manifest()).contains(after);
		VerifiedSnapshot.told(this.snapshot, new Verification.Sound(VerificationMode.QUICK));
		assertThat(manifest()).as("found by a full check, which a quick one does not take back").contains(after);
		VerifiedSnapshot.told(this.snapshot, new Verification.Sound(VerificationMode.FULL));
		assertThat(manifest()).as("read badly the first time").contains(before);
	}

	private Verification verify() {
		return this.service.verify(this.snapshot.file(), VerificationMode.QUICK);
	}

	private Optional<SnapshotManifest> manifest() {
		return SnapshotManifests.find(this.snapshot);
	}

}
