/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The snapshots, one of each database at the most, that changes of schemas need which
 * this process is making. It removes none of them, whatever the retention policy says.
 * What a start of the application changes has a {@link SnapshotBookmark} instead, since
 * the next start has to know it.
 */
public final class PinnedSnapshots {

	private static final Map<Path, Path> PINNED = new ConcurrentHashMap<>();

	private PinnedSnapshots() {
	}

	/**
	 * A change begins.
	 * @param database the file of the database
	 * @param before the snapshot from before the change
	 */
	public static void pin(Path database, Snapshot before) {
		PINNED.put(database, before.file());
	}

	/**
	 * The change came to a good end. The snapshot of one that did not stays pinned until
	 * the next.
	 * @param database the file of the database
	 */
	public static void release(Path database) {
		PINNED.remove(database);
	}

	static boolean contains(Snapshot snapshot) {
		return PINNED.containsValue(snapshot.file());
	}

}
