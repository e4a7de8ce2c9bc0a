/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.List;

import dev.quartermaster.backup.BackupException;

/**
 * The failure to find one snapshot where several databases have one of the name that was
 * asked for.
 */
final class AmbiguousSnapshotException extends BackupException {

	AmbiguousSnapshotException(String name, List<String> databases) {
		super("Several databases have a snapshot called " + name + ": " + String.join(", ", databases),
				"Add the database that is meant, as in ?database=" + databases.get(0) + ".", null);
	}

}
