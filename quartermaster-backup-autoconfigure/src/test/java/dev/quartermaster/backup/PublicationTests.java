/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;

import dev.quartermaster.backup.support.RecordedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link Publication}.
 */
class PublicationTests {

	private static final SnapshotName NAME = SnapshotName.of("app", LocalDateTime.of(2026, 4, 17, 11, 57, 19),
			SnapshotReason.of("x"));

	@TempDir
	private Path directory;

	@RegisterExtension
	private final RecordedLog log = new RecordedLog();

	/**
	 * There is a snapshot by then, and it is whole.
	 */
	@Test
	@EnabledOnOs(OS.LINUX)
	void warnsWhereNamesCannotBeFlushed() {
		Path unflushable = Path.of("/proc");
		assertThatIOException().isThrownBy(() -> DurableFiles.flush(unflushable));
		Publication.flushNames(unflushable, unflushable.resolve(NAME.toString()));
		assertThat(this.log.ours()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("/proc/" + NAME,
					"could not be flushed", "is complete"));
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void renamesWhatCannotBeLinked() throws IOException {
		try (PartialFile partial = stageWhatCannotBeLinked()) {
			assertThat(publication().publish(partial)).isEqualTo(NAME);
			assertThat(partial.path()).doesNotExist();
		}
		assertThat(this.directory.resolve(NAME.toString()).resolve("content")).exists();
		assertThat(this.directory).isDirectoryNotContaining("glob:**/.*");
	}

	/**
	 * Nobody can tell whether the other is about to rename.
	 */
	@Test
	@EnabledOnOs(OS.LINUX)
	void leavesNameToWhoeverClaimedIt() throws IOException {
		Path claim = Files.createFile(NameClaim.fileFor(this.directory.resolve(NAME.toString())));
		try (PartialFile partial = stageWhatCannotBeLinked()) {
			assertThat(publication().publish(partial)).isEqualTo(NAME.attempt(2));
		}
		assertThat(claim).exists();
	}

	@Test
	void takesNextNameWhenOneIsTakenByWhateverItIs() throws IOException {
		Path taken = Files.writeString(this.directory.resolve(NAME.toString()), "somebody's");
		Path alsoTaken = Files.createDirectory(this.directory.resolve(NAME.attempt(2).toString()));
		try (PartialFile partial = PartialFile.create(this.directory, this.directory)) {
			Files.writeString(partial.path(), "a snapshot");
			assertThat(publication().publish(partial)).isEqualTo(NAME.attempt(3));
		}
		assertThat(taken).hasContent("somebody's");
		assertThat(alsoTaken).isEmptyDirectory();
		assertThat(this.directory.resolve(NAME.attempt(3).toString())).hasContent("a snapshot");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void manifestWhoseSnapshotDidNotGetItsNameGoesWithTheNextName(boolean linked) throws IOException {
		Path hidden = this.directory.resolve("hidden");
		Path first = this.directory.resolve(NAME.toString());
		Path second = this.directory.resolve(NAME.attempt(2).toString());
		StagedManifest manifest = StagedManifest.write(hidden, "{}", this.directory);
		assertThat(manifest.giveName(first)).isTrue();
		assertThat(SnapshotName.manifestOf(first)).hasContent("{}");
		if (!linked) {
			Files.delete(hidden);
		}
		manifest.withdraw();
		assertThat(this.directory).isDirectoryNotContaining((file) -> !file.equals(hidden));
		assertThat(manifest.giveName(second)).isTrue();
		assertThat(SnapshotName.manifestOf(second)).hasContent("{}");
	}

	@Test
	void manifestThatWasGivenUpLeavesNothingAndIsNotGivenUpTwice() throws IOException {
		Path snapshot = this.directory.resolve(NAME.toString());
		StagedManifest manifest = StagedManifest.write(this.directory.resolve("hidden"), "{}", this.directory);
		assertThat(manifest.giveName(snapshot)).isTrue();
		assertThat(manifest.giveUp(new IOException("no room"))).isTrue();
		assertThat(this.directory).isEmptyDirectory();
		assertThat(manifest.giveUp(new IOException("no room"))).isFalse();
		manifest.warnIfMissing(snapshot);
		assertThat(this.log.warnings()).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("is complete, but its manifest",
					"(no room)"));
	}

	/**
	 * Of all that there is only a directory can be renamed but not linked everywhere; on
	 * some file systems that is so for files as well.
	 */
	private PartialFile stageWhatCannotBeLinked() throws IOException {
		PartialFile partial = PartialFile.create(this.directory, this.directory);
		Files.delete(partial.path());
		Files.createDirectories(partial.path().resolve("content"));
		return partial;
	}

	private Publication publication() {
		return new Publication(this.directory, NAME, () -> 1, () -> StagedManifest.NONE);
	}

}
