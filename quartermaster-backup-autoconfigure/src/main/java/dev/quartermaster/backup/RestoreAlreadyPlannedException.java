/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

/**
 * Exception thrown when a restore is to be planned and another one of the same database
 * is.
 */
public final class RestoreAlreadyPlannedException extends BackupException {

	RestoreAlreadyPlannedException(Path database, Path snapshot, String origin) {
		super("A restore of " + database + " from " + snapshot + " is planned already, as was asked for " + origin,
				"Take that back first.", null);
	}

}
