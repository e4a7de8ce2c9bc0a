/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * Another connection has the database open that is to be replaced.
 */
public final class DatabaseInUseException extends BackupException {

	DatabaseInUseException(String problem, String action, @Nullable Throwable cause) {
		super(problem, action, cause);
	}

}
