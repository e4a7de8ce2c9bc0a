/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.List;

/**
 * The result of removing those snapshots of a database that the retention policy lets go.
 *
 * @param database the file of the database
 * @param removed the files of the snapshots that were removed
 * @param stuck the files of the snapshots that may go, but could not be removed
 * @param problem that they could not be, why, and what to do, in sentences, or an empty
 * text if there are none
 */
public record PruneResult(Path database, List<Path> removed, List<Path> stuck, String problem) {

	/**
	 * Create a new instance, which keeps copies of the lists.
	 * @param database the file of the database
	 * @param removed the files that were removed
	 * @param stuck the files that could not be removed
	 * @param problem why not, or an empty text
	 */
	public PruneResult {
		removed = List.copyOf(removed);
		stuck = List.copyOf(stuck);
	}

}
