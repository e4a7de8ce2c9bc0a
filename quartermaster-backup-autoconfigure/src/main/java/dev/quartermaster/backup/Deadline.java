/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A moment after which something that may be done later is left for later.
 */
final class Deadline {

	/**
	 * One that never comes.
	 */
	static final Deadline NEVER = new Deadline(() -> false);

	private final BooleanSupplier over;

	Deadline(BooleanSupplier over) {
		this.over = over;
	}

	/**
	 * Return the one that comes after some time.
	 */
	static Deadline after(Duration time) {
		long start = System.nanoTime();
		return new Deadline(() -> System.nanoTime() - start >= time.toNanos());
	}

	/**
	 * Return whether it has come, or the thread was interrupted, so that somebody wants
	 * to end.
	 */
	boolean isOver() {
		return this.over.getAsBoolean() || Thread.currentThread().isInterrupted();
	}

}
