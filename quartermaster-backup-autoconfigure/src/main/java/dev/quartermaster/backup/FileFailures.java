/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The words for what the file system reports.
 */
final class FileFailures {

	private static final String INTERRUPTED = "the thread was interrupted";

	/**
	 * The word for a quota is much the same in many languages.
	 */
	private static final Pattern NO_ROOM = Pattern
		.compile("(?iu)no space left|not enough space|quot|cuota|kv[oó]t|квот");

	private static final int LONGER_THAN_ANY_PATH = 100_000;

	private static final Path ALWAYS_FULL = Path.of("/dev/full");

	private FileFailures() {
	}

	static String describe(IOException ex) {
		if (ex instanceof AccessDeniedException) {
			return "access denied";
		}
		if (ex instanceof NoSuchFileException) {
			return "it does not exist or has disappeared";
		}
		if (ex instanceof FileAlreadyExistsException || ex instanceof NotDirectoryException) {
			return "there is already a file of that name";
		}
		if (ex instanceof ClosedByInterruptException) {
			return INTERRUPTED;
		}
		String reason = (ex instanceof FileSystemException failure) ? failure.getReason() : ex.getMessage();
		return (reason != null) ? reason : ex.getClass().getSimpleName();
	}

	/**
	 * Return the failure of a backup whose thread was interrupted, which ends what it
	 * waits for, and what it does with files.
	 * @param what what was not done
	 * @param interruption how that was reported
	 */
	static BackupException interrupted(String what, Exception interruption) {
		return new BackupException(what + ": " + INTERRUPTED, "Try again on a thread that is not interrupted.",
				interruption);
	}

	/**
	 * Return whether a name has more characters than the file system takes.
	 */
	static boolean isNameTooLong(IOException ex) {
		String words = describe(ex);
		return words.toLowerCase(Locale.ROOT).contains("name too long") || words.equals(Words.NAME_TOO_LONG);
	}

	/**
	 * Return whether the volume is full or the quota used up.
	 */
	static boolean isNoRoom(IOException ex) {
		String words = describe(ex);
		return NO_ROOM.matcher(words).find() || words.equals(Words.NO_ROOM);
	}

	/**
	 * What the operating system says, in the language of the process. Java passes nothing
	 * else on, so it is learned by making each failure happen.
	 */
	private static final class Words {

		static final @Nullable String NAME_TOO_LONG = whenNameIsTooLong();

		static final @Nullable String NO_ROOM = whenThereIsNoRoom();

		private static @Nullable String whenNameIsTooLong() {
			try {
				Files.readAttributes(Path.of("x".repeat(LONGER_THAN_ANY_PATH)), BasicFileAttributes.class);
				return null;
			}
			catch (NoSuchFileException | AccessDeniedException | InvalidPathException ex) {
				// Windows, for one, has other reasons to refuse it.
				return null;
			}
			catch (IOException ex) {
				return describe(ex);
			}
		}

		private static @Nullable String whenThereIsNoRoom() {
			// An interrupted thread would learn how that is reported instead.
			boolean interrupted = Thread.interrupted();
			try (FileChannel channel = FileChannel.open(ALWAYS_FULL, StandardOpenOption.WRITE)) {
				channel.write(ByteBuffer.allocate(1));
				return null;
			}
			catch (FileSystemException ex) {
				// It could not be opened: not every system has it.
				return null;
			}
			catch (IOException ex) {
				return describe(ex);
			}
			finally {
				if (interrupted) {
					Thread.currentThread().interrupt();
				}
			}
		}

	}

}
