/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * The progress of something that takes its time, as it is reported to others.
 */
@FunctionalInterface
interface Progress {

	/**
	 * Nobody follows it.
	 */
	Progress NONE = (bytes, totalBytes) -> {
	};

	/**
	 * Called now and then, by whoever does the work: must be quick.
	 * @param bytes how much is done
	 * @param totalBytes how much there is to do
	 */
	void at(long bytes, long totalBytes);

	/**
	 * Return whether to give up. What is given up ends as if it had been interrupted.
	 */
	default boolean isGivenUp() {
		return false;
	}

}
