/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of which databases have directories of snapshots of their own because another
 * one has the same file name: a line for each, the first time.
 */
final class NamesakeLog {

	private static final Logger logger = LoggerFactory.getLogger(NamesakeLog.class);

	private final BackupSettings settings;

	private final Set<Path> logged = ConcurrentHashMap.newKeySet();

	NamesakeLog(BackupSettings settings) {
		this.settings = settings;
	}

	/**
	 * Log where the snapshots of a database go, unless that has been done.
	 * @param file the file of the database
	 * @param directory where its snapshots go
	 * @param namesakes the files of the others
	 */
	void log(Path file, Path directory, List<Path> namesakes) {
		if (!this.logged.add(directory)) {
			return;
		}
		Path shared = this.settings.directoryFor(file);
		String what = "The snapshots of {} go to {}, because in {} their names would clash with the snapshots of {}";
		int mixed = count(shared, file);
		if (mixed == 0) {
			logger.info(what, file, directory, shared, namesakes);
		}
		else {
			Warnings.warn(logger,
					what + ". {} already in {} will no longer be listed."
							+ " Move {} to the directory of its own database.",
					file, directory, shared, namesakes, Count.of(mixed, "snapshot"), shared,
					(mixed == 1) ? "it" : "each one");
		}
	}

	private int count(Path directory, Path file) {
		try {
			return new SnapshotDirectory(directory, file, Clock.system(this.settings.timeZone())).list().size();
		}
		catch (BackupException ex) {
			// Whoever needs the directory will say so.
			return 0;
		}
	}

}
