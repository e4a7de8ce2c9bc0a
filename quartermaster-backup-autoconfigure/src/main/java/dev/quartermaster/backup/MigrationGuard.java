/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a snapshot before something changes the schema and sees to it that a failing
 * backup does not stop the change, unless that was asked for.
 * <p>
 * While the application starts, one thing after the other may change the schema of a
 * database: there is one snapshot, before the first. Once it has started, each change has
 * its own.
 */
public final class MigrationGuard {

	private static final Logger logger = LoggerFactory.getLogger(MigrationGuard.class);

	private final When when;

	private final OnFailure onFailure;

	private final boolean restoreOnError;

	private final Map<Path, Change> changes = new ConcurrentHashMap<>();

	private final Set<String> unsupported = ConcurrentHashMap.newKeySet();

	private volatile boolean started;

	/**
	 * Create a new instance.
	 * @param when before which migrations to take a snapshot
	 * @param onFailure what to do when the snapshot cannot be taken
	 * @param restoreOnError whether to put the snapshot back when the migration fails
	 */
	public MigrationGuard(When when, OnFailure onFailure, boolean restoreOnError) {
		this.when = when;
		this.onFailure = onFailure;
		this.restoreOnError = restoreOnError;
	}

	/**
	 * Return before which migrations to take a snapshot.
	 * @return as it was given
	 */
	public When when() {
		return this.when;
	}

	/**
	 * Take a snapshot, if there is anything to take one of, and none yet from this start
	 * of the application. To be followed by {@link #changed} when the change succeeded.
	 * @param backups the door to the snapshots of the database that is about to change
	 * @param reason the reason for the snapshot's name
	 * @param pending tells whether anything will be changed; asked only if it matters
	 * @return whether the database is guarded, so that the end of the change is to be
	 * told
	 * @throws MigrationRefusedException if no snapshot could be taken and there is to be
	 * no migration without one
	 */
	public boolean beforeChange(SqliteBackupService backups, String reason, BooleanSupplier pending) {
		if (this.when == When.PENDING && !isPending(pending)) {
			logger.debug("No snapshot with the reason {}, because nothing is pending", reason);
			return false;
		}
		try {
			Path database = backups.database();
			Change change = this.started ? new Change(backups, database, reason)
					: this.changes.computeIfAbsent(database, (file) -> new Change(backups, file, reason));
			change.begin(reason);
			return true;
		}
		catch (UnsupportedDatabaseException ex) {
			if (this.unsupported.add(ex.getProblem())) {
				logger.info("No snapshot before the migration: {}", ex.getProblem());
			}
		}
		catch (BackupException ex) {
			noSnapshot(ex);
		}
		catch (RuntimeException | LinkageError ex) {
			if (this.onFailure == OnFailure.ABORT) {
				throw new MigrationRefusedException(new BackupException("The backup failed unexpectedly: " + ex,
						"This is a defect of Quartermaster Backup: please report it with the stack trace.", ex));
			}
			logger.warn("NO SNAPSHOT before the migration, which goes on without one:"
					+ " the backup failed unexpectedly. This is a defect of Quartermaster Backup: please report it.",
					ex);
		}
		return false;
	}

	/**
	 * A snapshot cannot even be tried before a change of the schema. Says so.
	 * @param failure why
	 * @throws MigrationRefusedException if there is to be no migration without one
	 */
	public void noSnapshot(BackupException failure) {
		if (this.onFailure == OnFailure.ABORT) {
			throw new MigrationRefusedException(failure);
		}
		logger.warn("NO SNAPSHOT before the migration, which goes on without one: {}", failure.getMessage());
	}

	/**
	 * A change of the schema came to a good end, and is not to be undone when something
	 * else fails.
	 * @param backups the door to the snapshots of the database that was changed
	 */
	public void changed(SqliteBackupService backups) {
		changeOf(backups).ifPresent(Change::end);
	}

	/**
	 * A change of the schema failed. Puts the snapshot from before it back, if that is
	 * wanted.
	 * @param backups the door to the snapshots of the database that was to be changed
	 */
	public void changeFailed(SqliteBackupService backups) {
		changeOf(backups).ifPresent((change) -> change.fail(this.restoreOnError));
	}

	/**
	 * Nobody will tell whether a change of the schema comes, and to what end. It is not
	 * undone when something fails.
	 * @param backups the door to the snapshots of the database that may be changed
	 */
	public void endUnknown(SqliteBackupService backups) {
		changeOf(backups).ifPresent(Change::endUnknown);
	}

	private Optional<Change> changeOf(SqliteBackupService backups) {
		try {
			return Optional.ofNullable(this.changes.get(backups.database()));
		}
		catch (RuntimeException | LinkageError ex) {
			// Then it was not guarded either, which has been said.
			logger.debug("Not known to be guarded", ex);
			return Optional.empty();
		}
	}

	/**
	 * The application failed to start, because of a change of a schema. Puts the
	 * snapshots from before all changes back that came to no end, if that is wanted.
	 */
	public void startFailed() {
		if (this.restoreOnError) {
			this.changes.values().forEach(Change::undo);
		}
	}

	/**
	 * The application has started. What changes a schema from now on is no part of that.
	 * @return the files of the databases that were guarded while it started
	 */
	public Set<Path> started() {
		this.started = true;
		Set<Path> guarded = new TreeSet<>(this.changes.keySet());
		this.changes.clear();
		return guarded;
	}

	/**
	 * Return what may be to blame when a change of the schema failed while the
	 * application was starting: the changes that came to no end, or if there is none,
	 * those of which nobody tells.
	 * @return the changes of which there is a snapshot from before
	 */
	public List<GuardedChange> suspects() {
		List<GuardedChange> unfinished = describe(Change::isUnfinished);
		return !unfinished.isEmpty() ? unfinished : describe(Change::isEndUnknown);
	}

	private List<GuardedChange> describe(Predicate<Change> which) {
		return this.changes.values().stream().filter(which).flatMap((change) -> change.describe().stream()).toList();
	}

	private static boolean isPending(BooleanSupplier pending) {
		try {
			return pending.getAsBoolean();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("Whether a migration is pending cannot be told, so there is a snapshot", ex);
			return true;
		}
	}

	/**
	 * A change of one database. Another thread that comes to change it as well waits
	 * until there is a snapshot.
	 */
	private static final class Change {

		private final SqliteBackupService backups;

		private final Path database;

		private final String reason;

		private boolean taken;

		private boolean unfinished;

		/**
		 * Whether nobody will tell that the change came to its end.
		 */
		private boolean endUnknown;

		private @Nullable Snapshot before;

		private @Nullable UndoneMigration undone;

		Change(SqliteBackupService backups, Path database, String reason) {
			this.backups = backups;
			this.database = database;
			this.reason = reason;
		}

		synchronized void begin(String reason) {
			this.unfinished = true;
			takeSnapshot(reason);
		}

		synchronized void end() {
			this.unfinished = false;
		}

		synchronized void endUnknown() {
			this.unfinished = false;
			this.endUnknown = true;
		}

		synchronized void fail(boolean undo) {
			this.unfinished = true;
			if (undo) {
				undo();
			}
		}

		synchronized boolean isEndUnknown() {
			return this.endUnknown;
		}

		synchronized boolean isUnfinished() {
			return this.unfinished;
		}

		private void takeSnapshot(String reason) {
			if (this.taken) {
				logger.debug("No snapshot of {} with the reason {}, because it has met one with the reason {}",
						this.database, reason, this.reason);
				return;
			}
			// Even if it fails: the next one would come after the first change.
			this.taken = true;
			BackupResult result = this.backups.backupIfChanged(reason);
			if (result instanceof BackupResult.Created created) {
				this.before = created.snapshot();
			}
			else if (result instanceof BackupResult.Unchanged unchanged) {
				this.before = unchanged.snapshot();
			}
		}

		synchronized void undo() {
			if (this.before == null || !this.unfinished || this.undone != null) {
				return;
			}
			try {
				this.undone = this.backups.undoMigration(this.before);
				log(this.undone);
			}
			catch (BackupException ex) {
				logger.warn("The migration of {} failed, and the database could NOT be put back as it was before: {}",
						this.database, ex.getMessage());
			}
			catch (RuntimeException | LinkageError ex) {
				// What made the migration fail is what has to be seen.
				logger.warn("The migration of {} failed, and the database could NOT be put back as it was before."
						+ " This is a defect of Quartermaster Backup: please report it.", this.database, ex);
			}
		}

		private void log(UndoneMigration undone) {
			Snapshot failed = undone.failed();
			if (!undone.restored()) {
				logger.warn("The migration of {} failed and left the database as it was before", this.database);
			}
			else {
				logger.warn("The migration of {} failed. The database was put back as it was before, from {}.{}",
						this.database, undone.before().file(),
						(failed != null) ? " What the migration left is kept in " + failed.file() + "." : "");
			}
		}

		synchronized Optional<GuardedChange> describe() {
			return Optional.ofNullable(this.before)
				.map((snapshot) -> new GuardedChange(this.database, this.unfinished, snapshot, this.undone));
		}

	}

	/**
	 * Before which migrations to take a snapshot.
	 */
	public enum When {

		/**
		 * Before every one, even if it turns out to change nothing.
		 */
		ALWAYS,

		/**
		 * Only when there is something to apply.
		 */
		PENDING

	}

	/**
	 * What to do when the snapshot before a migration cannot be taken.
	 */
	public enum OnFailure {

		/**
		 * Migrate without one, and say so with a warning.
		 */
		CONTINUE,

		/**
		 * Do not migrate.
		 */
		ABORT

	}

}
