/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of whose the snapshots of a name in a directory are: a hidden file there
 * with a single line, which is written once and never changed. What was not written to
 * its end says nothing.
 */
final class OwnerRecord {

	private static final Logger logger = LoggerFactory.getLogger(OwnerRecord.class);

	private static final String SUFFIX = ".owner";

	/**
	 * More than the longest path has.
	 */
	private static final int MAX_BYTES = 16 * 1024;

	private static final String LINE_END = "\n";

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private static final Duration PAUSE = Duration.ofMillis(10);

	private final Path file;

	/**
	 * Create a new instance. Nothing is looked for yet.
	 * @param directory the directory of the snapshots, which need not exist
	 * @param name the name that the snapshots begin with
	 */
	OwnerRecord(Path directory, String name) {
		this.file = directory.resolve(OwnFile.PREFIX + name + SUFFIX);
	}

	/**
	 * Return the file that says it.
	 */
	Path file() {
		return this.file;
	}

	/**
	 * Return what is recorded, or {@code null} if nothing is.
	 * @throws BackupException if it cannot be read
	 */
	@Nullable String read() {
		try {
			if (FileState.of(this.file, LinkOption.NOFOLLOW_LINKS).isMissing()) {
				return null;
			}
		}
		catch (IOException ex) {
			// The directory cannot be entered, which whoever needs it says.
			logger.debug("Could not look for {}", this.file, ex);
			return null;
		}
		try {
			String text = OwnFile.read(this.file, MAX_BYTES);
			// Until it is written, it is nobody's.
			return text.endsWith(LINE_END) ? text.substring(0, text.length() - LINE_END.length()) : null;
		}
		catch (NoSuchFileException ex) {
			return null;
		}
		catch (IOException ex) {
			throw new BackupException(
					"It is unknown which database the snapshots in " + this.file.getParent() + " belong to, because "
							+ this.file + " cannot be read (" + FileFailures.describe(ex) + ")",
					"Give this process read and write access to it. If Quartermaster Backup did not write it, move it away.",
					ex);
		}
	}

	/**
	 * Record something, unless anything is recorded by now. Of two that come at once, one
	 * finds what the other has written.
	 * @param owner whose the snapshots are
	 * @param model the file whose owner the record is to have
	 */
	void write(String owner, Path model) throws IOException {
		write(this.file, owner + LINE_END, model);
	}

	/**
	 * Both threads of one process and processes are kept apart, by a lock where the file
	 * system has any.
	 */
	private static synchronized void write(Path record, String line, Path model) throws IOException {
		try (FileChannel channel = OwnFile.openOrCreate(record)) {
			DurableFiles.giveToOwnerOf(record, model);
			lock(channel);
			if (!isComplete(channel)) {
				// New, or left by somebody who was killed or had no room.
				channel.truncate(0);
				ByteBuffer content = StandardCharsets.UTF_8.encode(line);
				while (content.hasRemaining()) {
					channel.write(content);
				}
				channel.force(true);
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
