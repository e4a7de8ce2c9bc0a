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
		this("Several databases have a snapshot called " + name, databases.get(0), databases);
	}

	/**
	 * The failure to find the newest snapshot of several databases.
	 */
	AmbiguousSnapshotException(List<String> databases) {
		this("There are several databases, which have a newest snapshot each", databases.get(0), databases);
	}

	private AmbiguousSnapshotException(String problem, String first, List<String> databases) {
		super(problem + ": " + String.join(", ", databases),
				"Add the database that is meant, as in ?database=" + first + ".", null);
	}

}
