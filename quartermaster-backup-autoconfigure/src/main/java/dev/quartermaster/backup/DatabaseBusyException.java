/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * Exception thrown when another connection kept the database locked for longer than the
 * busy timeout.
 */
public final class DatabaseBusyException extends BackupException {

	DatabaseBusyException(String problem, String action, @Nullable Throwable cause) {
		super(problem, action, cause);
	}

}
