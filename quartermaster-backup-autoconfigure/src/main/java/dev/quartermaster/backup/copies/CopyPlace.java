/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.SnapshotToCopy;
import org.jspecify.annotations.Nullable;

/**
 * A place elsewhere that gets copies of snapshots. Whatever happens on the way, what
 * counts there as a copy is whole.
 */
interface CopyPlace {

	/**
	 * Return where it is, by which it is known: it ends with a slash.
	 */
	String location();

	/**
	 * Make ready for copies.
	 * @param used whether it got copies before
	 * @param snapshots the directories of the snapshots
	 * @return what tells it from another at the same location, or nothing if nothing does
	 * @throws BackupException if it cannot be used
	 */
	String open(boolean used, List<Path> snapshots);

	/**
	 * Require that it is there, without changing anything.
	 * @throws BackupException if it is not
	 */
	void requireThere();

	/**
	 * Remove what was left of copies that never were whole, where that is known.
	 * @param folder the folder below the place, with a slash at its end, or nothing
	 * @throws BackupException if that fails
	 */
	default void tidy(String folder) {
	}

	/**
	 * Write something small, read it, and remove it.
	 * @throws BackupException if that fails
	 */
	void tryOut();

	/**
	 * Copy a snapshot there, unless it is there already.
	 * @param snapshot the snapshot
	 * @param folder the folder below the place, with a slash at its end, or nothing
	 * @param sameContent the key of a copy of the same content, or {@code null}
	 * @param before tells whether the snapshot was copied before
	 * @return what was done
	 * @throws BackupException if it could not be copied
	 */
	Copied copy(SnapshotToCopy snapshot, String folder, @Nullable String sameContent, CopiedBefore before);

	/**
	 * Return whether a copy is there and seems whole, without reading it.
	 * @param key where it is, below the place
	 * @param bytes the size that it must have
	 * @param sha256 the SHA-256 that its manifest must tell
	 * @throws BackupException if that cannot be found out
	 */
	boolean has(String key, long bytes, String sha256);

	/**
	 * Read a copy back whole.
	 * @param key where it is, below the place
	 * @return its SHA-256, or {@code null} if there is none, or it has no manifest
	 * @throws BackupException if it cannot be read
	 */
	@Nullable String sha256Of(String key);

	/**
	 * Tells what was copied before.
	 */
	@FunctionalInterface
	interface CopiedBefore {

		/**
		 * Return whether the snapshot was copied to a key.
		 */
		boolean as(String key);

	}

	/**
	 * What came of a snapshot.
	 *
	 * @param key where its copy is, below the place
	 * @param sent whether anything was sent
	 */
	record Copied(String key, boolean sent) {
	}

}
