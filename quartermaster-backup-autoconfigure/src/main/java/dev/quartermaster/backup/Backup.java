/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One backup of one database, from the file to the result.
 * <ol>
 * <li>Locate the file of the database, see {@link SqliteDatabase}, and keep what is left
 * beside one that is gone, see {@link OrphanedJournal}.</li>
 * <li>Wait until nobody else copies it, see {@link CopyQueue}. A backup on request may
 * share a copy that was begun since.</li>
 * <li>Open it, see {@link CopySource}. If there is no file, or nothing in it, there is
 * nothing to back up.</li>
 * <li>Prepare the directory: it exists, is this database's, and has room, see
 * {@link SnapshotDirectory} and {@link SnapshotOwner}.</li>
 * <li>Stage a hidden file, see {@link PartialFile}, and record that before a change of
 * the schema, see {@link CopyRecord}.</li>
 * <li>Copy the database as it is at one point in time, see {@link OnlineCopy}, and make
 * the copy self-contained, see {@link DatabaseHeader}.</li>
 * <li>Verify the copy, see {@link SnapshotVerifier}.</li>
 * <li>Compare it with the snapshots that there are, see {@link UnchangedContent}.</li>
 * <li>Publish it with its manifest, flushed to disk, or keep what is the same, see
 * {@link ManifestDraft}.</li>
 * <li>Report the result, see {@link BackupReport}, and then remove what need not be kept
 * any longer, see {@link SnapshotRetention}.</li>
 * </ol>
 */
final class Backup {

	private final BackupContext context;

	private final LiveDatabase database;

	private final BackupPurpose purpose;

	private final UnchangedContent same;

	private final CopyQueue.Permit permit;

	private CopyRecord record = CopyRecord.NONE;

	// Finding the file may have started the application's connection pool, and others
	// may have been waited for.
	private final long start = System.nanoTime();

	/**
	 * Create a backup that nothing is left to do for but to make it.
	 * @param context what it has in common with others
	 * @param database the database
	 * @param purpose why it is made
	 * @param same what becomes of the copy if there is a snapshot of the same content
	 * @param permit the permit to make a copy
	 */
	Backup(BackupContext context, LiveDatabase database, BackupPurpose purpose, UnchangedContent same,
			CopyQueue.Permit permit) {
		this.context = context;
		this.database = database;
		this.purpose = purpose;
		this.same = same;
		this.permit = permit;
	}

	/**
	 * Back up because somebody asked for it. Whoever waited for a copy that was begun
	 * meanwhile gets a name of their own for that.
	 */
	static BackupResult onRequest(BackupContext context, BackupPurpose purpose) {
		return run(context, purpose.reason(), BackupTrigger.REQUEST, (database) -> {
			Path file = database.file();
			try (CopyQueue.Permit permit = CopyQueue.of(file).await(file, context.settings().busyTimeout())) {
				return new Backup(context, database, purpose, UnchangedContent.NEWEST_LINKED, permit).shareOrMake();
			}
		});
	}

	/**
	 * Back up because it is time to, before something is changed that would not wait.
	 */
	static BackupResult ifChanged(BackupContext context, BackupPurpose given) {
		// Somebody may have made one that only we may give.
		SnapshotReason reason = SnapshotReason.of(given.reason().slug());
		BackupPurpose purpose = new BackupPurpose(reason, given.words(), given.pending());
		return run(context, reason, reason.trigger(), (database) -> {
			Path file = database.file();
			try (CopyQueue.Permit permit = CopyQueue.of(file)
				.awaitHoweverLong(file, context.settings().busyTimeout())) {
				return new Backup(context, database, purpose, UnchangedContent.NEWEST_KEPT, permit).make();
			}
		});
	}

	private static BackupResult run(BackupContext context, SnapshotReason reason, BackupTrigger trigger,
			Function<LiveDatabase, BackupResult> backup) {
		long begun = System.nanoTime();
		Path file = null;
		BackupResult result;
		try {
			LiveDatabase database = context.live();
			file = database.file();
			// Where hardly anything can be written, it must not take the place.
			FailureNote.remove(context, file);
			OrphanedJournal.requireNone(file, context.now());
			result = backup.apply(database);
		}
		catch (BackupException ex) {
			context.report().failure(ex, BackupAttempt.since(begun, file, reason, trigger));
			if (file != null) {
				FailureNote.write(context, file, ex);
			}
			throw ex;
		}
		if (!(result instanceof BackupResult.NothingToBackUp)) {
			FailureNote.remove(context, file);
		}
		report(context, result, BackupAttempt.since(begun, file, reason, trigger));
		SnapshotRetention.after(context, result);
		return result;
	}

	/**
	 * Report the result of a backup.
	 */
	static void report(BackupContext context, BackupResult result, BackupAttempt attempt) {
		if (result instanceof BackupResult.Created created) {
			BackupLog.created(created);
		}
		else if (result instanceof BackupResult.Unchanged unchanged) {
			BackupLog.unchanged(unchanged);
		}
		else {
			reportNothing(context, result.database());
		}
		context.report().result(result, attempt);
	}

	private static void reportNothing(BackupContext context, Path file) {
		try {
			BackupLog.nothingToBackUp(context.live(), context.snapshotsOf(file).list());
		}
		catch (BackupException ex) {
			// What is done is done, whether or not there are older snapshots to name.
			BackupLog.nothingToBackUp(file, ex);
		}
	}

	private BackupResult shareOrMake() {
		return this.permit.begunSince()
			.filter((copy) -> copy.mode() == this.context.settings().verification())
			.flatMap(this::share)
			.orElseGet(this::make);
	}

	private Optional<BackupResult> share(CopyQueue.Copy copy) {
		SnapshotDirectory directory = this.context.snapshotsOf(this.database.file());
		SnapshotName name = directory.name(this.purpose.reason());
		return directory
			.publishLink(copy.snapshot(), name,
					() -> ManifestDraft.again(copy.snapshot(), name, this.context, this.purpose))
			.map((snapshot) -> created(snapshot, copy.verification()));
	}

	private BackupResult make() {
		if (FileState.ofDatabase(this.database.file()).isEmpty()) {
			return new BackupResult.NothingToBackUp(this.database.file());
		}
		Duration lockTimeout = this.permit.begin();
		try (CopySource source = this.context.database().open(this.database, lockTimeout)) {
			return make(source);
		}
		catch (DatabaseBusyException ex) {
			if (Thread.currentThread().isInterrupted()) {
				throw FileFailures.interrupted("The database " + this.database.file() + " was not copied", ex);
			}
			throw ex;
		}
	}

	/**
	 * Back up what somebody has opened already.
	 * @param source the database, opened to be copied
	 */
	BackupResult make(CopySource source) {
		if (source.state().blank()) {
			return new BackupResult.NothingToBackUp(this.database.file());
		}
		SnapshotDirectory directory = prepareDirectory(source);
		SnapshotName name = directory.name(this.purpose.reason());
		try (PartialFile partial = directory.stage()) {
			this.record.begin(partial, source.state().size());
			copy(source, directory, partial);
			return keep(source, directory, partial, name);
		}
		finally {
			this.record.end();
		}
	}

	private BackupResult keep(CopySource source, SnapshotDirectory directory, PartialFile partial, SnapshotName name) {
		try (ManifestDraft manifest = new ManifestDraft(this.context, this.database.file(), this.purpose,
				source.state(), partial.path(), this.start)) {
			Verification verification = verify(source, partial);
			manifest.checked(verification);
			Optional<Snapshot> same = this.same.search()
				.find(directory.listing(), partial.path())
				.filter(directory::flush);
			if (same.isPresent() && this.same.whenFound() == UnchangedContent.WhenFound.KEEP) {
				directory.flushName(same.get());
				return new BackupResult.Unchanged(this.database.file(), same.get(), verification, took());
			}
			Snapshot snapshot = publish(directory, partial, name, same, manifest);
			if (!this.purpose.reason().isReplacedState()) {
				this.permit.copied(snapshot, verification, this.context.settings().verification());
			}
			return created(snapshot, verification);
		}
	}

	/**
	 * Return what a listener hears of this backup, which has ended now.
	 * @param begun when it was begun, by {@link System#nanoTime()}
	 */
	BackupAttempt attempt(long begun, BackupTrigger trigger) {
		return BackupAttempt.since(begun, this.database.file(), this.purpose.reason(), trigger);
	}

	private SnapshotDirectory prepareDirectory(CopySource source) {
		SnapshotDirectory directory;
		do {
			directory = this.context.snapshotsOf(this.database.file());
			if (this.same == UnchangedContent.NEWEST_KEPT && this.context.settings().checkEnvironment()) {
				this.record = CopyRecord.in(directory);
			}
			directory.prepare(source.state().size(), this.context.settings().minFreeSpace());
		}
		while (!SnapshotOwner.claim(directory, source::tables));
		return directory;
	}

	private void copy(CopySource source, SnapshotDirectory directory, PartialFile partial) {
		OnlineCopy copy = new OnlineCopy(source);
		try {
			copy.to(partial.path(), this.context.report().copyOf(this.database.file()));
		}
		catch (BackupException ex) {
			this.permit.released(copy.longestLock());
			if (ex.getClass() == BackupException.class) {
				directory.freeSpace().requireInFact(partial, source.state().size(), ex);
			}
			throw ex;
		}
		this.permit.released(copy.longestLock());
	}

	private Verification verify(CopySource source, PartialFile partial) {
		return source.state()
			.verdict(SnapshotVerifier.verify(partial.path(), this.context.settings().verification(),
					this.context.report().checkOf(partial.path())));
	}

	private Snapshot publish(SnapshotDirectory directory, PartialFile partial, SnapshotName name,
			Optional<Snapshot> same, ManifestDraft draft) {
		Supplier<Optional<String>> manifest = () -> draft.text(directory.path(), name);
		return same.map((found) -> directory.publishLink(found, partial, name, manifest))
			.orElseGet(() -> directory.publish(partial, name, manifest));
	}

	private BackupResult created(Snapshot snapshot, Verification verification) {
		return new BackupResult.Created(this.database.file(), snapshot, verification, took());
	}

	private Duration took() {
		return Duration.ofNanos(System.nanoTime() - this.start);
	}

}
