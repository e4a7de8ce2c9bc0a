/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

/**
 * The failure to copy a snapshot elsewhere that another attempt does not change, as long
 * as nobody does something.
 */
public final class RefusedCopyException extends BackupException {

	private RefusedCopyException(String problem, String action) {
		super(problem, action, null);
	}

	/**
	 * Return the failure to copy a snapshot under a name that another file has.
	 * @param taken where the other file is
	 * @return the failure
	 */
	public static RefusedCopyException taken(String taken) {
		return new RefusedCopyException(
				"There already is another file " + taken + ", which was left as it is, so that the snapshot of that"
						+ " name was not copied there",
				"Most likely another application, or another instance of this one, copies its snapshots to the same"
						+ " place: give each a place of its own.");
	}

	static RefusedCopyException changed(Path snapshot) {
		return new RefusedCopyException(
				"The snapshot " + snapshot + " is no longer what its manifest says that it was, by its SHA-256, and was"
						+ " not copied elsewhere",
				"Look at it with the subcommand verify. If it is damaged, check the disk, and take a new snapshot.");
	}

}
