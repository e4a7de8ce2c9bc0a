/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * A check of a restored snapshot that only the application can make: whether what is in
 * it makes sense. In a Spring application, beans of this type take part in restore
 * drills.
 */
@FunctionalInterface
public interface SnapshotCheck {

	/**
	 * Check a snapshot that was restored into a file of its own. Called for each database
	 * of the application.
	 * @param restored what was restored; whatever is done to it is thrown away
	 * @throws Exception if something is wrong with it, and says what in its message
	 */
	void check(RestoredSnapshot restored) throws Exception;

}
