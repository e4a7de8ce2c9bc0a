/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * The occasion of a backup.
 */
public enum BackupTrigger {

	/**
	 * Something was about to change the schema.
	 */
	MIGRATION,

	/**
	 * Somebody asked for it, in whatever way.
	 */
	REQUEST,

	/**
	 * It was time for it.
	 */
	SCHEDULE,

	/**
	 * A restore was about to replace what was there.
	 */
	RESTORE

}
