/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The copies of a database that came to no end because their process was killed, one
 * after the other.
 *
 * @param count how many there were in a row
 * @param bytes how far the last one had come, in bytes; 0 if that is unknown
 * @param lasted how long the last one had been written; zero if that is unknown
 */
record KilledCopies(int count, long bytes, Duration lasted) {

	static final KilledCopies NONE = new KilledCopies(0, 0, Duration.ZERO);

	/**
	 * A single one may be a coincidence.
	 */
	private static final int SEVERAL = 2;

	/**
	 * A shorter time says nothing of the speed.
	 */
	private static final Duration MEASURABLE = Duration.ofSeconds(1);

	/**
	 * Return whether it is time to warn.
	 */
	boolean areSeveral() {
		return this.count >= SEVERAL;
	}

	/**
	 * Return what is known of the time that a copy takes.
	 * @param size the size of the database in bytes
	 * @return a sentence, or an empty text if nothing is known
	 */
	String describeTime(long size) {
		Duration whole = estimate(size);
		if (whole == null) {
			return "";
		}
		if (this.bytes >= size) {
			return " The last one was written completely in " + seconds(whole) + " and was being checked.";
		}
		return " The last one had " + Bytes.format(this.bytes) + " of " + Bytes.format(size) + " after "
				+ seconds(this.lasted) + ": at that speed a copy takes about " + seconds(whole)
				+ ", and its check comes on top.";
	}

	private @Nullable Duration estimate(long size) {
		if (this.bytes <= 0 || this.lasted.compareTo(MEASURABLE) < 0) {
			return null;
		}
		return (this.bytes >= size) ? this.lasted
				: Duration.ofMillis((long) ((double) this.lasted.toMillis() * size / this.bytes));
	}

	private static String seconds(Duration duration) {
		return duration.plusMillis(999).toSeconds() + " s";
	}

}
