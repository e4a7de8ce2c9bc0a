/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

/**
 * The course to take when a migration succeeded and lost data.
 */
public enum OnDataLoss {

	/**
	 * Say so with a warning, and go on.
	 */
	WARN,

	/**
	 * Treat it as a migration that failed: the application does not start.
	 */
	FAIL

}
