/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import dev.quartermaster.backup.support.Campaign;
import dev.quartermaster.backup.support.JavaProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PartialFile}.
 */
class PartialFileTests {

	@TempDir
	private Path directory;

	@Test
	void leavesNothingWhenClosed() throws IOException {
		try (PartialFile partial = PartialFile.create(this.directory, this.directory)) {
			assertThat(partial.path()).isEmptyFile();
			Files.createFile(partial.path().resolveSibling(partial.path().getFileName() + "-journal"));
		}
		assertThat(files()).isEmpty();
	}

	@Test
	void isNotRemovedWhileItsProcessLives() throws Exception {
		Process holder = JavaProcess.start(Holder.class, this.directory.toString());
		try {
			assertThat(holder.getInputStream().read()).isEqualTo('.');
			List<Path> before = files();
			assertThat(before).hasSize(2);
			PartialFile.removeAbandoned(this.directory);
			assertThat(files()).isEqualTo(before);
		}
		finally {
			holder.destroyForcibly().waitFor();
		}
	}

	@Test
	void isRemovedWhenItsProcessWasKilled() throws Exception {
		Process holder = JavaProcess.start(Holder.class, this.directory.toString());
		assertThat(holder.getInputStream().read()).isEqualTo('.');
		holder.destroyForcibly().waitFor();
		Path partial = files().stream()
			.filter((file) -> file.toString().endsWith(".partial"))
			.findFirst()
			.orElseThrow();
		Files.createFile(partial.resolveSibling(partial.getFileName() + "-journal"));
		PartialFile.removeAbandoned(this.directory);
		assertThat(files()).isEmpty();
	}

	@Test
	void isNotRemovedByItsOwnProcess() throws IOException {
		try (PartialFile partial = PartialFile.create(this.directory, this.directory)) {
			PartialFile.removeAbandoned(this.directory);
			assertThat(partial.path()).exists();
		}
	}

	@Test
	void isRemovedWithoutLockOnlyWhenOld() throws IOException {
		Path recent = Files.createFile(this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".partial"));
		Path old = Files.createFile(this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".partial"));
		Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
		PartialFile.removeAbandoned(this.directory);
		assertThat(files()).containsExactly(recent);
	}

	@Test
	void isLeftToThreadThatIsRemovingIt() throws IOException {
		Path lock = this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".lock");
		try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
			channel.lock();
			PartialFile.removeAbandoned(this.directory);
			assertThat(lock).exists();
		}
	}

	@Test
	void doesNotKeepFromBackingUpWhenItCannotBeRemoved() throws IOException {
		Path other = Files.createFile(this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".lock"));
		Path stubborn = this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".lock");
		Files.createDirectories(stubborn.resolve("not empty"));
		PartialFile.removeAbandoned(this.directory);
		assertThat(other).doesNotExist();
		assertThat(stubborn).exists();
	}

	@Test
	void leavesFilesOfOthersAlone() throws IOException {
		for (String name : List.of("notes.txt", ".quartermaster-publish.lock", ".quartermaster-1-1-x.partial",
				"app-20260101-000000-x.db", ".quartermaster-secret")) {
			Path file = Files.createFile(this.directory.resolve(name));
			Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
		}
		PartialFile.removeAbandoned(this.directory);
		assertThat(files()).hasSize(5);
	}

	private List<Path> files() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.sorted().toList();
		}
	}

	@Test
	void isRemovedWhenItsProcessWasKilledBeforeItHadTheLock() throws IOException {
		Files.createFile(this.directory.resolve(".quartermaster-1-1-" + UUID.randomUUID() + ".new"));
		PartialFile.removeAbandoned(this.directory);
		assertThat(files()).isEmpty();
	}

	@Test
	void isNeverSeenUnlockedByAnotherProcess() throws Exception {
		Process prober = JavaProcess.start(Prober.class, this.directory.toString());
		try {
			assertThat(prober.getInputStream().read()).isEqualTo('.');
			for (int i = 0; i < Campaign.scale("partials", 1000); i++) {
				PartialFile.create(this.directory, this.directory).close();
			}
			assertThat(prober.isAlive()).as("has found no lock file that it could lock").isTrue();
		}
		finally {
			prober.destroyForcibly().waitFor();
		}
	}

	/**
	 * Tries to take the locks of others, and ends when it gets one.
	 */
	static final class Prober {

		public static void main(String[] args) throws Exception {
			Path directory = Path.of(args[0]);
			System.out.print('.');
			System.out.flush();
			while (!findsUnlocked(directory)) {
				Thread.onSpinWait();
			}
		}

		private static boolean findsUnlocked(Path directory) throws IOException {
			try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ".*.lock")) {
				for (Path file : files) {
					try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
						if (channel.tryLock() != null && Files.exists(file)) {
							return true;
						}
					}
					catch (NoSuchFileException ex) {
						// Closed in the meantime.
					}
				}
			}
			return false;
		}

	}

	/**
	 * Holds a partial file, or as many as it is told, until it is killed.
	 */
	static final class Holder {

		public static void main(String[] args) throws Exception {
			List<PartialFile> partials = new ArrayList<>();
			for (int i = 0; i < ((args.length > 1) ? Integer.parseInt(args[1]) : 1); i++) {
				partials.add(PartialFile.create(Path.of(args[0]), Path.of(args[0])));
			}
			System.out.print('.');
			System.out.flush();
			Thread.sleep(Duration.ofMinutes(10).toMillis());
			for (PartialFile partial : partials) {
				partial.close();
			}
		}

	}

}
