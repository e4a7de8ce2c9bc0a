/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.SqliteBackupService;

/**
 * An audit of a migration: compares a database with what it was before, and tells what of
 * the difference is a loss.
 */
public final class MigrationAudit {

	/**
	 * Create a new instance.
	 * @param expectedLoss the names of the tables that may lose data, in any case, in
	 * which {@code *} stands for any characters
	 */
	public MigrationAudit(List<String> expectedLoss) {
	}

	/**
	 * Compare a database that others may use.
	 * @param backups the service of the database
	 * @param before the file of the snapshot from before
	 * @return the comparison
	 * @throws BackupException if one of them cannot be read
	 */
	public MigrationComparison compare(SqliteBackupService backups, Path before) {
		return new MigrationComparison(backups.database(), before, null, null, List.of(), List.of(), List.of());
	}

	/**
	 * Compare a file that nobody else uses, and beside which lies no journal.
	 * @param after the file
	 * @param before the file of the snapshot, or of another copy, from before
	 * @return the comparison
	 * @throws BackupException if one of them cannot be read
	 */
	public MigrationComparison compare(Path after, Path before) {
		return new MigrationComparison(after, before, null, null, List.of(), List.of(), List.of());
	}

}
