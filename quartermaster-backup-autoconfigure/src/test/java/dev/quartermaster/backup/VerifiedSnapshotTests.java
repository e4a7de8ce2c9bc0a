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
	void isCorruptIfItChangedThoughItIsSoundDatabaseOfThatSize() {
		TestDatabase.execute(this.snapshot.file(), "UPDATE item SET name = 'item X' WHERE id = 1");
		assertThat(verify()).isInstanceOf(Verification.Corrupt.class)
			.extracting(Verification::summary)
			.isEqualTo("CORRUPT: changed since it was taken: its SHA-256 is not the one in its manifest");
	}

	@Test
	void isCorruptIfItIsSoundDatabaseOfAnotherSize() throws IOException {
		long bytes = Files.size(this.snapshot.file());
		TestDatabase.execute(this.snapshot.file(), "CREATE TABLE more (x)");
		assertThat(verify().summary()).isEqualTo("CORRUPT: changed since it was taken: it has %s bytes instead of %d"
			.formatted(Files.size(this.snapshot.file()), bytes));
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
