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
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
