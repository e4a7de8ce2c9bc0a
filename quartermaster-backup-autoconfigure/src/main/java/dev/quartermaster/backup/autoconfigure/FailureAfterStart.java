/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.migration.GuardedChange;
import dev.quartermaster.backup.RestoreCommandLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of changes of the schema that failed once the application had started, as with
 * lazy initialization. There is no report of a failed start then.
 */
final class FailureAfterStart {

	private static final Logger logger = LoggerFactory.getLogger(FailureAfterStart.class);

	private FailureAfterStart() {
	}

	static void log(GuardedChange change) {
		logger.warn(
				"A schema change failed. The snapshot of {} taken before it is {}."
						+ " To restore it, stop the application and run:{}",
				change.database(), change.before().file(),
				RestoreCommandLine.below(change.before().file(), change.database(), change.urlParameters()));
	}

}
