/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.ReachableDatabases;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guard that decides whether a change of a schema meets a snapshot. A backup that
 * fails does not stop the change, unless that was asked for.
 * <p>
 * While the application starts, one thing after the other may change the schema of a
 * database: there is one snapshot, before the first. Once it has started, each change has
 * its own.
 */
public final class MigrationGuard {

	private static final Logger logger = LoggerFactory.getLogger(MigrationGuard.class);

	private final MigrationSettings settings;

	private final BackupListener listener;

	private final QuietPeriod quietPeriod;

	private final MissingSnapshot missing;

	private final Consumer<GuardedChange> lateFailures;

	private final ChangesOfStart changes = new ChangesOfStart();

	/**
	 * The databases that were tried on this thread since {@link #begin()}.
	 */
	private final ThreadLocal<@Nullable Set<Path>> tried = new ThreadLocal<>();

	private volatile boolean started;

	/**
	 * Create a new instance.
	 * @param settings what is to be done before and after a migration
	 */
	public MigrationGuard(MigrationSettings settings) {
		this(settings, BackupListener.NONE,
				(change) -> logger.warn("A schema change failed. The snapshot of {} taken before it is {}.",
						change.database(), change.before().file()));
	}

	/**
	 * Create a new instance.
	 * @param settings what is to be done before and after a migration
	 * @param listener hears of each comparison of a database before and after a migration
	 * @param lateFailures hears of each change that failed once the application has
	 * started, when there is no report of a failed start, and that was not undone
	 */
	public MigrationGuard(MigrationSettings settings, BackupListener listener, Consumer<GuardedChange> lateFailures) {
		this(settings, listener, lateFailures, Clock.systemUTC());
	}

	MigrationGuard(MigrationSettings settings, BackupListener listener, Consumer<GuardedChange> lateFailures,
			Clock clock) {
		this.settings = settings;
		this.quietPeriod = new QuietPeriod(settings.quietPeriod(), clock);
		this.listener = listener;
		this.missing = new MissingSnapshot(settings.onFailure());
		this.lateFailures = lateFailures;
	}

	/**
	 * Return whether a database needs a snapshot even if nothing is going to be changed
	 * in it.
	 * @param backups the service of the database
	 * @return {@code false} if it is enough to take one once something is
	 */
	public boolean isNeededInAnyCase(SqliteBackupService backups) {
		return this.settings.when() == MigrationSettings.When.ALWAYS && recent(backups).isNone();
	}

	/**
	 * Return what tries a migration on a copy first, if that is wanted.
	 * @return the rehearsal
	 */
	public Rehearsal rehearsal() {
		return new Rehearsal(this.settings);
	}

	/**
	 * A change begins on this thread that is announced more than once, by what surrounds
	 * it and by what makes it. Until it is over, each database meets one snapshot.
	 * @return the change, whose end must be reported
	 */
	public Begun begin() {
		if (this.tried.get() != null) {
			return () -> {
			};
		}
		this.tried.set(new HashSet<>());
		return this.tried::remove;
	}

	/**
	 * Return whether this start took no snapshot of a database because nothing was to be
	 * changed in it, and there is a recent one.
	 * @param backups the service of the database
	 * @return whether it did not
	 */
	public boolean isRecentlySaved(SqliteBackupService backups) {
		return this.changes.isRecentlySaved(backups);
	}

	/**
	 * Take a snapshot, if there is anything to take one of, and none yet from this start
	 * of the application.
	 * @param backups the service of the database that is about to change
	 * @param reason the reason for the snapshot's name
	 * @param pending tells what will be changed; asked only if it matters
	 * @return the change, whose end is to be reported; empty if the database is not
	 * guarded
	 * @throws MigrationRefusedException if no snapshot could be taken and there is to be
	 * no migration without one
	 */
	public Optional<SchemaChange> beforeChange(SqliteBackupService backups, SnapshotReason reason,
			PendingChanges pending) {
		if (this.settings.when() == MigrationSettings.When.PENDING && !isPending(pending)
				&& !new UnfinishedChange(backups).isBegun()) {
			logger.debug("No snapshot with the reason {}, because nothing is pending", reason);
			if (!this.started) {
				this.changes.noneOf(backups);
			}
			return Optional.empty();
		}
		QuietPeriod.Recent recent = recent(backups);
		if (!recent.isNone() && isPending(pending)) {
			recent = QuietPeriod.Recent.NONE;
		}
		this.quietPeriod.log(recent);
		if (!recent.isNone() && recent.unfinished().isEmpty()) {
			this.changes.noneOfRecentlySaved(backups);
			return Optional.empty();
		}
		Optional<SchemaChange> change = guard(backups, reason, recent, pending.names());
		for (SqliteBackupService further : further(backups)) {
			Optional<SchemaChange> reached = guard(further, reason, recent, List.of());
			change.ifPresentOrElse((main) -> reached.ifPresent(main::reaches),
					() -> reached.ifPresent(SchemaChange::endUnknown));
		}
		return change;
	}

	private QuietPeriod.Recent recent(SqliteBackupService backups) {
		return this.started ? QuietPeriod.Recent.NONE : this.quietPeriod.snapshots(backups, this.changes.databases());
	}

	/**
	 * Return what a change can reach besides the database itself.
	 */
	private List<SqliteBackupService> further(SqliteBackupService backups) {
		try {
			return ReachableDatabases.of(backups);
		}
		catch (BackupException ex) {
			this.missing.because(ex);
			return List.of();
		}
		catch (RuntimeException | LinkageError ex) {
			this.missing.unexpectedly(ex);
			return List.of();
		}
	}

	private Optional<SchemaChange> guard(SqliteBackupService backups, SnapshotReason reason, QuietPeriod.Recent recent,
			List<String> pending) {
		try {
			Path database = backups.database();
			Set<Path> tried = this.tried.get();
			if (tried != null && !tried.add(database)) {
				logger.debug("No further snapshot of {} with the reason {} for the same change", database, reason);
				return Optional.empty();
			}
			ChangeAudit audit = new ChangeAudit(backups, database, this.settings, this.listener);
			SchemaChange change = this.started
					? new SchemaChange(backups, database, reason, false, this::failedLate, audit)
					: this.changes.of(database,
							(file) -> new SchemaChange(backups, file, reason, true, this::failedEarly, audit));
			change.begin(reason, recent.snapshots().get(database), pending);
			return Optional.of(change);
		}
		catch (BackupException ex) {
			this.missing.because(ex);
		}
		catch (RuntimeException | LinkageError ex) {
			this.missing.unexpectedly(ex);
		}
		return Optional.empty();
	}

	/**
	 * Handle that a snapshot cannot even be tried before a change of the schema.
	 * @param failure why
	 * @throws MigrationRefusedException if there is to be no migration without one
	 */
	public void noSnapshot(BackupException failure) {
		this.missing.because(failure);
	}

	private void failedEarly(SchemaChange change) {
		if (this.settings.restoreOnError()) {
			change.undo();
		}
	}

	private void failedLate(SchemaChange change) {
		failedEarly(change);
		change.describeIfChanged().filter((failed) -> failed.undone() == null).ifPresent(this.lateFailures);
	}

	/**
	 * The application failed to start, because of a change of a schema. Puts the
	 * snapshots from before all changes back that came to no end, if that is wanted.
	 */
	public void startFailed() {
		if (this.settings.restoreOnError()) {
			this.changes.undo();
		}
	}

	/**
	 * The application has started. What changes a schema from now on is no part of that.
	 * @return the files of the databases that were guarded while it started, without
	 * those of which no snapshot could be taken
	 * @throws DataLossException if a change lost data of which nobody told the end, and
	 * counts as failed for that
	 */
	public Set<Path> started() {
		this.changes.endAtStart();
		this.started = true;
		return this.changes.started();
	}

	/**
	 * Return what may be to blame when a change of the schema failed while the
	 * application was starting: the changes that came to no end, or if there is none,
	 * those of which nobody tells. Not those that left the database as it was: many fail
	 * before they begin, and there is nothing to be put back.
	 * @return the changes of which there is a snapshot from before
	 */
	public List<GuardedChange> suspects() {
		return this.changes.suspects();
	}

	/**
	 * Return those that came to no end, but for those that changed nothing.
	 * @return the changes of which there is a snapshot from before
	 */
	public List<GuardedChange> unfinished() {
		return this.changes.unfinished();
	}

	private static boolean isPending(PendingChanges pending) {
		try {
			return pending.areAny();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("It is unknown whether a migration is pending, so there is a snapshot", Secrets.mask(ex));
			return true;
		}
	}

	/**
	 * A change that is going on.
	 */
	@FunctionalInterface
	public interface Begun {

		/**
		 * The change is over, however it ended.
		 */
		void end();

	}

}
