/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteReader;

/**
 * An audit of a migration: it compares a database with what it was before, and tells what
 * of the difference is a loss.
 */
public final class MigrationAudit {

	private final ExpectedLoss expected;

	/**
	 * Create a new instance.
	 * @param expectedLoss the names of the tables that may lose data, in any case, in
	 * which {@code *} stands for any characters
	 */
	public MigrationAudit(List<String> expectedLoss) {
		this.expected = new ExpectedLoss(expectedLoss);
	}

	/**
	 * Compare a database that others may use.
	 * @param backups the service of the database
	 * @param before the file of the snapshot from before
	 * @return the comparison
	 * @throws BackupException if one of them cannot be read
	 */
	public MigrationComparison compare(SqliteBackupService backups, Path before) {
		DatabaseContent content = contentOf(before);
		return backups.read((statement) -> compare(statement, backups.database(), before, content).comparison());
	}

	/**
	 * Compare a file that nobody else uses, and beside which lies no journal.
	 * @param after the file
	 * @param before the file of the snapshot, or of another copy, from before
	 * @return the comparison
	 * @throws BackupException if one of them cannot be read
	 */
	public MigrationComparison compare(Path after, Path before) {
		DatabaseContent content = contentOf(before);
		return SqliteReader.readSnapshot(after, (statement) -> compare(statement, after, before, content).comparison());
	}

	static DatabaseContent contentOf(Path snapshot) {
		return SqliteReader.readSnapshot(snapshot, ContentReader::read);
	}

	Audited compare(Statement statement, Path database, Path before, DatabaseContent old) throws SQLException {
		DatabaseContent now = ContentReader.read(statement, old.tables());
		return new Audited(new Losses(statement, database, before, old, now).compare(this.expected), now);
	}

	/**
	 * What came of an audit.
	 *
	 * @param comparison the comparison
	 * @param content what is in the database now
	 */
	record Audited(MigrationComparison comparison, DatabaseContent content) {

	}

}
