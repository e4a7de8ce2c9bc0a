/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The removal of copies from a directory elsewhere by the retention policy of their
 * database, with the same floors as there are for snapshots. What another installation
 * wrote there stays.
 */
public final class CopyRetention {

	/**
	 * What is not done then is done the next time.
	 */
	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private CopyRetention() {
	}

	/**
	 * Remove what may go. To be called when the newest sound snapshot has its copy there.
	 * @param backups the service of the database
	 * @param directory the directory elsewhere
	 * @param before hears the file name of each snapshot whose copy is removed next, so
	 * that a process that is killed then leaves nothing that says that it is there
	 * @throws BackupException if it cannot be decided
	 */
	public static void removeFrom(SqliteBackupService backups, Path directory, Consumer<String> before) {
		BackupContext context = backups.context();
		if (!context.settings().retention().isNone()) {
			SnapshotRetention.elsewhere(context, directory, before).run(Deadline.after(PATIENCE));
		}
	}

}
