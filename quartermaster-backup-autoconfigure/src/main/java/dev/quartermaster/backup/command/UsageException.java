/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

/**
 * Exception thrown when what was typed is not enough to go on.
 */
final class UsageException extends RuntimeException {

	UsageException(String message) {
		super(message);
	}

}
