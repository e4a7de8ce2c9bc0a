/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * The decision that nothing changed, since there is a snapshot with the content of a new
 * copy already, and what becomes of the copy then.
 *
 * @param search looks for that snapshot
 * @param whenFound what to do with it
 */
record UnchangedContent(SnapshotSearch search, WhenFound whenFound) {

	/**
	 * The newest snapshot stands for the copy.
	 */
	static final UnchangedContent NEWEST_KEPT = new UnchangedContent(UnchangedContent::newestIfSame, WhenFound.KEEP);

	/**
	 * The newest snapshot gets a second name.
	 */
	static final UnchangedContent NEWEST_LINKED = new UnchangedContent(UnchangedContent::newestIfSame, WhenFound.LINK);

	/**
	 * Return the newest snapshot if a copy has the same content to the byte, which two
	 * copies of an unchanged database have.
	 */
	private static Optional<Snapshot> newestIfSame(Iterable<Snapshot> snapshots, Path copy) {
		return StreamSupport.stream(snapshots.spliterator(), false)
			.filter(Snapshot::isCandidate)
			.findFirst()
			.filter((newest) -> newest.hasSameContentAs(copy));
	}

	/**
	 * What to do with the snapshot that was found.
	 */
	enum WhenFound {

		/**
		 * Keep it in place of the copy.
		 */
		KEEP,

		/**
		 * Give it the name of the copy as well.
		 */
		LINK

	}

}
