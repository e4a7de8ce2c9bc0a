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
		this(name, databases, "?database=" + databases.get(0));
	}

	/**
	 * The failure to find one snapshot, with how to say which is meant.
	 */
	AmbiguousSnapshotException(String name, List<String> databases, String example) {
		this("Several databases have a snapshot called " + name, example, databases);
	}

	/**
	 * The failure to find the newest snapshot of several databases.
	 */
	AmbiguousSnapshotException(List<String> databases) {
		this("There are several databases, which have a newest snapshot each", "?database=" + databases.get(0),
				databases);
	}

	private AmbiguousSnapshotException(String problem, String example, List<String> databases) {
		super(problem + ": " + String.join(", ", databases), "Add the database that is meant, as in " + example + ".",
				null);
	}

}
