/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot is damaged, or none at all, and is not restored.
 */
public final class UnsoundSnapshotException extends BackupException {

	UnsoundSnapshotException(String problem, String action, @Nullable Throwable cause) {
		super(problem, action, cause);
	}

}
