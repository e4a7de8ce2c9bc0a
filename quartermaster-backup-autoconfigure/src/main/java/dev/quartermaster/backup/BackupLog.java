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
		log("Not changed since the newest snapshot: {} still matches {}", unchanged.database(), unchanged.snapshot(),
				unchanged.verification(), unchanged.took());
	}

	private static void log(String what, Path database, Snapshot snapshot, Verification verification, Duration took) {
		logger.info(what + " ({} in {} ms, {})", database, snapshot.file(), Bytes.format(snapshot.size()),
				took.toMillis(), verification.summary());
		if (verification instanceof Verification.Corrupt corrupt) {
			Warnings.warn(logger, "The database {} is DAMAGED ({}), and so is its snapshot {}."
					+ " Restore an older snapshot, or recover what is left with the .recover command of the sqlite3 shell.",
					database, String.join("; ", corrupt.findings()), snapshot.file());
		}
		else if (verification instanceof Verification.Unverifiable unverifiable && unverifiable.needsApplication()) {
			logger.info("The snapshot {} is complete, but only the application can check {} ({})."
					+ " To do that, run PRAGMA integrity_check on the snapshot with a connection of the application.",
					snapshot.file(), unverifiable.what(), unverifiable.why());
		}
		else if (verification instanceof Verification.Unverifiable unverifiable) {
			Warnings.warn(logger,
					"The snapshot {} is complete, but {} cannot be read in it ({}). The same is probably true of {}."
							+ " If the application can no longer use this data, rebuild it or restore an older snapshot.",
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
				"Nothing to back up: there is no data in {}, although it has {}."
						+ " If the data was lost, stop the application and restore {}, {}:{}",
				file, Count.of(copies.size(), "snapshot"),
				latest.isPresent() ? "the newest one" : "the data that an earlier restore replaced", snapshot,
				RestoreCommandLine.below(snapshot, file, database.access().parameters()));
	}

	/**
	 * Log that there was nothing to back up, and that whether there are snapshots is not
	 * known.
	 */
	static void nothingToBackUp(Path database, BackupException failure) {
		Warnings.warn(logger, "Nothing to back up: there is no data in {}. Its snapshots could not be listed. {}",
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
					"The previous journal mode of {} is unknown, so it now has a rollback journal."
							+ " If it was in WAL mode, turn that on again with PRAGMA journal_mode = WAL.",
					result.database());
		}
	}

	/**
	 * Log that a database was restored, and that which snapshot is the one to go back to
	 * is not known.
	 */
	static void bookmarkUnknown(Path database, BackupException failure) {
		Warnings.warn(logger,
				"The database {} was restored. It is unknown whether an earlier start left a schema change unfinished. {}",
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
