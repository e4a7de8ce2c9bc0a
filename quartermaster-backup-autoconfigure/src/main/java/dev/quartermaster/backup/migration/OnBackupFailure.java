/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

/**
 * The course to take when the snapshot before a migration cannot be taken.
 */
public enum OnBackupFailure {

	/**
	 * Migrate without one, and say so with a warning.
	 */
	CONTINUE,

	/**
	 * Do not migrate.
	 */
	ABORT

}
