/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import dev.quartermaster.backup.BackupException;

/**
 * So many requests are waiting for a snapshot of a database already that one more is not
 * let in.
 */
final class TooManyRequestsException extends BackupException {

	TooManyRequestsException(String database, int admitted) {
		super("No snapshot was taken, because " + admitted + " requests for one of the database " + database
				+ " are being served or waiting already", "Try again when they have been answered.", null);
	}

}
