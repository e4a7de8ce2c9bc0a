/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.LastWrite;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A change of one database. Another thread that comes to change it as well waits until
 * there is a snapshot.
 */
public final class SchemaChange {

	private static final Logger logger = LoggerFactory.getLogger(SchemaChange.class);

	private final SqliteBackupService backups;

	private final Path database;

	private final SnapshotReason reason;

	private final boolean atStart;

	private final Consumer<SchemaChange> failed;

	private final ChangeAudit audit;

	/**
	 * What else can be changed together with this, without what that reaches again.
	 */
	private final Set<SchemaChange> reached = ConcurrentHashMap.newKeySet();

	private boolean taken;

	private boolean guarded;

	private boolean unfinished;

	/**
	 * Whether nobody will tell that the change came to its end.
	 */
	private boolean endUnknown;

	private @Nullable Snapshot before;

	/**
	 * What the database is now, as long as nothing has changed it.
	 */
	private @Nullable Snapshot found;

	private boolean changed;

	private @Nullable LastWrite lastWrite;

	private final NoteOfStart note;

	private @Nullable UndoneMigration undone;

	/**
	 * Create a new instance.
	 * @param backups the service of the database
	 * @param database the file of the database
	 * @param reason the reason for the snapshot's name
	 * @param atStart whether the application is starting, so that a later start has to
	 * know if this one does not come to its end
	 * @param failed hears when it failed
	 * @param audit compares what it left with what was there before
	 */
	SchemaChange(SqliteBackupService backups, Path database, SnapshotReason reason, boolean atStart,
			Consumer<SchemaChange> failed, ChangeAudit audit) {
		this.backups = backups;
		this.database = database;
		this.reason = reason;
		this.atStart = atStart;
		this.note = new NoteOfStart(backups, database, atStart);
		this.failed = failed;
		this.audit = audit;
	}

	/**
	 * Begin, without another snapshot if there is a recent one.
	 */
	synchronized void begin(SnapshotReason reason, @Nullable Snapshot recent, List<String> pending) {
		boolean within = this.unfinished;
		this.unfinished = true;
		takeSnapshot(reason, recent, pending);
		if (this.before != null && !within && !this.endUnknown) {
			this.audit.begin(this.note.isOfEarlierStart());
		}
	}

	/**
	 * Another database can be changed together with this one, and has been guarded as
	 * well.
	 */
	void reaches(SchemaChange other) {
		this.reached.add(other);
	}

	/**
	 * It came to a good end, and is not to be undone when something else fails.
	 * @throws DataLossException if it lost data and counts as failed for that; it is then
	 * for the caller to say that it did
	 */
	public void end() {
		DataLossException.throwIfAny(
				Stream.concat(Stream.of(this), this.reached.stream()).map((change) -> change.ended(false)).toList());
	}

	/**
	 * End several changes, of which each counts as failed for itself if it lost data.
	 * @param changes the changes
	 * @throws DataLossException if any does
	 */
	public static void endAll(Collection<SchemaChange> changes) {
		DataLossException.throwIfAny(changes.stream().map(SchemaChange::endOrFail).toList());
	}

	private static Optional<DataLossException> endOrFail(SchemaChange change) {
		try {
			change.end();
			return Optional.empty();
		}
		catch (DataLossException ex) {
			change.fail();
			return Optional.of(ex);
		}
	}

	/**
	 * It deleted data because somebody asked it to.
	 */
	public void endOfDeletion() {
		endedWithoutAudit();
		this.reached.forEach(SchemaChange::endedWithoutAudit);
	}

	/**
	 * It is not made.
	 */
	void refuse() {
		endOfDeletion();
	}

	/**
	 * Return what it can change, itself first.
	 */
	List<RehearsalCandidate> toRehearse() {
		return Stream.concat(Stream.of(this), this.reached.stream()).map(SchemaChange::describeToRehearse).toList();
	}

	private synchronized RehearsalCandidate describeToRehearse() {
		return new RehearsalCandidate(this.backups, this.database, this.guarded, this.found, this.before, this.changed);
	}

	private synchronized void endedWithoutAudit() {
		this.unfinished = false;
	}

	private synchronized Optional<DataLossException> ended(boolean ifMigrated) {
		Optional<DataLossException> loss = Optional.ofNullable(this.before)
			.map((snapshot) -> this.audit.end(snapshot, ifMigrated));
		this.unfinished = loss.isPresent();
		this.endUnknown = false;
		if (!this.unfinished) {
			this.note.removeIfNothingWasWritten();
		}
		return loss;
	}

	/**
	 * The application is about to have started, so that a change of which nobody told the
	 * end has come to it, if there was one.
	 */
	synchronized Optional<DataLossException> endAtStart() {
		return this.endUnknown ? ended(true) : Optional.empty();
	}

	/**
	 * Nobody will tell whether it comes, and to what end. It is not undone when something
	 * fails.
	 */
	public void endUnknown() {
		leftAlone();
		this.reached.forEach(SchemaChange::leftAlone);
	}

	private synchronized void leftAlone() {
		this.unfinished = false;
		this.endUnknown = true;
	}

	/**
	 * It failed. Puts the snapshot from before it back, if that is wanted; once the
	 * application has started, only of this database, since it goes on with the others.
	 */
	public void fail() {
		failed();
		this.reached.forEach(this.atStart ? SchemaChange::failed : SchemaChange::leftAlone);
	}

	private synchronized void failed() {
		this.unfinished = true;
		this.failed.accept(this);
	}

	synchronized boolean isEndUnknown() {
		return this.endUnknown;
	}

	synchronized boolean isUnfinished() {
		return this.unfinished;
	}

	synchronized boolean isGuarded() {
		return this.guarded;
	}

	private void takeSnapshot(SnapshotReason reason, @Nullable Snapshot recent, List<String> pending) {
		if (this.taken) {
			logger.debug("No snapshot of {} with the reason {}, because it has met one with the reason {}",
					this.database, reason, this.reason);
			noteChange();
			this.note.writeAgain();
			return;
		}
		// Even if it fails: the next one would come after the first change.
		this.taken = true;
		this.lastWrite = LastWrite.of(this.database);
		this.before = (recent != null) ? recent : snapshot(this.backups.backupIfChanged(reason, pending));
		this.guarded = true;
		this.changed = recent != null;
		this.found = this.changed ? null : this.before;
		if (this.before != null) {
			this.before = this.note.write(this.before);
		}
	}

	private static @Nullable Snapshot snapshot(BackupResult result) {
		if (result instanceof BackupResult.Created created) {
			return created.snapshot();
		}
		return (result instanceof BackupResult.Unchanged unchanged) ? unchanged.snapshot() : null;
	}

	/**
	 * Note whether something may have changed the database since the snapshot was taken.
	 */
	private void noteChange() {
		if (this.lastWrite == null || !LastWrite.of(this.database).isStill(this.lastWrite)) {
			this.found = null;
			this.changed = true;
		}
	}

	/**
	 * The application has started.
	 */
	synchronized void started() {
		new UnfinishedChange(this.backups).end();
	}

	synchronized void undo() {
		if (this.before == null || !this.unfinished || this.undone != null || this.audit.isLossOfEarlierStart()) {
			return;
		}
		this.undone = new MigrationUndo(this.backups, this.before).undoOrSay(this.database);
	}

	/**
	 * Return what there is to be put back, or was: nothing if the database is what it was
	 * before.
	 */
	synchronized Optional<GuardedChange> describeIfChanged() {
		return Optional.ofNullable(this.before)
			.filter((snapshot) -> this.undone != null
					|| new MigrationUndo(this.backups, snapshot).mayBeNeeded(this.database))
			.map((snapshot) -> new GuardedChange(this.database, this.backups.urlParameters(), this.unfinished, snapshot,
					this.undone));
	}

}
