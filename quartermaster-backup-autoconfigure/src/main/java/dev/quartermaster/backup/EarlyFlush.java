/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flush of a large file to disk while it is still being written, on a thread of its
 * own. SQLite flushes the copy once, at the end, while writers may be waiting; the driver
 * lets it open the copy by itself, so that nobody can turn that off. Then there is little
 * left to flush, and the whole copy takes less time.
 */
final class EarlyFlush {

	private static final Logger logger = LoggerFactory.getLogger(EarlyFlush.class);

	/**
	 * Below this a flush takes no longer than starting a thread.
	 */
	private static final long WORTH_IT = 32 * 1024 * 1024;

	/**
	 * Longer pauses make the copy slower, and none at all a very large one.
	 */
	private static final long INTERVAL_MILLIS = 1;

	private final Path file;

	private final @Nullable Thread thread;

	/**
	 * Start, if the file is going to be large.
	 * @param file the file, which exists
	 * @param expectedSize how large it is going to be, in bytes
	 */
	EarlyFlush(Path file, long expectedSize) {
		this.file = file;
		if (expectedSize < WORTH_IT) {
			this.thread = null;
			return;
		}
		this.thread = new Thread(this::repeat, "quartermaster-backup-flush");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	private void repeat() {
		try (FileChannel channel = open()) {
			while (true) {
				channel.force(false);
				Thread.sleep(INTERVAL_MILLIS);
			}
		}
		catch (InterruptedException | ClosedByInterruptException ex) {
			// The copy is complete.
		}
		catch (IOException ex) {
			leaveToLast(ex);
		}
	}

	/**
	 * Flush what there is by now, whatever the size of the file.
	 */
	void now() {
		try (FileChannel channel = open()) {
			channel.force(false);
		}
		catch (IOException ex) {
			leaveToLast(ex);
		}
	}

	private FileChannel open() throws IOException {
		return FileChannel.open(this.file, StandardOpenOption.WRITE);
	}

	/**
	 * Nothing is lost: the flush at the end meets the same failure and reports it.
	 */
	private void leaveToLast(IOException failure) {
		logger.debug("Flushing {} early failed", this.file, failure);
	}

	/**
	 * Stop, and wait until the file is let go of.
	 */
	void stop() {
		if (this.thread != null) {
			this.thread.interrupt();
			try {
				this.thread.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
