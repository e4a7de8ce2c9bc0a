/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The result of a restore drill: whether a snapshot could be restored, had somebody
 * needed it.
 *
 * @param database the file of the database, which was not touched
 * @param snapshot the file of the snapshot
 * @param outcome whether it could
 * @param summary what was done and found, in a few words
 * @param took how long the restore took; zero if there was no drill
 */
public record DrillResult(Path database, Path snapshot, Outcome outcome, String summary, Duration took) {

	/**
	 * The outcome of a drill.
	 */
	public enum Outcome {

		/**
		 * It was restored, and is sound.
		 */
		PASSED,

		/**
		 * It was restored, but not all of it can be checked here. That is no failure.
		 */
		UNVERIFIABLE,

		/**
		 * It could not be restored, or is not what it should be.
		 */
		FAILED,

		/**
		 * There was no drill, without room for one, say. That tells nothing about the
		 * snapshot.
		 */
		NOT_MADE

	}

}
