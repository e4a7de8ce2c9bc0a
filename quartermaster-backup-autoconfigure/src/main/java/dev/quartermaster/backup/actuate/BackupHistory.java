/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import dev.quartermaster.backup.BackupAttempt;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.DrillResult;
import dev.quartermaster.backup.PruneResult;
import dev.quartermaster.backup.RealPath;
import dev.quartermaster.backup.UnsupportedDatabaseException;
import dev.quartermaster.backup.Verification;
import org.jspecify.annotations.Nullable;

/**
 * The last of everything that happened to each database since the application began to
 * start: its last backup, drill and removal of snapshots. Instances are safe for use by
 * several threads.
 */
public final class BackupHistory {

	private final Map<Path, Entry> entries = new ConcurrentHashMap<>();

	private final AtomicLong version = new AtomicLong();

	private volatile @Nullable UnlocatedFailure unlocated;

	private final Clock clock;

	/**
	 * Create a new instance.
	 * @param clock tells the time
	 */
	public BackupHistory(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Return a listener that remembers what it hears here.
	 * @return the listener
	 */
	public BackupListener listener() {
		return new Recorder();
	}

	/**
	 * Return a number that is another one whenever something has happened.
	 */
	long version() {
		return this.version.get();
	}

	/**
	 * Return what happened to a database.
	 * @param database its file
	 */
	Entry of(Path database) {
		return this.entries.getOrDefault(RealPath.of(database), Entry.NONE);
	}

	/**
	 * Return the files of all databases to which something happened.
	 */
	Set<Path> databases() {
		return Set.copyOf(this.entries.keySet());
	}

	/**
	 * Return the last failure before it was known which file the database is, or
	 * {@code null} if there was none, or a snapshot was taken since.
	 */
	@Nullable UnlocatedFailure unlocated() {
		return this.unlocated;
	}

	private void change(Path database, UnaryOperator<Entry> change) {
		this.entries.compute(RealPath.of(database), (key, entry) -> change.apply((entry != null) ? entry : Entry.NONE));
		this.version.incrementAndGet();
	}

	/**
	 * The failure of a backup before it was known which file the database is.
	 *
	 * @param failure why it failed
	 * @param at when it failed
	 */
	record UnlocatedFailure(BackupException failure, Instant at) {

	}

	/**
	 * The last of everything that happened to a database.
	 *
	 * @param backup the result of the last backup, or {@code null} if it failed, or there
	 * was none
	 * @param failure why the last backup failed, or {@code null} if it did not
	 * @param endedAt when the last backup ended, or {@code null} if there was none
	 * @param soundAt when the database was last found to be what a sound snapshot holds,
	 * or {@code null}
	 * @param drill the last drill, or {@code null}. One that was not made is told only if
	 * there was none before
	 * @param passedAt when a drill ended the last time that was made and did not fail, or
	 * {@code null}
	 * @param stuck the last removal of snapshots, if it could not remove some, or
	 * {@code null}
	 */
	record Entry(@Nullable BackupResult backup, @Nullable BackupException failure, @Nullable Instant endedAt,
			@Nullable Instant soundAt, @Nullable DrillResult drill, @Nullable Instant passedAt,
			@Nullable PruneResult stuck) {

		private static final Entry NONE = new Entry(null, null, null, null, null, null, null);

		private Entry with(BackupResult backup, Instant now) {
			return new Entry(backup, null, now, isSound(backup) ? now : this.soundAt, this.drill, this.passedAt,
					this.stuck);
		}

		private static boolean isSound(BackupResult backup) {
			Verification verification = BackupHistory.verification(backup);
			return verification != null && !(verification instanceof Verification.Corrupt);
		}

		private Entry with(BackupException failure, Instant now) {
			return new Entry(null, failure, now, this.soundAt, this.drill, this.passedAt, this.stuck);
		}

		private Entry with(DrillResult drill, Instant now) {
			boolean made = drill.outcome() != DrillResult.Outcome.NOT_MADE;
			if (!made && this.drill != null) {
				return this;
			}
			boolean passed = drill.outcome() != DrillResult.Outcome.FAILED && made;
			return new Entry(this.backup, this.failure, this.endedAt, this.soundAt, drill, passed ? now : this.passedAt,
					this.stuck);
		}

		/**
		 * Return the same without the failure, since another process had a backup after
		 * it.
		 */
		Entry withoutFailure() {
			return new Entry(this.backup, null, this.endedAt, this.soundAt, this.drill, this.passedAt, this.stuck);
		}

		private Entry with(PruneResult pruned) {
			return new Entry(this.backup, this.failure, this.endedAt, this.soundAt, this.drill, this.passedAt,
					pruned.stuck().isEmpty() ? null : pruned);
		}

	}

	/**
	 * Return what the check of a backup found, or {@code null} if there was nothing to
	 * back up.
	 */
	static @Nullable Verification verification(BackupResult result) {
		if (result instanceof BackupResult.Created created) {
			return created.verification();
		}
		return (result instanceof BackupResult.Unchanged unchanged) ? unchanged.verification() : null;
	}

	/**
	 * Return whether a failure is that of a backup, and not only that there is none of
	 * another vendor's database.
	 */
	static boolean isFailureOfBackup(BackupException failure) {
		return !(failure instanceof UnsupportedDatabaseException);
	}

	private final class Recorder implements BackupListener {

		@Override
		public void onResult(BackupResult result) {
			if (!(result instanceof BackupResult.NothingToBackUp)) {
				BackupHistory.this.unlocated = null;
			}
			change(result.database(), (entry) -> entry.with(result, BackupHistory.this.clock.instant()));
		}

		@Override
		public void onFailure(BackupException failure, BackupAttempt attempt) {
			Path database = attempt.database();
			if (!isFailureOfBackup(failure)) {
				return;
			}
			if (database == null) {
				BackupHistory.this.unlocated = new UnlocatedFailure(failure, BackupHistory.this.clock.instant());
				BackupHistory.this.version.incrementAndGet();
			}
			else {
				change(database, (entry) -> entry.with(failure, BackupHistory.this.clock.instant()));
			}
		}

		@Override
		public void onPruned(PruneResult result) {
			change(result.database(), (entry) -> entry.with(result));
		}

		@Override
		public void onDrilled(DrillResult result) {
			change(result.database(), (entry) -> entry.with(result, BackupHistory.this.clock.instant()));
		}

	}

}
