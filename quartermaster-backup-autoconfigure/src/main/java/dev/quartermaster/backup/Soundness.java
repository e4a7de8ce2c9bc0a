/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * How far a snapshot can be relied on, for the decision whether it may be removed.
 */
enum Soundness {

	/**
	 * No damage was found in it.
	 */
	SOUND,

	/**
	 * No damage was found in what could be checked of it.
	 */
	USABLE,

	/**
	 * It is damaged, and that was not told to anybody yet.
	 */
	CORRUPT,

	/**
	 * It is damaged, and somebody was told.
	 */
	KNOWN_CORRUPT,

	/**
	 * It cannot be read.
	 */
	UNREADABLE,

	/**
	 * It was not checked yet.
	 */
	UNCHECKED;

	boolean isCorrupt() {
		return this == CORRUPT || this == KNOWN_CORRUPT;
	}

	boolean isUsable() {
		return this == SOUND || this == USABLE;
	}

}
