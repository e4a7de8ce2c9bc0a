/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.RehearsalCopy;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.Verification;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.migration.MigrationAudit;
import org.jspecify.annotations.Nullable;

/**
 * The databases in a rehearsal, whose copies are given up together, at any moment.
 */
final class RehearsedDatabases implements AutoCloseable {

	private final Path scratch;

	private final List<RehearsedDatabase> databases = new ArrayList<>();

	private final List<RehearsalCopy> copies = new ArrayList<>();

	private boolean removed;

	private int without;

	/**
	 * Create a new instance.
	 * @param scratch where the application is to make the databases of which there is
	 * nothing to copy
	 */
	RehearsedDatabases(Path scratch) {
		this.scratch = scratch;
	}

	/**
	 * Add a database.
	 * @param which the snapshot of it to rehearse on, or {@code null} for what it is now
	 * @return the file that the application is to open in its place
	 */
	Path add(SqliteBackupService backups, @Nullable String which) {
		RehearsedDatabase added = (which != null) ? ofSnapshot(backups, which)
				: RehearsedDatabase.ofNow(backups, this::begin);
		if (added == null) {
			return this.scratch.resolve("new-" + this.without++ + ".db");
		}
		this.databases.add(added);
		return added.copy();
	}

	private RehearsedDatabase ofSnapshot(SqliteBackupService backups, String which) {
		Path snapshot = SnapshotChoice.file(backups, which);
		RehearsedDatabase added = RehearsedDatabase.ofSnapshot(backups, snapshot, this::begin);
		if (backups.verify(snapshot, VerificationMode.QUICK) instanceof Verification.Corrupt corrupt) {
			throw new BackupException("The snapshot " + snapshot + " is damaged (" + corrupt.summary() + ")",
					"Rehearse on another one.", null);
		}
		return added;
	}

	/**
	 * Keep in mind a copy that is going to be made.
	 * @throws BackupException if all have been given up meanwhile, since this process
	 * ends
	 */
	private synchronized void begin(RehearsalCopy copy) {
		if (this.removed) {
			throw new BackupException("The rehearsal was interrupted", "Run it again. The database was not touched.",
					null);
		}
		this.copies.add(copy);
	}

	boolean isEmpty() {
		return this.databases.isEmpty();
	}

	/**
	 * Return the files of the databases, for a sentence.
	 */
	String names() {
		return String.join(", ", files());
	}

	List<String> files() {
		return this.databases.stream().map((database) -> database.database().toString()).toList();
	}

	/**
	 * Compare what the application made of the copies with what they were.
	 */
	List<RehearsedDatabase.Result> compare(MigrationAudit audit) {
		return this.databases.stream().map((database) -> database.compare(audit)).toList();
	}

	/**
	 * Remove the copies, also those that are still being made.
	 */
	synchronized void remove() {
		this.removed = true;
		this.copies.forEach(RehearsalCopy::close);
	}

	@Override
	public void close() {
		remove();
	}

}
