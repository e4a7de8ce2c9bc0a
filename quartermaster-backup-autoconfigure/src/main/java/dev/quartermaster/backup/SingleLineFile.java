/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * A hidden file of ours with a single line, which is written once and never changed. What
 * was not written to its end says nothing.
 */
final class SingleLineFile {

	/**
	 * More than the longest path has.
	 */
	private static final int MAX_BYTES = 16 * 1024;

	private static final String LINE_END = "\n";

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private static final Duration PAUSE = Duration.ofMillis(10);

	private final Path path;

	SingleLineFile(Path path) {
		this.path = path;
	}

	Path path() {
		return this.path;
	}

	/**
	 * Return whether there is anything of that name.
	 */
	boolean isThere() throws IOException {
		return !FileState.of(this.path, LinkOption.NOFOLLOW_LINKS).isMissing();
	}

	/**
	 * Return the line, or {@code null} if there is none.
	 */
	@Nullable String read() throws IOException {
		try {
			String text = OwnFile.read(this.path, MAX_BYTES);
			return text.endsWith(LINE_END) ? text.substring(0, text.length() - LINE_END.length()) : null;
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	/**
	 * Write the line, unless there is one by now. Of two that come at once, one finds
	 * what the other has written.
	 * @param line the line
	 * @param model the file whose owner this one is to have
	 */
	void write(String line, Path model) throws IOException {
		write(this.path, line + LINE_END, model);
	}

	/**
	 * Both threads of one process and processes are kept apart, by a lock where the file
	 * system has any.
	 */
	private static synchronized void write(Path file, String line, Path model) throws IOException {
		try (FileChannel channel = OwnFile.openOrCreate(file)) {
			DurableFiles.giveToOwnerOf(file, model);
			lock(channel);
			if (!isComplete(channel)) {
				// New, or left by somebody who was killed or had no room.
				channel.truncate(0);
				DurableFiles.write(channel, line);
			}
		}
	}

	private static boolean isComplete(FileChannel channel) throws IOException {
		ByteBuffer last = ByteBuffer.allocate(1);
		return channel.size() > 0 && channel.read(last, channel.size() - 1) == 1 && last.get(0) == LINE_END.charAt(0);
	}

	/**
	 * Not without end, since a start may be waiting.
	 */
	private static void lock(FileChannel channel) throws IOException {
		long end = System.nanoTime() + PATIENCE.toNanos();
		// On a file system without locks, there is nothing to lock.
		while (LockAttempt.on(channel) == LockAttempt.HELD) {
			if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
				throw new IOException("another process has locked it");
			}
			LockSupport.parkNanos(PAUSE.toNanos());
		}
	}

}
