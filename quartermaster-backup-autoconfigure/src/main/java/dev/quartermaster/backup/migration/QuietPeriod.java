/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.LastFailure;
import dev.quartermaster.backup.ReachableDatabases;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time after a snapshot in which a start that has nothing to migrate takes no other.
 * Without it, an application that writes something at each start, and crashes, would have
 * a new snapshot each time.
 */
final class QuietPeriod {

	private static final Logger logger = LoggerFactory.getLogger(QuietPeriod.class);

	private final Duration length;

	private final Clock clock;

	/**
	 * Create a new instance.
	 * @param length how long it is; none if zero
	 * @param clock tells the time of the start
	 */
	QuietPeriod(Duration length, Clock clock) {
		this.length = length;
		this.clock = clock;
	}

	/**
	 * Return the snapshots that make new ones needless, of a database and of all that can
	 * be changed through it.
	 * @param backups the service of the database
	 * @param changed the files of databases that this start may have changed already
	 * @return a snapshot of each, or none if one of them has no recent one, or this start
	 * began to change it
	 */
	Recent snapshots(SqliteBackupService backups, Set<Path> changed) {
		Recent recent = new Recent(new LinkedHashMap<>(), new HashSet<>());
		if (this.length.isZero()) {
			return Recent.NONE;
		}
		try {
			if (!addRecent(backups, changed, recent)) {
				return Recent.NONE;
			}
			for (SqliteBackupService further : ReachableDatabases.of(backups)) {
				if (!addRecent(further, changed, recent)) {
					return Recent.NONE;
				}
			}
			return recent;
		}
		catch (BackupException ex) {
			// Whoever takes a snapshot says so.
			logger.debug("It is unknown whether there is a recent snapshot", ex);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("It is unknown whether there is a recent snapshot", Secrets.mask(ex));
		}
		return Recent.NONE;
	}

	private boolean addRecent(SqliteBackupService backups, Set<Path> changed, Recent recent) {
		Path database = backups.database();
		if (changed.contains(database) || !hasContent(database)) {
			return false;
		}
		Optional<Snapshot> newest = backups.newest().filter(this::isRecent);
		if (newest.isEmpty() || LastFailure.of(backups).isPresent()) {
			// What failed is tried again.
			return false;
		}
		Optional<Snapshot> unfinished = new UnfinishedChange(backups).before();
		if (unfinished.equals(newest)) {
			// What the change that did not finish left is in no snapshot yet.
			return false;
		}
		unfinished.ifPresent((before) -> recent.unfinished.add(database));
		recent.snapshots.put(database, newest.get());
		return true;
	}

	/**
	 * Return whether it may be asked for what is pending: a connection would remove what
	 * is left of a database that is gone.
	 */
	private static boolean hasContent(Path database) {
		try {
			return Files.readAttributes(database, BasicFileAttributes.class).size() > 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private boolean isRecent(Snapshot snapshot) {
		Duration age = age(snapshot);
		return !age.isNegative() && age.compareTo(this.length) < 0;
	}

	private Duration age(Snapshot snapshot) {
		return Duration.between(snapshot.takenAt().toInstant(), Instant.now(this.clock));
	}

	/**
	 * Log that there is no new snapshot.
	 */
	void log(Recent recent) {
		recent.snapshots.forEach(this::log);
	}

	private void log(Path database, Snapshot newest) {
		logger.info(
				"No new snapshot of {}: nothing is to be migrated, and the newest one was taken {} ago,"
						+ " within quartermaster.backup.migration.quiet-period: {}",
				database, describe(age(newest)), newest.file());
	}

	private static String describe(Duration age) {
		return (age.toMinutes() > 0) ? age.toMinutes() + " min" : age.toSeconds() + " s";
	}

	/**
	 * Recent snapshots.
	 *
	 * @param snapshots the newest of each database, by the files of the databases
	 * @param unfinished the files of those that an earlier start began to change and did
	 * not finish
	 */
	record Recent(Map<Path, Snapshot> snapshots, Set<Path> unfinished) {

		static final Recent NONE = new Recent(Map.of(), Set.of());

		boolean isNone() {
			return this.snapshots.isEmpty();
		}

	}

}
