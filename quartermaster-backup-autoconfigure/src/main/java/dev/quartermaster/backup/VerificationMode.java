/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * The thoroughness with which a copy is checked before it is published as a snapshot.
 *
 * @see <a href="https://www.sqlite.org/pragma.html#pragma_quick_check">quick_check</a>
 */
public enum VerificationMode {

	/**
	 * Only that the copy is complete: as many pages as the database had.
	 */
	NONE("complete"),

	/**
	 * The structure of every page, with {@code PRAGMA quick_check}.
	 */
	QUICK("quick_check"),

	/**
	 * The structure and that every index agrees with its table, with
	 * {@code PRAGMA integrity_check}. Takes several times as long.
	 */
	FULL("integrity_check");

	private final String check;

	VerificationMode(String check) {
		this.check = check;
	}

	String check() {
		return this.check;
	}

}
