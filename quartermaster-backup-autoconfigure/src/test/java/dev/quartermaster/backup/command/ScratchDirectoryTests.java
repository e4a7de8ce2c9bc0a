/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScratchDirectory}, among others in the same place.
 */
class ScratchDirectoryTests {

	private static final String PREFIX = "quartermaster-rehearsal-";

	@TempDir
	private Path elsewhere;

	private final Path place = Path.of(System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir")));

	private final Path other = this.place.resolve(PREFIX + "of-another-" + System.nanoTime());

	@AfterEach
	void removeWhatIsLeft() {
		ScratchDirectory.remove(this.other);
	}

	@Test
	void whatWasLeftLongAgoIsRemoved() throws IOException {
		leave(Files.createDirectory(this.other), Duration.ofHours(25));
		try (ScratchDirectory scratch = ScratchDirectory.create()) {
			assertThat(scratch.path()).isEmptyDirectory();
			assertThat(this.other).doesNotExist();
		}
	}

	@Test
	void rehearsalThatMayGoOnKeepsItsDirectory() throws IOException {
		leave(Files.createDirectory(this.other), Duration.ofHours(23));
		create();
		assertThat(this.other.resolve("work/library")).exists();
	}

	@Test
	void fileThatIsNoDirectoryIsNotRemoved() throws IOException {
		Files.createFile(this.other);
		Files.setLastModifiedTime(this.other, ago(Duration.ofDays(9)));
		create();
		assertThat(this.other).exists();
	}

	@Test
	void whatLinksLeadToIsNotRemoved() throws IOException {
		leave(this.elsewhere, Duration.ofDays(9));
		Files.createSymbolicLink(Files.createDirectory(this.other).resolve("link"), this.elsewhere);
		Files.setLastModifiedTime(this.other, ago(Duration.ofDays(9)));
		create();
		assertThat(this.other).doesNotExist();
		assertThat(this.elsewhere.resolve("work/library")).exists();
		Files.createSymbolicLink(this.other, this.elsewhere);
		create();
		assertThat(this.elsewhere.resolve("work/library")).exists();
	}

	@Test
	void isRemovedWithAllThatIsInIt() throws IOException {
		Path path;
		try (ScratchDirectory scratch = ScratchDirectory.create()) {
			path = scratch.path();
			Files.createDirectories(path.resolve("a/b"));
			assertThat(scratch.argumentFile("-Da=b")).hasContent("-Da=b").hasParentRaw(path);
		}
		assertThat(path).doesNotExist();
	}

	private static void create() {
		try (ScratchDirectory scratch = ScratchDirectory.create()) {
			assertThat(scratch.path()).isDirectory();
		}
	}

	private static void leave(Path directory, Duration age) throws IOException {
		Files.createFile(Files.createDirectory(directory.resolve("work")).resolve("library"));
		Files.setLastModifiedTime(directory, ago(age));
	}

	private static FileTime ago(Duration age) {
		return FileTime.from(Instant.now().minus(age));
	}

}
