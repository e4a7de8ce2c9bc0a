/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteReader;
import org.jspecify.annotations.Nullable;

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
		return compare(backups, backups.database(), before, read(before), null).comparison();
	}

	/**
	 * Compare a file that nobody else uses, and beside which lies no journal.
	 * @param after the file
	 * @param before the file of the snapshot, or of another copy, from before
	 * @return the comparison
	 * @throws BackupException if one of them cannot be read
	 */
	public MigrationComparison compare(Path after, Path before) {
		Supplier<DatabaseContent> old = read(before);
		return SqliteReader.readSnapshot(after, (statement) -> compare(statement, after, before, old, null))
			.comparison();
	}

	/**
	 * Begin to read a snapshot, on a thread of its own, since what is there now is to be
	 * read at the same time.
	 */
	static Supplier<DatabaseContent> read(Path snapshot) {
		CompletableFuture<DatabaseContent> content = CompletableFuture
			.supplyAsync(() -> SqliteReader.readSnapshot(snapshot, ContentReader::read), MigrationAudit::start);
		return () -> {
			try {
				return content.join();
			}
			catch (CompletionException ex) {
				throw (ex.getCause() instanceof RuntimeException failure) ? failure : ex;
			}
		};
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "Migration audit");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Compare a database that others may use.
	 * @param database the file of the database
	 * @param inSnapshot what is in the snapshot
	 * @param known what an earlier audit found, with which it is compared instead, or
	 * {@code null}
	 */
	Audited compare(SqliteBackupService backups, Path database, Path before, Supplier<DatabaseContent> inSnapshot,
			@Nullable DatabaseContent known) {
		return backups.read((statement) -> compare(statement, database, before, inSnapshot, known));
	}

	private Audited compare(Statement statement, Path database, Path before, Supplier<DatabaseContent> inSnapshot,
			@Nullable DatabaseContent known) throws SQLException {
		DatabaseContent now = ContentReader.read(statement);
		DatabaseContent first = inSnapshot.get();
		DatabaseContent old = (known != null) ? known : first;
		boolean migrated = !now.schema().equals(old.schema()) || !now.histories().equals(old.histories());
		return new Audited(new Losses(statement, database, before, first, old, now).compare(this.expected), now,
				!now.equals(old), migrated);
	}

	/**
	 * What came of an audit.
	 *
	 * @param comparison the comparison
	 * @param content what is in the database now
	 * @param changed whether that is another than before
	 * @param migrated whether the schema is another, or the history of a tool that
	 * migrates
	 */
	record Audited(MigrationComparison comparison, DatabaseContent content, boolean changed, boolean migrated) {

	}

}
