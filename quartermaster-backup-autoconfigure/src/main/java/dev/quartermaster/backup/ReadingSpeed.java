/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * The speed at which a large file is read, which tells whether it still is in the caches.
 * A file that is larger than the memory is not, as soon as it has been written.
 */
final class ReadingSpeed {

	/**
	 * Memory is read several times as fast, also on small machines, and hard disks and
	 * the volumes of most clouds are slower.
	 */
	private static final int LEAST_BYTES_PER_MICROSECOND = 250;

	/**
	 * How much is looked at together, so that nothing depends on a single pause.
	 */
	private static final int WINDOW = 32 * 1024 * 1024;

	private final LongSupplier nanoTime;

	private final int window;

	private long bytes;

	private long nanos;

	private long begun;

	/**
	 * Create a new instance.
	 * @param nanoTime the clock, like {@link System#nanoTime}
	 */
	ReadingSpeed(LongSupplier nanoTime) {
		this(nanoTime, WINDOW);
	}

	/**
	 * Create a new instance.
	 * @param window how many bytes are looked at together
	 */
	ReadingSpeed(LongSupplier nanoTime, int window) {
		this.nanoTime = nanoTime;
		this.window = window;
	}

	/**
	 * Return one for those who read, however long it takes.
	 */
	static ReadingSpeed any() {
		return new ReadingSpeed(() -> 0);
	}

	/**
	 * A piece is going to be read.
	 */
	void begin() {
		this.begun = this.nanoTime.getAsLong();
	}

	/**
	 * A piece was read.
	 * @param length how many bytes it has
	 * @throws IOException if the file is not in the caches
	 */
	void end(int length) throws IOException {
		this.nanos += this.nanoTime.getAsLong() - this.begun;
		this.bytes += length;
		if (this.bytes >= this.window) {
			if (this.bytes * 1000 < this.nanos * LEAST_BYTES_PER_MICROSECOND) {
				throw new IOException("it is not in the caches any more");
			}
			this.bytes = 0;
			this.nanos = 0;
		}
	}

}
