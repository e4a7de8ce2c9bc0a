/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A search for a snapshot that stands for a new copy of the database, so that the copy
 * need not be kept.
 */
@FunctionalInterface
public interface SnapshotSearch {

	/**
	 * Look for a snapshot.
	 * @param snapshots the snapshots that there are, newest first; the file of each is
	 * looked at when it is come to
	 * @param copy the file of the copy, complete
	 * @return the snapshot, or empty if there is none
	 */
	Optional<Snapshot> find(Iterable<Snapshot> snapshots, Path copy);

}
