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
import java.util.List;

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
			for (String companion : List.of("-journal", "-wal", "-shm")) {
				Files.createFile(partial.path().resolveSibling(partial.path().getFileName() + companion));
			}
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void isNeverSeenUnlockedByAnotherProcess() throws Exception {
		Process prober = JavaProcess.start(Prober.class, this.directory.toString());
		try {
			assertThat(prober.getInputStream().read()).isEqualTo('.');
			for (int i = 0; i < Campaign.scale("partials", 200); i++) {
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

}
