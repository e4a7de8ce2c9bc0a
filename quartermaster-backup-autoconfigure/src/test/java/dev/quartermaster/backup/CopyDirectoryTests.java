/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.support.BackupServices;
import dev.quartermaster.backup.support.Programs;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CopyDirectory}.
 */
class CopyDirectoryTests {

	@TempDir
	private Path temp;

	private Path place;

	private CopyDirectory directory;

	private SnapshotToCopy snapshot;

	@BeforeEach
	void takeSnapshot() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("app.db"), 10);
		this.snapshot = SnapshotToCopy
			.of(BackupServices.backup(BackupServices.service(database), "smoke test").snapshot())
			.orElseThrow();
		this.place = Files.createDirectory(this.temp.resolve("nas"));
		this.directory = new CopyDirectory(this.place);
		this.directory.open(false, List.of());
	}

	@Test
	void nothingIsCopiedOnceItsDiskIsNotMountedAnyMore() throws IOException {
		Files.delete(this.place.resolve(CopyDirectory.MARKER));
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> this.directory.copy(this.snapshot, null, false))
			.withMessageContaining("does not have the file " + CopyDirectory.MARKER);
		assertThat(this.place).isEmptyDirectory();
	}

	@Test
	void fileThatSomebodyCopiedWithoutItsManifestGetsThat() throws IOException {
		Path copy = this.place.resolve(this.snapshot.name());
		Files.copy(this.snapshot.snapshot().file(), copy);
		assertThat(this.directory.copy(this.snapshot, null, false)).isFalse();
		assertThat(SnapshotManifests.find(copy).orElseThrow().sha256()).isEqualTo(this.snapshot.sha256());
	}

	@Test
	void fileOfAnotherIsNotReplaced() throws IOException {
		Path other = Files.writeString(this.place.resolve(this.snapshot.name()), "other");
		assertThatExceptionOfType(RefusedCopyException.class)
			.isThrownBy(() -> this.directory.copy(this.snapshot, null, false));
		assertThat(other).hasContent("other");
		assertThat(SnapshotName.manifestOf(other)).doesNotExist();
	}

	@Test
	void wholeSnapshotOfAnotherDatabaseIsNotTakenForTheCopy() throws IOException {
		Path database = TestDatabase.create(this.temp.resolve("another.db"), 10);
		TestDatabase.execute(database, "UPDATE item SET name = 'x'");
		Path other = BackupServices.backup(BackupServices.service(database), "smoke test").snapshot().file();
		assertThat(other).hasSize(this.snapshot.snapshot().size());
		Path copy = Files.copy(other, this.place.resolve(this.snapshot.name()));
		Files.copy(SnapshotName.manifestOf(other), SnapshotName.manifestOf(copy));
		assertThatExceptionOfType(RefusedCopyException.class)
			.isThrownBy(() -> this.directory.copy(this.snapshot, null, false));
		assertThat(copy).hasSameBinaryContentAs(other);
	}

	@Test
	void copyIsOnlyAsSoundAsItsSnapshotIsKnownToBe() throws IOException {
		Path file = this.snapshot.snapshot().file();
		Path manifest = SnapshotName.manifestOf(file);
		String json = Files.readString(manifest).strip();
		assertThat(this.snapshot.outcome()).isEqualTo("sound");
		Files.writeString(manifest,
				json.substring(0, json.length() - 1) + ", \"corruptSeenAt\": \"2026-04-17T11:57:19Z\"}");
		assertThat(SnapshotToCopy.of(this.snapshot.snapshot()).orElseThrow().outcome()).isEqualTo("corrupt");
		Files.delete(manifest);
		assertThat(SnapshotToCopy.of(this.snapshot.snapshot()).orElseThrow().outcome()).isEqualTo("none");
		assertThat(SnapshotToCopy.of(this.snapshot.snapshot()).orElseThrow().sha256())
			.isEqualTo(this.snapshot.sha256());
	}

	@Test
	void sameContentIsSentWhereItCanGetNoSecondName() throws Exception {
		SnapshotToCopy second = SnapshotToCopy
			.of(BackupServices.backup(BackupServices.service(this.temp.resolve("app.db")), "again").snapshot())
			.orElseThrow();
		this.directory.copy(this.snapshot, null, false);
		Path first = this.place.resolve(this.snapshot.name());
		Programs.need("chattr", "+i", first.toString());
		try {
			assertThat(this.directory.copy(second, this.snapshot.name(), false)).isTrue();
		}
		finally {
			Programs.run("chattr", "-i", first.toString());
		}
		assertThat(this.place.resolve(second.name())).hasSameBinaryContentAs(first);
		assertThat(Files.getAttribute(first, "unix:nlink")).isEqualTo(1);
		assertThat(this.directory.sha256Of(second.name())).hasValue(second.sha256());
	}

	// The first is as long as the snapshot.
	@ParameterizedTest
	@ValueSource(ints = { 10, 1000 })
	void fileThatGotTheNameMeanwhileIsNotTakenForTheCopyNorTouched(int rows) {
		Path other = this.place.resolve(this.snapshot.name());
		DirectoryCopy copy = new DirectoryCopy(this.place, this.snapshot, () -> {
			TestDatabase.create(other, rows);
			TestDatabase.execute(other, "UPDATE item SET name = 'x'");
		});
		for (int attempt = 0; attempt < 2; attempt++) {
			assertThatExceptionOfType(RefusedCopyException.class).isThrownBy(() -> copy.make(null, false))
				.withMessageContaining(other.toString());
			assertThat(TestDatabase.items(other)).hasSize(rows);
			assertThat(SnapshotName.manifestOf(other)).doesNotExist();
		}
		assertThat(TestDatabase.bytes(other).length == this.snapshot.snapshot().size()).isEqualTo(rows == 10);
	}

	@Test
	void copyThatAnotherProcessMadeMeanwhileIsAsGood() throws IOException {
		DirectoryCopy copy = new DirectoryCopy(this.place, this.snapshot,
				() -> this.directory.copy(this.snapshot, null, false));
		assertThat(copy.make(null, false)).isFalse();
		assertThat(this.directory.sha256Of(this.snapshot.name())).hasValue(this.snapshot.sha256());
	}

	@Test
	void manifestOfAnotherIsNotReplaced() throws IOException {
		Path copy = this.place.resolve(this.snapshot.name());
		Path other = Files.writeString(SnapshotName.manifestOf(copy), "{}");
		assertThatExceptionOfType(RefusedCopyException.class)
			.isThrownBy(() -> this.directory.copy(this.snapshot, null, false))
			.withMessageContaining(other.toString());
		assertThat(other).hasContent("{}");
		assertThat(copy).doesNotExist();
	}

	@Test
	void copyIsThereWithItsSizeAndItsManifestOnly() throws IOException {
		String name = this.snapshot.name();
		long bytes = this.snapshot.snapshot().size();
		assertThat(this.directory.has(name, bytes, this.snapshot.sha256())).isFalse();
		assertThat(this.directory.sha256Of(name)).isEmpty();
		assertThat(this.directory.copy(this.snapshot, null, false)).isTrue();
		assertThat(this.directory.has(name, bytes, this.snapshot.sha256())).isTrue();
		assertThat(this.directory.sha256Of(name)).hasValue(this.snapshot.sha256());
		assertThat(this.directory.has(name, bytes + 1, this.snapshot.sha256())).isFalse();
		assertThat(this.directory.has(name, bytes, "0".repeat(64))).isFalse();
		assertThat(this.directory.copy(this.snapshot, null, true)).isFalse();
		Files.delete(SnapshotName.manifestOf(this.place.resolve(name)));
		assertThat(this.directory.has(name, bytes, this.snapshot.sha256())).isFalse();
		assertThat(this.directory.sha256Of(name)).isEmpty();
	}

	@Test
	void snapshotThatWasRemovedBeforeItWasCopiedIsSaidAndLeavesNothing() throws IOException {
		Files.delete(this.snapshot.snapshot().file());
		assertThatExceptionOfType(BackupException.class)
			.isThrownBy(() -> this.directory.copy(this.snapshot, null, false))
			.withMessageContaining("was removed before it was copied");
		assertThat(this.place).isDirectoryNotContaining((file) -> !file.endsWith(CopyDirectory.MARKER));
	}

	@Test
	void directoryThatGotCopiesIsNotMadeAgain() throws IOException {
		Files.delete(this.place.resolve(CopyDirectory.MARKER));
		Files.delete(this.place);
		assertThatExceptionOfType(BackupException.class).isThrownBy(() -> this.directory.open(true, List.of()))
			.withMessageContaining("does not exist, although it got copies before");
		assertThat(this.place).doesNotExist();
	}

}
