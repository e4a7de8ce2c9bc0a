/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * Exception thrown when there is a write-ahead log or a journal of a database whose file
 * is gone, before anything opens that database.
 */
final class OrphanedJournalException extends BackupException {

	OrphanedJournalException(String problem, String action, @Nullable Throwable cause) {
		super(problem, action, cause);
	}

}
