/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * Exception thrown when the volume has no room for the snapshot, or would be left with
 * less than must stay free.
 */
public final class NoRoomException extends BackupException {

	NoRoomException(String problem, String action, @Nullable Throwable cause) {
		super(problem, action, cause);
	}

}
