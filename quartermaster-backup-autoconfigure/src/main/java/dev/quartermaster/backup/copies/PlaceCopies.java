/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Bytes;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.RefusedCopyException;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of all snapshots at one place: what it has yet to get, and the sending of
 * it, one at a time and the newest first. Used by one thread, and asked by others.
 */
final class PlaceCopies {

	private static final Logger logger = LoggerFactory.getLogger(PlaceCopies.class);

	private final CopyPlace place;

	private final CopySources sources;

	private final CopyListener listener;

	private final RecordedCopies recorded;

	private final PlaceState state = new PlaceState();

	private final RefusedSnapshots refused = new RefusedSnapshots();

	private final CopyUpkeep upkeep;

	/**
	 * What tells the place from another at the same location, once it was there.
	 */
	private @Nullable String identity;

	/**
	 * Create a new instance. Nothing is looked at yet.
	 * @param target the place, and whether the retention policy is that of its copies
	 * @param sources the databases
	 * @param listener hears of what is done
	 * @param since from when on all snapshots go to a place that is new
	 */
	PlaceCopies(CopyPlaces.Target target, CopySources sources, CopyListener listener, Instant since) {
		this.place = target.place();
		this.upkeep = new CopyUpkeep(target);
		this.sources = sources;
		this.listener = listener;
		this.recorded = new RecordedCopies(this.place.location(), since);
	}

	PlaceState state() {
		return this.state;
	}

	/**
	 * Return whether the place has all snapshots of a database that it is to get, but for
	 * those that it does not take, if the newest is none of them.
	 */
	boolean isComplete(SqliteBackupService backups) {
		return this.recorded.isComplete(backups, (snapshot) -> this.refused.of(snapshot).isPresent());
	}

	/**
	 * Return the condition of a database's copies here, without asking the place.
	 */
	CopyCondition condition(SqliteBackupService backups) {
		return this.recorded.condition(backups, this.state.problem(backups.database()));
	}

	boolean isObjectStore() {
		return this.place instanceof ObjectPlace;
	}

	/**
	 * See whether the place is there, and is the one that got copies before. That is
	 * known from what is recorded beside the snapshots: as long as no database is known,
	 * nothing is made in a file system, where a disk may not be mounted.
	 * @param trial whether to write to it and read as well, as is done the first time
	 * @throws BackupException if it cannot be used
	 */
	void prepare(boolean trial) {
		List<CopySource> all = this.sources.all();
		if (all.isEmpty() && !isObjectStore()) {
			return;
		}
		this.state.begin();
		try {
			boolean used = this.identity != null
					|| all.stream().map(CopySource::backups).anyMatch(this.recorded::hasBeenUsed);
			this.identity = this.place.open(used, all.stream().map((source) -> source.backups().directory()).toList());
			if (trial || !this.state.isTried()) {
				this.place.tryOut();
			}
			if (!this.state.isTried()) {
				this.upkeep.warnOfSameDisk(all);
			}
			this.state.tried(null);
		}
		catch (BackupException ex) {
			if (!this.state.isEnded()) {
				failed(ex);
			}
			throw ex;
		}
	}

	/**
	 * The place cannot be used.
	 */
	void failed(BackupException failure) {
		this.state.tried(failure);
		for (CopySource source : this.sources.all()) {
			Path database = source.backups().database();
			try {
				if (this.recorded.pending(source.backups()).isEmpty()) {
					continue;
				}
			}
			catch (BackupException ex) {
				logger.debug("It is unknown what of {} is pending", database, ex);
			}
			failed(database, failure, Duration.ZERO);
		}
	}

	private void failed(Path database, BackupException failure, Duration took) {
		this.state.failed(database, failure);
		this.listener.onFailure(database, display(), failure, took);
	}

	/**
	 * Copy what the place has yet to get. What cannot be copied keeps no other snapshot
	 * waiting, and no other database, if it is not the place that is the reason.
	 * @return why the first snapshot that could not be copied could not be, or
	 * {@code null} if there was none
	 * @throws BackupException if the place is the reason
	 */
	@Nullable BackupException copyAll() {
		BackupException first = null;
		if (this.identity == null) {
			// No database is known yet.
			return null;
		}
		for (CopySource source : this.sources.all()) {
			BackupException failure = copyAll(source);
			first = (first != null) ? first : failure;
		}
		return first;
	}

	private @Nullable BackupException copyAll(CopySource source) {
		Path database = source.backups().database();
		List<CopyRound> rounds = new ArrayList<>();
		BackupException first = unlessOfPlace(database, () -> rounds.add(lookAfter(source)));
		if (first != null) {
			return first;
		}
		CopyRound round = rounds.get(0);
		List<Snapshot> refused = new ArrayList<>();
		for (Snapshot snapshot : round.pending()) {
			if (this.state.isEnded()) {
				return first;
			}
			BackupException failure = this.refused.of(snapshot).orElse(null);
			if (failure != null) {
				this.state.failed(database, failure);
				refused.add(snapshot);
				continue;
			}
			failure = unlessOfPlace(database, () -> copy(round, snapshot));
			if (failure == null) {
				this.refused.remove(snapshot);
			}
			else if (this.refused.add(snapshot, failure)) {
				logger.warn("NO COPY elsewhere. {} It is tried again once a day.", failure.getMessage());
				refused.add(snapshot);
			}
			else {
				first = (first != null) ? first : failure;
			}
		}
		return (first != null) ? first : complete(source, refused);
	}

	private @Nullable BackupException complete(CopySource source, List<Snapshot> refused) {
		Path database = source.backups().database();
		return unlessOfPlace(database, () -> {
			boolean newest = !RecordedCopies.isNewestIn(refused, source.backups());
			if (newest) {
				this.upkeep.removeOld(source);
			}
			if (refused.isEmpty()) {
				this.state.worked(database);
			}
			if (newest) {
				this.listener.onComplete(database, display());
			}
		});
	}

	/**
	 * Look after what is there, and return what there is to do.
	 */
	private CopyRound lookAfter(CopySource source) {
		this.state.begin();
		this.recorded.pending(source.backups());
		if (new CopyLedger(source.backups()).identify(this.place.location(), Objects.toString(this.identity, ""))) {
			logger.debug("{} has no copies yet", display());
		}
		this.upkeep.lookAfter(source);
		return new CopyRound(source, this.place, this.recorded.pending(source.backups()));
	}

	/**
	 * A place that cannot even take something small is the reason, whatever was to be
	 * done.
	 * @return why it could not be done, or {@code null} if it was
	 */
	private @Nullable BackupException unlessOfPlace(Path database, Runnable work) {
		long begun = System.nanoTime();
		try {
			work.run();
			return null;
		}
		catch (BackupException ex) {
			if (this.state.isEnded()) {
				// The application stops, and the next start goes on.
				throw ex;
			}
			failed(database, ex, since(begun));
			if (!(ex instanceof RefusedCopyException)) {
				try {
					prepare(true);
				}
				catch (BackupException unusable) {
					unusable.addSuppressed(ex);
					throw unusable;
				}
			}
			return ex;
		}
	}

	private void copy(CopyRound round, Snapshot snapshot) {
		this.state.begin();
		long begun = System.nanoTime();
		CopyPlace.Copied copied = round.copy(snapshot);
		if (copied == null) {
			return;
		}
		Duration took = since(begun);
		if (copied.sent()) {
			logger.info("Copied the snapshot {} ({}) to {} in {} ms", snapshot.name(), Bytes.format(snapshot.size()),
					display(), took.toMillis());
		}
		else {
			logger.info("The snapshot {} is at {} already, as {}", snapshot.name(), display(), copied.key());
		}
		this.listener.onCopied(round.database(), display(), copied.sent(), took);
	}

	private static Duration since(long begun) {
		return Duration.ofNanos(System.nanoTime() - begun);
	}

	String display() {
		return ObjectFailures.display(this.place.location());
	}

}
