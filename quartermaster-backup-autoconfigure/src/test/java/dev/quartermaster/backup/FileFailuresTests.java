/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

/**
 * Tests for {@link FileFailures}.
 */
class FileFailuresTests {

	@TempDir
	private Path temp;

	@Test
	void saysWhatIsMissing() {
		assertFailure(() -> Files.readAllBytes(this.temp.resolve("missing")), "it does not exist or has disappeared");
	}

	@Test
	void saysWhatIsInTheWay() throws IOException {
		Path file = Files.createFile(this.temp.resolve("file"));
		assertFailure(() -> Files.createDirectory(file), "there is already a file of that name");
		assertFailure(() -> Files.newDirectoryStream(file).close(), "there is already a file of that name");
	}

	@Test
	void saysThatAccessIsDenied() {
		assertThat(FileFailures.describe(new AccessDeniedException("file"))).isEqualTo("access denied");
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void knowsThatThereIsNoRoom() {
		IOException failure = assertFailure(() -> Files.writeString(Path.of("/dev/full"), "more"),
				"No space left on device");
		assertThat(FileFailures.isNoRoom(failure)).isTrue();
		assertThat(FileFailures.isNameTooLong(failure)).isFalse();
	}

	@Test
	void interruptedThreadIsNotWantOfRoom() throws IOException {
		try (FileChannel channel = FileChannel.open(this.temp.resolve("file"), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE)) {
			Thread.currentThread().interrupt();
			IOException failure = assertFailure(() -> channel.write(ByteBuffer.allocate(1)),
					"the thread was interrupted");
			assertThat(FileFailures.isNoRoom(failure)).isFalse();
			assertThat(FileFailures.isNameTooLong(failure)).isFalse();
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void knowsThatNameIsTooLong() {
		IOException failure = assertFailure(() -> Files.createFile(this.temp.resolve("a".repeat(300))),
				"File name too long");
		assertThat(FileFailures.isNameTooLong(failure)).isTrue();
		assertThat(FileFailures.isNoRoom(failure)).isFalse();
	}

	@Test
	void givesKindOfFailureThatSaysNothing() {
		assertThat(FileFailures.describe(new FileSystemException("file"))).isEqualTo("FileSystemException");
		assertThat(FileFailures.describe(new IOException())).isEqualTo("IOException");
	}

	@Test
	void namesOwnerOfDirectoryOnlyWhereAccessIsDenied() throws IOException {
		Path theirs = Files.createDirectory(this.temp.resolve("backups"));
		boolean mayGiveAway = "root".equals(System.getProperty("user.name"));
		if (mayGiveAway) {
			Files.setAttribute(theirs, "unix:uid", 65_534);
		}
		String owner = mayGiveAway ? " (it belongs to " + Files.getOwner(theirs).getName() + ", " : ", ";
		assertThat(DirectoryFailures.notWritable(theirs, new AccessDeniedException("x")))
			.hasMessageContaining("write access to it" + owner);
		assertThat(DirectoryFailures.notWritable(theirs, new IOException("x")))
			.hasMessageContaining("write access to it, or");
	}

	private static IOException assertFailure(Executable access, String description) {
		IOException failure = assertThrows(IOException.class, access);
		assertThat(FileFailures.describe(failure)).isEqualTo(description);
		return failure;
	}

}
