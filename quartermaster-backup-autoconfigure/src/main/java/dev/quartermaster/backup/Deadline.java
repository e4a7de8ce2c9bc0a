/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A moment after which something that may be done later is left for later.
 */
final class Deadline {

	/**
	 * One that never comes.
	 */
	static final Deadline NEVER = new Deadline(System::nanoTime, 0, null);

	private final LongSupplier nanoTime;

	private final long start;

	private final @Nullable Duration time;

	private Deadline(LongSupplier nanoTime, long start, @Nullable Duration time) {
		this.nanoTime = nanoTime;
		this.start = start;
		this.time = time;
	}

	/**
	 * Return the one that comes after some time.
	 */
	static Deadline after(Duration time) {
		return after(time, System::nanoTime);
	}

	/**
	 * Return the one that comes after some time.
	 * @param nanoTime the clock, like {@link System#nanoTime}
	 */
	static Deadline after(Duration time, LongSupplier nanoTime) {
		return new Deadline(nanoTime, nanoTime.getAsLong(), time);
	}

	/**
	 * Return the one that comes when a part of the time is over, so that some is left.
	 */
	Deadline part(int percent) {
		return (this.time != null)
				? new Deadline(this.nanoTime, this.start, this.time.multipliedBy(percent).dividedBy(100)) : this;
	}

	/**
	 * Return a progress that gives up when it has come.
	 */
	Progress progress() {
		return new Progress() {

			@Override
			public void at(long bytes, long totalBytes) {
			}

			@Override
			public boolean isGivenUp() {
				return isOver();
			}

		};
	}

	/**
	 * Return whether it has come, or the thread was interrupted, so that somebody wants
	 * to end.
	 */
	boolean isOver() {
		return this.time != null && this.nanoTime.getAsLong() - this.start >= this.time.toNanos()
				|| Thread.currentThread().isInterrupted();
	}

}
