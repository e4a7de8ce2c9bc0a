/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A moment after which something that may be done later is left for later.
 */
final class Deadline {

	/**
	 * One that never comes.
	 */
	static final Deadline NEVER = new Deadline(0, null);

	private final long start;

	private final @Nullable Duration time;

	private Deadline(long start, @Nullable Duration time) {
		this.start = start;
		this.time = time;
	}

	/**
	 * Return the one that comes after some time.
	 */
	static Deadline after(Duration time) {
		return new Deadline(System.nanoTime(), time);
	}

	/**
	 * Return the one that comes when a part of the time is over, so that some is left.
	 */
	Deadline part(int percent) {
		return (this.time != null) ? new Deadline(this.start, this.time.multipliedBy(percent).dividedBy(100)) : this;
	}

	/**
	 * Return whether it has come, or the thread was interrupted, so that somebody wants
	 * to end.
	 */
	boolean isOver() {
		return this.time != null && System.nanoTime() - this.start >= this.time.toNanos()
				|| Thread.currentThread().isInterrupted();
	}

}
