/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state in which a start left a database that was killed while it carried out a
 * planned restore. A restore is one transaction, so that it was carried out or not; and
 * it keeps what is there before it writes.
 * <ul>
 * <li>If the database is what is in the snapshot, it was. SQLite counts each write, so
 * that their headers differ.</li>
 * <li>If there is no database, or none that can be read, it was not.</li>
 * <li>If there is no snapshot of what was there before, it was not: the start was killed
 * before. Unless there was no data to keep; then it was not if there still is none.</li>
 * <li>If there is one and the database is what is in it, it was not.</li>
 * <li>In all other cases somebody has written to the database since, and nobody can tell
 * to which of the two.</li>
 * </ul>
 */
enum InterruptedRestore {

	/**
	 * It was carried out.
	 */
	DONE,

	/**
	 * It was not, and the database is what it was.
	 */
	NOT_DONE,

	/**
	 * Somebody has written to the database since.
	 */
	WRITTEN_SINCE;

	private static final Logger logger = LoggerFactory.getLogger(InterruptedRestore.class);

	/**
	 * Find out.
	 * @param context the context of the restore
	 * @param plan what was planned
	 * @param filling whether there was no data in the database when it was begun
	 * @throws BackupException if there is no room to find out, or the database is locked
	 */
	static InterruptedRestore of(BackupContext context, PlannedRestore plan, boolean filling) {
		LiveDatabase live = context.live();
		if (FileState.ofDatabase(live.file()).isEmpty() || !DatabaseProbe.mayBeOpened(live.file())) {
			return NOT_DONE;
		}
		try (CopySource source = CopySource.open(live, context.settings().busyTimeout())) {
			if (source.state().blank()) {
				return NOT_DONE;
			}
			SnapshotDirectory directory = context.snapshotsOf(live.file());
			directory.prepare("comparison", source.state().size(), context.settings().minFreeSpace());
			try (PartialFile copy = directory.stage()) {
				new OnlineCopy(source).to(copy.path(), Progress.NONE);
				return compare(directory.list(), copy.path(), plan, filling);
			}
		}
		catch (NoRoomException | DatabaseBusyException ex) {
			throw ex;
		}
		catch (BackupException ex) {
			logger.debug("{} cannot be read, so it was not restored", live.file(), ex);
			return NOT_DONE;
		}
	}

	private static InterruptedRestore compare(List<Snapshot> snapshots, Path copy, PlannedRestore plan,
			boolean filling) {
		if (isSame(copy, plan.snapshot())) {
			return DONE;
		}
		List<Snapshot> kept = snapshots.stream().filter((snapshot) -> isKeptFor(plan, snapshot)).toList();
		if (kept.isEmpty()) {
			return filling ? WRITTEN_SINCE : NOT_DONE;
		}
		return kept.stream().anyMatch((snapshot) -> isSame(copy, snapshot.file())) ? NOT_DONE : WRITTEN_SINCE;
	}

	/**
	 * Find the snapshot of what was there before.
	 */
	static Optional<Snapshot> kept(BackupContext context, PlannedRestore plan) {
		return context.snapshotsOf(context.live().file())
			.list()
			.stream()
			.filter((snapshot) -> isKeptFor(plan, snapshot))
			.findFirst();
	}

	/**
	 * Return what stands for what is there now: what an attempt has kept of it, so that
	 * those of a start that is killed again and again do not fill the disk.
	 */
	static UnchangedContent alreadyKept(PlannedRestore plan) {
		return new UnchangedContent((snapshots, copy) -> StreamSupport.stream(snapshots.spliterator(), false)
			.filter((snapshot) -> isKeptFor(plan, snapshot) && isSame(copy, snapshot.file()))
			.findFirst(), UnchangedContent.WhenFound.KEEP);
	}

	private static boolean isKeptFor(PlannedRestore plan, Snapshot snapshot) {
		return snapshot.name().reason().isNumberOf(SnapshotReason.PRE_RESTORE) && !snapshot.live()
				&& !snapshot.takenAt()
					.toInstant()
					.isBefore(plan.plannedAt().toInstant().truncatedTo(ChronoUnit.SECONDS));
	}

	private static boolean isSame(Path copy, Path snapshot) {
		try {
			return FileContent.isSameButForCounters(copy, snapshot);
		}
		catch (IOException ex) {
			logger.debug("{} could not be compared", snapshot, ex);
			return false;
		}
	}

}
