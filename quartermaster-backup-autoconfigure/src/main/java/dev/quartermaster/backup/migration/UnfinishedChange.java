/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.util.Optional;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A change of the schema that a start of the application began, and that may not come to
 * its end. The snapshot from before it has the bookmark until then, which tells a later
 * start which one that is: the newest may be of what is left of the change.
 */
final class UnfinishedChange {

	private static final Logger logger = LoggerFactory.getLogger(UnfinishedChange.class);

	private final SqliteBackupService backups;

	/**
	 * Create a new instance.
	 * @param backups the service of the database
	 */
	UnfinishedChange(SqliteBackupService backups) {
		this.backups = backups;
	}

	/**
	 * Begin a change. To be followed by {@link #end} when the application has started.
	 * @param before the snapshot that was just taken
	 * @return the snapshot from before the change: that one, or if an earlier start began
	 * to change the schema and did not come to its end, the one from before that
	 */
	Snapshot begin(Snapshot before) {
		try {
			return findOrSet(before);
		}
		catch (RuntimeException | LinkageError ex) {
			// There is a snapshot, which is what matters.
			logger.warn("It is unknown whether an earlier start failed while it changed the schema of {}",
					this.backups.database(), ex);
			return before;
		}
	}

	private Snapshot findOrSet(Snapshot before) {
		Optional<Snapshot> first = this.backups.bookmark().snapshot();
		if (first.isEmpty()) {
			this.backups.bookmark().set(before);
			return before;
		}
		if (!first.get().equals(before)) {
			logger.warn("An earlier start began to change the schema of {} and did not finish."
					+ " The snapshot taken before that is {}. The snapshot of the database as this start found it is {}.",
					this.backups.database(), first.get().file(), before.file());
		}
		return first.get();
	}

	/**
	 * Return whether an earlier start began a change that did not come to its end.
	 */
	boolean isBegun() {
		return before().isPresent();
	}

	/**
	 * Return the snapshot from before a change that an earlier start began, and that did
	 * not come to its end.
	 */
	Optional<Snapshot> before() {
		try {
			return this.backups.bookmark().snapshot();
		}
		catch (RuntimeException | LinkageError ex) {
			// Then nobody can go back to it either.
			logger.debug("It is unknown whether an earlier start failed", Secrets.mask(ex));
			return Optional.empty();
		}
	}

	/**
	 * End the change: the application has started, whether or not it changed a database.
	 * An earlier start that failed has nothing to say any more.
	 */
	void end() {
		try {
			this.backups.bookmark().remove();
		}
		catch (BackupException ex) {
			// Then there was no snapshot either, which has been said.
			logger.debug("Could not note that the application has started", ex);
		}
		catch (RuntimeException | LinkageError ex) {
			// That must not keep the application from starting.
			logger.warn("It could not be recorded that the application has started", Secrets.mask(ex));
		}
	}

}
