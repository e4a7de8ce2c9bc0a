/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * Snapshots cannot be written to the backup directory.
 */
public final class DirectoryNotWritableException extends BackupException {

	DirectoryNotWritableException(String problem, String action, @Nullable Throwable cause) {
		super(problem, action, cause);
	}

}
