/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * Exception thrown when a snapshot is not one that can be restored at the next start of
 * the application.
 */
public final class RestoreRefusedException extends BackupException {

	RestoreRefusedException(String problem, String action, @Nullable Throwable cause) {
		super(problem, action, cause);
	}

}
