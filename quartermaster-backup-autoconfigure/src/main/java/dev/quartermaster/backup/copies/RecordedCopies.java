/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.CopyEntries;
import dev.quartermaster.backup.CopyEntry;
import dev.quartermaster.backup.CopyLedger;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is recorded beside the snapshots of their copies at one place, which is not asked
 * for it.
 */
final class RecordedCopies {

	private static final Logger logger = LoggerFactory.getLogger(RecordedCopies.class);

	private final String location;

	private final Instant since;

	/**
	 * Create a new instance. Nothing is read yet.
	 * @param location where the place is
	 * @param since from when on all snapshots go to a place that is new
	 */
	RecordedCopies(String location, Instant since) {
		this.location = location;
		this.since = since;
	}

	/**
	 * Return the snapshots of a database that the place has yet to get. What a place that
	 * is new gets is recorded before.
	 */
	List<Snapshot> pending(SqliteBackupService backups) {
		List<Snapshot> snapshots = backups.list();
		return new CopyLedger(backups).begin(this.location, snapshots, this.since).pending(this.location, snapshots);
	}

	/**
	 * Return whether the place has all snapshots of a database that it is to get, but for
	 * those that it does not take, if the newest is none of them.
	 */
	boolean isComplete(SqliteBackupService backups, Predicate<Snapshot> refused) {
		CopyEntries content = new CopyLedger(backups).read();
		List<Snapshot> snapshots = backups.list();
		if (!content.isKnown(this.location)) {
			return snapshots.isEmpty();
		}
		List<Snapshot> pending = content.pending(this.location, snapshots);
		return pending.stream().allMatch(refused) && !isNewestIn(pending, backups);
	}

	static boolean isNewestIn(List<Snapshot> snapshots, SqliteBackupService backups) {
		return backups.newest().filter(snapshots::contains).isPresent();
	}

	/**
	 * Return the snapshots of a database that the place has yet to get, without recording
	 * anything: if it is new, that is at least the newest.
	 */
	List<Snapshot> expected(CopyEntries content, SqliteBackupService backups) {
		List<Snapshot> snapshots = backups.list();
		return content.isKnown(this.location) ? content.pending(this.location, snapshots)
				: CopyLedger.newest(snapshots).stream().toList();
	}

	/**
	 * Return the condition of a database's copies here, without asking the place.
	 */
	CopyCondition condition(SqliteBackupService backups, @Nullable String problem) {
		CopyEntries content = new CopyLedger(backups).read();
		int pending = expected(content, backups).size();
		Optional<CopyEntry> newest = content.copies(this.location)
			.values()
			.stream()
			.filter(CopyEntry::isCandidate)
			.max(Comparator.comparing(CopyEntry::takenAt));
		return new CopyCondition(ObjectFailures.display(this.location), pending,
				newest.map(CopyEntry::name).orElse(null), newest.map(CopyEntry::takenAt).orElse(null), problem);
	}

	/**
	 * One that cannot be read keeps no other database from being copied, but a disk that
	 * is not mounted could not be told from a new one by it.
	 */
	boolean hasBeenUsed(SqliteBackupService backups) {
		try {
			return new CopyLedger(backups).require().hasBeenUsed(this.location);
		}
		catch (BackupException ex) {
			logger.debug("It is unknown whether {} got copies", ObjectFailures.display(this.location), ex);
			return true;
		}
	}

}
