/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The warnings that a planned restore was carried out, with how to undo it, or that it
 * was not.
 */
final class PlannedRestoreLog {

	private static final Logger logger = LoggerFactory.getLogger(PlannedRestoreLog.class);

	private static final String NOTHING_KEPT = " No snapshot was taken before: there was no data in it, or it could not"
			+ " be used as a database, and lies beside it under a name with \"damaged\" in it.";

	private PlannedRestoreLog() {
	}

	/**
	 * Warn that this start has carried it out.
	 * @param mayBeOpen whether others may have the database open without anybody knowing
	 */
	static void done(BackupContext context, PlannedRestore plan, RestoreResult result, boolean mayBeOpen) {
		Snapshot kept = result.kept();
		Path setAside = result.setAside();
		String others = mayBeOpen
				? " Whether another process has it open only shows in WAL mode: if one has, restart it." : "";
		String undo = (setAside != null)
				? " What was there could not be used as a database. It is kept unchanged as " + setAside + "."
				: (kept != null) ? undo(context, kept.file()) : " There was no data in it.";
		warn("This start has restored", context, plan, others + undo);
	}

	/**
	 * Warn that an earlier start has carried it out, which was killed before it said so.
	 */
	static void doneBefore(BackupContext context, PlannedRestore plan) {
		Path kept = plan.kept();
		warn("An earlier start, which was killed then, has restored", context, plan,
				(kept != null) ? undo(context, kept) : NOTHING_KEPT);
	}

	/**
	 * Warn that it was carried out, but could not be removed.
	 */
	static void notRemoved(HeldRestore held, IOException ex) {
		Warnings.warn(logger,
				"The planned restore was carried out, but its plan {} could not be removed ({})."
						+ " The next start looks at it again, and does not repeat the restore. Remove the file.",
				held.file(), FileFailures.describe(ex));
	}

	/**
	 * Warn that it was not carried out, or that nobody knows.
	 * @param database the file of the database
	 * @param plan the plan, or {@code null} if it cannot be read
	 * @param where where the plan is now, as a part of a sentence
	 * @param why one or more sentences
	 */
	static void failed(Path database, HeldRestore held, @Nullable PlannedRestore plan, String where, String why) {
		String from = (plan != null)
				? " It was to be from " + plan.snapshot() + ", as was planned " + plan.origin() + "." : "";
		if (held.mayBeWritten()) {
			Warnings.warn(logger,
					"It is unknown whether the planned restore of {} was carried out, {}. The application starts with"
							+ " what is there: look at the data.{} {}{}",
					database, where, from, why, (plan != null) ? kept(plan) : "");
		}
		else {
			Warnings.warn(logger,
					"The planned restore of {} was NOT carried out, {}. The application starts with what is there.{} {}",
					database, where, from, why);
		}
	}

	/**
	 * Return where the data is that an attempt replaced, or may have, as sentences after
	 * others.
	 */
	static String kept(PlannedRestore plan) {
		return (plan.kept() != null) ? " The data from before the restore is kept in " + plan.kept() + "."
				: NOTHING_KEPT;
	}

	private static void warn(String who, BackupContext context, PlannedRestore plan, String undo) {
		Warnings.warn(logger, "{} {} from {}, as was planned {}.{}", who, context.live().file(), plan.snapshot(),
				plan.origin(), undo);
	}

	private static String undo(BackupContext context, Path kept) {
		Path database = context.live().file();
		return " The data that was replaced is kept in " + kept + ". To undo the restore, stop the application and run:"
				+ RestoreCommandLine.below(kept, database, context.live().access().parameters());
	}

}
