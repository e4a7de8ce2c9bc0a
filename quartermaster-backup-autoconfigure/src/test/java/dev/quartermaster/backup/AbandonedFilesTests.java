/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

import dev.quartermaster.backup.support.BackupDirectory;
import dev.quartermaster.backup.support.JavaProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AbandonedFiles}.
 */
class AbandonedFilesTests {

	@TempDir
	private Path directory;

	@Test
	void areNotThoseOfProcessThatLives() throws Exception {
		Process holder = JavaProcess.start(PartialFileHolder.class, this.directory.toString());
		try {
			assertThat(holder.getInputStream().read()).isEqualTo('.');
			List<Path> before = BackupDirectory.everything(this.directory);
			assertThat(before).hasSize(2);
			AbandonedFiles.removeFrom(this.directory);
			assertThat(BackupDirectory.everything(this.directory)).isEqualTo(before);
		}
		finally {
			holder.destroyForcibly().waitFor();
		}
	}

	@Test
	void areRemovedWhenTheirProcessWasKilled() throws Exception {
		Process holder = JavaProcess.start(PartialFileHolder.class, this.directory.toString());
		assertThat(holder.getInputStream().read()).isEqualTo('.');
		holder.destroyForcibly().waitFor();
		Path partial = BackupDirectory.everything(this.directory)
			.stream()
			.filter((file) -> file.toString().endsWith(".partial"))
			.findFirst()
			.orElseThrow();
		for (String companion : List.of("-journal", "-wal", "-shm")) {
			Files.createFile(partial.resolveSibling(partial.getFileName() + companion));
		}
		AbandonedFiles.removeFrom(this.directory);
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void areNotThoseOfThisProcess() throws IOException {
		try (PartialFile partial = PartialFile.create(this.directory, this.directory)) {
			AbandonedFiles.removeFrom(this.directory);
			assertThat(partial.path()).exists();
		}
	}

	@Test
	void areRemovedWithoutLockOnlyWhenOld() throws IOException {
		Path recent = Files.createFile(this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".partial"));
		Path old = Files.createFile(this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".partial"));
		Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
		AbandonedFiles.removeFrom(this.directory);
		assertThat(BackupDirectory.everything(this.directory)).containsExactly(recent);
	}

	@Test
	void areLeftToThreadThatIsRemovingThem() throws IOException {
		Path lock = this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".lock");
		try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
			channel.lock();
			AbandonedFiles.removeFrom(this.directory);
			assertThat(lock).exists();
		}
	}

	@Test
	void doNotKeepFromBackingUpWhenTheyCannotBeRemoved() throws IOException {
		Path other = Files.createFile(this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".lock"));
		Path stubborn = this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".lock");
		Files.createDirectories(stubborn.resolve("not empty"));
		AbandonedFiles.removeFrom(this.directory);
		assertThat(other).doesNotExist();
		assertThat(stubborn).exists();
	}

	@Test
	void areNoFilesOfOthers() throws IOException {
		for (String name : List.of("notes.txt", ".quartermaster-publish.lock", ".quartermaster-1-1-x.partial",
				"app-20260101-000000-x.db", ".quartermaster-secret")) {
			Path file = Files.createFile(this.directory.resolve(name));
			Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
		}
		AbandonedFiles.removeFrom(this.directory);
		assertThat(BackupDirectory.everything(this.directory)).hasSize(5);
	}

	@Test
	void areClaimsOfNamesThatAreOldAndEmpty() throws IOException {
		Path old = Files.createFile(claim("old"));
		Path recent = Files.createFile(claim("recent"));
		Path notEmpty = Files.writeString(claim("not empty"), "somebody's");
		for (Path file : List.of(old, notEmpty)) {
			Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
		}
		AbandonedFiles.removeFrom(this.directory);
		assertThat(BackupDirectory.everything(this.directory)).containsExactlyInAnyOrder(recent, notEmpty);
	}

	private Path claim(String snapshot) {
		return NameClaim.fileFor(this.directory.resolve(snapshot));
	}

	@Test
	void areRemovedWhenTheirProcessWasKilledBeforeItHadTheLock() throws IOException {
		Files.createFile(this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".new"));
		AbandonedFiles.removeFrom(this.directory);
		assertThat(this.directory).isEmptyDirectory();
	}

}
