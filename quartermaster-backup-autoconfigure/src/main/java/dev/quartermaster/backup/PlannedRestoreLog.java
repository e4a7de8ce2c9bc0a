/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The warning that a planned restore was carried out, with how to undo it.
 */
final class PlannedRestoreLog {

	private static final Logger logger = LoggerFactory.getLogger(PlannedRestoreLog.class);

	private PlannedRestoreLog() {
	}

	/**
	 * Warn that this start has carried it out.
	 */
	static void done(BackupContext context, PlannedRestore plan, RestoreResult result) {
		Snapshot kept = result.kept();
		Path setAside = result.setAside();
		String undo = (setAside != null)
				? " What was there could not be used as a database. It is kept unchanged as " + setAside + "."
				: (kept != null) ? undo(context, kept) : " There was no data in it.";
		warn("This start has restored", context, plan, undo);
	}

	/**
	 * Warn that an earlier start has carried it out, which was killed before it said so.
	 */
	static void done(BackupContext context, PlannedRestore plan) {
		Optional<Snapshot> kept = InterruptedRestore.kept(context, plan);
		warn("An earlier start, which was killed then, has restored", context, plan,
				kept.map((snapshot) -> undo(context, snapshot)).orElse(" There was no data in it."));
	}

	private static void warn(String who, BackupContext context, PlannedRestore plan, String undo) {
		Warnings.warn(logger, "{} {} from {}, as was planned {}.{}", who, context.live().file(), plan.snapshot(),
				plan.origin(), undo);
	}

	private static String undo(BackupContext context, Snapshot kept) {
		Path database = context.live().file();
		return " The data that was replaced is kept in " + kept.file()
				+ ". To undo the restore, stop the application and run:"
				+ RestoreCommandLine.below(kept.file(), database, context.live().access().parameters());
	}

}
