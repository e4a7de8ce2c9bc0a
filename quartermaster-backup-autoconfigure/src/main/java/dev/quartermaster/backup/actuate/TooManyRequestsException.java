/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import dev.quartermaster.backup.BackupException;

/**
 * The refusal of one more request for a snapshot when many are waiting already.
 */
final class TooManyRequestsException extends BackupException {

	private TooManyRequestsException(String requests) {
		super("No snapshot was taken, because " + requests + " are already being served or waiting",
				"Try again when some of them have been answered.", null);
	}

	static TooManyRequestsException inAll(int admitted) {
		return new TooManyRequestsException(admitted + " requests for snapshots");
	}

	static TooManyRequestsException of(String database, int admitted) {
		return new TooManyRequestsException(admitted + " requests for snapshots of the database " + database);
	}

}
