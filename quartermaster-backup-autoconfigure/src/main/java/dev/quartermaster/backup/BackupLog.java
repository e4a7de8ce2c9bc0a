/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines about backups and restores in the log.
 */
final class BackupLog {

	private static final Logger logger = LoggerFactory.getLogger(BackupLog.class);

	private BackupLog() {
	}

	/**
	 * Log that a snapshot was taken.
	 */
	static void created(BackupResult.Created created) {
		log("Backed up {} to {}", created.database(), created.snapshot(), created.verification(), created.took());
	}

	/**
	 * Log that the newest snapshot is what a new one would have been.
	 */
	static void unchanged(BackupResult.Unchanged unchanged) {
		log("Not changed since the newest snapshot: {} is still {}", unchanged.database(), unchanged.snapshot(),
				unchanged.verification(), unchanged.took());
	}

	private static void log(String what, Path database, Snapshot snapshot, Verification verification, Duration took) {
		logger.info(what + " ({} in {} ms, {})", database, snapshot.file(), Bytes.format(snapshot.size()),
				took.toMillis(), verification.summary());
		if (verification instanceof Verification.Corrupt corrupt) {
			Warnings.warn(logger, "The database {} is DAMAGED ({}), and so is its snapshot {}."
					+ " Restore an older one, or rescue what there is with the .recover command of the sqlite3 shell.",
					database, String.join("; ", corrupt.findings()), snapshot.file());
		}
		else if (verification instanceof Verification.Unverifiable unverifiable && unverifiable.needsApplication()) {
			logger.info(
					"The snapshot {} is complete, but only the application can check {} ({})."
							+ " To do so, run PRAGMA integrity_check on it with a connection of the application.",
					snapshot.file(), unverifiable.what(), unverifiable.why());
		}
		else if (verification instanceof Verification.Unverifiable unverifiable) {
			Warnings.warn(logger,
					"The snapshot {} is complete, but {} cannot be read in it ({}), and so probably not in {} either."
							+ " If the application cannot use that any more, rebuild it or restore an older snapshot.",
					snapshot.file(), unverifiable.what(), unverifiable.why(), database);
		}
	}

	/**
	 * Log that there was nothing to back up, which is a bad sign if there are snapshots.
	 * @param database the database
	 * @param snapshots the snapshots of it, newest first
	 */
	static void nothingToBackUp(LiveDatabase database, List<Snapshot> snapshots) {
		Path file = database.file();
		List<Snapshot> copies = snapshots.stream().filter((snapshot) -> !snapshot.live()).toList();
		if (copies.isEmpty()) {
			logger.info("Nothing to back up: there is no data in {} yet", file);
			return;
		}
		Optional<Snapshot> latest = copies.stream().filter(Snapshot::isCandidate).findFirst();
		Path snapshot = latest.orElse(copies.get(0)).file();
		Warnings.warn(logger,
				"Nothing to back up: there is no data in {}, although there are {} snapshots of it."
						+ " If its data was lost, stop the application and restore {}, {}:{}",
				file, copies.size(), latest.isPresent() ? "the newest" : "what an earlier restore replaced", snapshot,
				RestoreCommandLine.below(snapshot, file, database.access().parameters()));
	}

	/**
	 * Log that there was nothing to back up, and that whether there are snapshots is not
	 * known.
	 */
	static void nothingToBackUp(Path database, BackupException failure) {
		Warnings.warn(logger, "There is no data in {}, and whether there are snapshots of it cannot be told: {}",
				database, failure.getMessage());
	}

	/**
	 * Log that a database was restored.
	 */
	static void restored(RestoreResult result) {
		logger.info("Restored {} from {} in {} ms ({})", result.database(), result.snapshot(), result.took().toMillis(),
				result.verification().summary());
		if (result.journalModeUnknown()) {
			logger.info(
					"Nothing tells which journal mode {} had, so it has a rollback journal now."
							+ " If it was in WAL mode, set that again with PRAGMA journal_mode = WAL.",
					result.database());
		}
	}

	/**
	 * Log that a database was restored, and that which snapshot is the one to go back to
	 * is not known.
	 */
	static void bookmarkUnknown(Path database, BackupException failure) {
		Warnings.warn(logger,
				"The database {} was restored. Whether an earlier start was changing its schema cannot be told: {}",
				database, failure.getMessage());
	}

	/**
	 * Return what logs how far a copy has come, if it takes more than a few seconds.
	 */
	static Progress progressOf(Path database) {
		return new LoggedProgress(database);
	}

	/**
	 * A line every few seconds.
	 */
	private static final class LoggedProgress implements Progress {

		private static final Duration INTERVAL = Duration.ofSeconds(3);

		private final Path database;

		private long nextAt = System.nanoTime() + INTERVAL.toNanos();

		LoggedProgress(Path database) {
			this.database = database;
		}

		@Override
		public void at(long bytes, long totalBytes) {
			if (System.nanoTime() - this.nextAt >= 0) {
				this.nextAt = System.nanoTime() + INTERVAL.toNanos();
				logger.info("Copying {}: {} of {}", this.database, Bytes.format(bytes), Bytes.format(totalBytes));
			}
		}

	}

}
