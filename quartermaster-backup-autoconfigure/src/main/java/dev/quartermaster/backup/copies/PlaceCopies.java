/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Bytes;
import dev.quartermaster.backup.CopyDirectory.TakenNameException;
import dev.quartermaster.backup.CopyEntries;
import dev.quartermaster.backup.CopyEntry;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotToCopy;
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

	private final Instant since;

	private final Map<Path, BackupException> failures = new ConcurrentHashMap<>();

	private volatile @Nullable BackupException unusable;

	private volatile boolean tried;

	private volatile boolean ended;

	private final CopyUpkeep upkeep;

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
		this.since = since;
	}

	/**
	 * Return whether the place can be used, as far as is known: it was tried, and the
	 * last attempt did not fail because of it.
	 */
	boolean isUsable() {
		return this.tried && this.unusable == null;
	}

	/**
	 * Copy nothing more, since the application stops. What is being copied fails then,
	 * which is no failure of the place.
	 */
	void end() {
		this.ended = true;
	}

	boolean isEnded() {
		return this.ended;
	}

	boolean isObjectStore() {
		return this.place instanceof ObjectPlace;
	}

	/**
	 * Return whether the place was tried since the application began to start.
	 */
	boolean isTried() {
		return this.tried;
	}

	/**
	 * Return the snapshots of a database that the place has yet to get.
	 */
	List<Snapshot> pending(CopySource source) {
		List<Snapshot> snapshots = source.backups().list();
		return new CopyLedger(source.backups()).begin(this.place.location(), snapshots, this.since)
			.pending(this.place.location(), snapshots);
	}

	/**
	 * Return the condition of a database's copies here, without asking the place.
	 */
	CopyCondition condition(SqliteBackupService backups) {
		String location = this.place.location();
		CopyEntries content = new CopyLedger(backups).read();
		List<Snapshot> snapshots = backups.list();
		// One that is new gets at least the newest.
		int pending = content.isKnown(location) ? content.pending(location, snapshots).size()
				: Math.min(1, snapshots.size());
		Optional<CopyEntry> newest = content.copies(location)
			.values()
			.stream()
			.filter(CopyEntry::isCandidate)
			.max(Comparator.comparing(CopyEntry::takenAt));
		BackupException problem = (this.unusable != null) ? this.unusable : this.failures.get(backups.database());
		return new CopyCondition(display(), pending, newest.map(CopyEntry::name).orElse(null),
				newest.map(CopyEntry::takenAt).orElse(null), (problem != null) ? problem.getMessage() : null);
	}

	/**
	 * Try whether the place can be used.
	 * @throws BackupException if it cannot
	 */
	void tryOut() {
		try {
			this.place.open(this.sources.all()
				.stream()
				.anyMatch((source) -> new CopyLedger(source.backups()).read().hasBeenUsed(this.place.location())));
			this.place.tryOut();
			this.unusable = null;
			if (!this.tried) {
				this.upkeep.warnOfSameDisk(this.sources.all());
			}
		}
		catch (BackupException ex) {
			if (!isEnded()) {
				this.unusable = ex;
				tellFailure(ex);
			}
			throw ex;
		}
		finally {
			this.tried = true;
		}
	}

	private void tellFailure(BackupException failure) {
		for (CopySource source : this.sources.all()) {
			if (!pending(source).isEmpty()) {
				this.failures.put(source.backups().database(), failure);
				this.listener.onFailure(source.backups().database(), display(), failure, Duration.ZERO);
			}
		}
	}

	/**
	 * Copy what the place has yet to get. What cannot be copied keeps no other snapshot
	 * waiting, if it is not the place that is the reason.
	 * @return why the first snapshot that could not be copied could not be, or
	 * {@code null} if there was none
	 * @throws BackupException if the place is the reason
	 */
	@Nullable BackupException copyAll() {
		BackupException first = null;
		for (CopySource source : this.sources.all()) {
			BackupException failure = copyAll(source);
			first = (first != null) ? first : failure;
		}
		return first;
	}

	private @Nullable BackupException copyAll(CopySource source) {
		Path database = source.backups().database();
		BackupException first = null;
		this.upkeep.lookAfter(source);
		for (Snapshot snapshot : pending(source)) {
			if (isEnded()) {
				return first;
			}
			long begun = System.nanoTime();
			try {
				copy(source, snapshot, begun);
			}
			catch (BackupException ex) {
				if (isEnded()) {
					// The application stops, and the next start goes on.
					throw ex;
				}
				this.failures.put(database, ex);
				this.listener.onFailure(database, display(), ex, since(begun));
				if (!(ex instanceof TakenNameException) && isOfPlace(ex)) {
					throw ex;
				}
				first = (first != null) ? first : ex;
			}
		}
		if (first == null) {
			this.upkeep.removeOld(source);
			this.failures.remove(database);
			this.listener.onComplete(database, display());
		}
		return first;
	}

	/**
	 * A place that cannot even take something small is the reason, whatever was to be
	 * copied.
	 */
	private boolean isOfPlace(BackupException failure) {
		try {
			tryOut();
			return false;
		}
		catch (BackupException ex) {
			ex.addSuppressed(failure);
			return true;
		}
	}

	private void copy(CopySource source, Snapshot snapshot, long begun) {
		Optional<SnapshotToCopy> toCopy = SnapshotToCopy.of(snapshot);
		if (toCopy.isEmpty()) {
			return;
		}
		CopyLedger ledger = new CopyLedger(source.backups());
		String location = this.place.location();
		String same = ledger.read()
			.copies(location)
			.values()
			.stream()
			.filter((entry) -> entry.sha256().equals(toCopy.get().sha256()) && entry.bytes() == snapshot.size())
			.map(CopyEntry::key)
			.reduce((earlier, later) -> later)
			.orElse(null);
		CopyPlace.Copied copied = this.place.copy(toCopy.get(), source.folder(), same);
		ledger.add(CopyEntry.copied(location, toCopy.get(), copied.key()));
		Duration took = since(begun);
		if (copied.sent()) {
			logger.info("Copied the snapshot {} ({}) to {} in {} ms", snapshot.name(), Bytes.format(snapshot.size()),
					display(), took.toMillis());
		}
		else {
			logger.info("The snapshot {} is at {} already, as {}", snapshot.name(), display(), copied.key());
		}
		this.listener.onCopied(source.backups().database(), display(), copied.sent(), took);
	}

	private static Duration since(long begun) {
		return Duration.ofNanos(System.nanoTime() - begun);
	}

	String display() {
		return ObjectFailures.display(this.place.location());
	}

}
