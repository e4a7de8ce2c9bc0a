/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.StreamSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state in which a start left a database that was killed when it may have written to
 * it. A restore is one transaction, so that it was carried out or not; and what was there
 * is kept before.
 * <ul>
 * <li>If the database is what is in the snapshot, it was. SQLite counts each write, so
 * that their headers differ.</li>
 * <li>If there is no database, or none that can be read, it was not.</li>
 * <li>If it is what is in the snapshot of what was there before, it was not.</li>
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
	 * Return the state of a database.
	 * @param context the context of the restore
	 * @param plan what was planned, with what was kept
	 * @throws BackupException if that cannot be determined, as when there is no room for
	 * a copy, the database is locked, or one of the files cannot be read
	 */
	static InterruptedRestore of(BackupContext context, PlannedRestore plan) {
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
				return compare(copy.path(), plan);
			}
		}
		catch (NotADatabaseException ex) {
			logger.debug("{} is damaged, so it was not restored", live.file(), ex);
			return NOT_DONE;
		}
	}

	private static InterruptedRestore compare(Path copy, PlannedRestore plan) {
		if (isSame(copy, plan.snapshot())) {
			return DONE;
		}
		Path kept = plan.kept();
		return (kept != null && isSame(copy, kept)) ? NOT_DONE : WRITTEN_SINCE;
	}

	/**
	 * Return what stands for what is there now: what an attempt has kept of it, so that
	 * those of a start that is killed again and again do not fill the disk.
	 */
	static UnchangedContent alreadyKept(PlannedRestore plan) {
		return new UnchangedContent((snapshots, copy) -> StreamSupport.stream(snapshots.spliterator(), false)
			.filter((snapshot) -> isKept(snapshot, plan) && isSame(copy, snapshot.file()))
			.findFirst(), UnchangedContent.WhenFound.KEEP);
	}

	private static boolean isKept(Snapshot snapshot, PlannedRestore plan) {
		try {
			return snapshot.name().reason().isNumberOf(SnapshotReason.PRE_RESTORE) && !snapshot.live()
					&& !Files.isSameFile(snapshot.file(), plan.snapshot());
		}
		catch (IOException ex) {
			// Then it does not stand for anything.
			logger.debug("{} could not be looked at", snapshot.file(), ex);
			return false;
		}
	}

	private static boolean isSame(Path copy, Path snapshot) {
		try {
			return FileContent.isSameButForCounters(copy, snapshot);
		}
		catch (NoSuchFileException ex) {
			return false;
		}
		catch (IOException ex) {
			throw new BackupException(
					"The snapshot " + snapshot + " could not be compared with the database ("
							+ FileFailures.describe(ex) + ")",
					"Check the disk that it is on, and that this process can read it.", ex);
		}
	}

}
