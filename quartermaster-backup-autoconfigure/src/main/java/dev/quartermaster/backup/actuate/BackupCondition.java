/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.Count;
import dev.quartermaster.backup.DrillResult;
import dev.quartermaster.backup.FailureNote;
import dev.quartermaster.backup.PruneResult;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotFigures;
import dev.quartermaster.backup.Verification;
import dev.quartermaster.backup.copies.CopyCondition;
import org.jspecify.annotations.Nullable;

/**
 * The condition in which the backups of a database are.
 *
 * @param database the file of the database
 * @param figures its snapshots in figures, or {@code null} if they cannot be listed
 * @param unreadable why they cannot be listed, or {@code null}
 * @param history what happened to it since the application began to start
 * @param earlier the note that its last backup failed, if that was before the application
 * began to start or in another process, or {@code null}
 * @param copies the conditions of its copies elsewhere, one for each place
 * @param maxAge the age from which on a snapshot is too old, or {@code null} for none
 * @param lookedAt when this was found out
 */
record BackupCondition(Path database, @Nullable SnapshotFigures figures, @Nullable BackupException unreadable,
		BackupHistory.Entry history, @Nullable FailureNote earlier, List<CopyCondition> copies,
		@Nullable Duration maxAge, Instant lookedAt) {

	/**
	 * Return when the database was last known to be what a sound snapshot holds: when the
	 * newest was taken, or when it was found to be the same since.
	 * @return the time, or empty if there is no sound snapshot
	 */
	Optional<Instant> soundAt() {
		return newestSound().map((snapshot) -> {
			Instant takenAt = snapshot.takenAt().toInstant();
			Instant found = this.history.soundAt();
			return (found != null && found.isAfter(takenAt)) ? found : takenAt;
		});
	}

	Optional<Snapshot> newestSound() {
		return (this.figures != null) ? Optional.ofNullable(this.figures.newestSound()) : Optional.empty();
	}

	SnapshotFigures requireFigures() {
		if (this.figures == null) {
			throw new IllegalStateException("The snapshots cannot be listed", this.unreadable);
		}
		return this.figures;
	}

	/**
	 * Return all that somebody should see to, each as what happened and what to do.
	 */
	List<String> warnings() {
		List<String> warnings = new ArrayList<>();
		BackupException failure = this.history.failure();
		BackupException obstacle = (this.figures != null) ? this.figures.obstacle() : this.unreadable;
		if (failure != null) {
			warnings.add("The last backup failed. " + failure.getMessage());
		}
		else if (this.earlier != null) {
			warnings.add("The last backup failed at " + this.earlier.at() + ", and none was taken since. "
					+ this.earlier.sentence());
		}
		else if (obstacle != null) {
			warnings.add("The next backup is going to fail. " + obstacle.getMessage());
		}
		addLastResult(warnings);
		addAge(warnings);
		addCopies(warnings);
		PruneResult stuck = this.history.stuck();
		if (stuck != null) {
			warnings.add(stuck.problem());
		}
		DrillResult drill = this.history.drill();
		if (drill != null && drill.outcome() == DrillResult.Outcome.FAILED) {
			warnings.add("The last restore drill failed, with " + drill.snapshot() + ": " + drill.summary());
		}
		return warnings;
	}

	private void addLastResult(List<String> warnings) {
		BackupResult result = this.history.backup();
		if (result != null && BackupHistory.verification(result) instanceof Verification.Corrupt corrupt) {
			warnings.add("The database " + this.database + " is DAMAGED (" + String.join("; ", corrupt.findings())
					+ "), and so is its newest snapshot."
					+ " Restore an older snapshot, or recover what is left with the .recover command of the"
					+ " sqlite3 shell.");
		}
		if (result instanceof BackupResult.NothingToBackUp && this.figures != null && this.figures.snapshots() > 0) {
			warnings.add("There is no data in " + this.database + ", although it has "
					+ Count.of(this.figures.snapshots(), "snapshot")
					+ ". If the data was lost, stop the application and restore the newest one.");
		}
	}

	/**
	 * That there is no copy is another matter than that there is no snapshot.
	 */
	private void addCopies(List<String> warnings) {
		for (CopyCondition copy : this.copies) {
			if (copy.problem() != null) {
				warnings.add("The copying of snapshots to " + copy.place() + " fails, and "
						+ Count.of(copy.pending(), "snapshot") + " of " + this.database
						+ ((copy.pending() == 1) ? " is" : " are") + " pending there. " + copy.problem());
			}
		}
	}

	/**
	 * Return when the database was last known to be what a copy at a place holds.
	 * @return the time, or empty if there is no copy that may be gone back to
	 */
	Optional<Instant> copiedAt(CopyCondition copy) {
		Instant takenAt = copy.newestTakenAt();
		boolean current = newestSound().filter((snapshot) -> snapshot.name().toString().equals(copy.newest()))
			.isPresent();
		return current ? soundAt() : Optional.ofNullable(takenAt);
	}

	private void addAge(List<String> warnings) {
		Duration limit = this.maxAge;
		if (limit == null || this.figures == null || this.history.backup() instanceof BackupResult.NothingToBackUp) {
			return;
		}
		Optional<Instant> soundAt = soundAt();
		if (soundAt.isEmpty()) {
			warnings.add("There is no sound snapshot of " + this.database
					+ ". Take one, for example with POST /actuator/dbbackup.");
		}
		else if (Duration.between(soundAt.get(), this.lookedAt).compareTo(limit) > 0) {
			warnings.add("The newest sound snapshot of " + this.database + " is from " + soundAt.get()
					+ ", which is longer ago than quartermaster.backup.health.max-age (" + limit
					+ "). Take one, for example with quartermaster.backup.schedule.");
		}
	}

}
