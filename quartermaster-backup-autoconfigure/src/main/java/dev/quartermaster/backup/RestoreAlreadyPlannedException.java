/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * Exception thrown when a restore is to be planned and another one of the same database
 * is.
 */
public final class RestoreAlreadyPlannedException extends BackupException {

	RestoreAlreadyPlannedException(PlannedRestore planned) {
		super("A restore of " + planned.database() + " from " + planned.snapshot() + " is planned already"
				+ (planned.forced() ? " with --force" : "") + ", as was asked for " + planned.origin(),
				"Take that back first.", null);
	}

}
