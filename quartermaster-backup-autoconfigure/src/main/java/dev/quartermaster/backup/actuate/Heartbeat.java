/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

import dev.quartermaster.backup.BackupAttempt;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.BackupTrigger;
import dev.quartermaster.backup.RealPath;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.Verification;
import dev.quartermaster.backup.copies.CopyListener;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeat of the backups: a call to a service that raises an alarm when it stays
 * away for too long, or when the call says that a backup failed.
 * <ul>
 * <li>For each backup that did not fail there is one call, whether a snapshot was taken
 * or the newest is still what the database is.</li>
 * <li>For each that failed, or that found the database damaged, there is one to the same
 * URL with {@code /fail}, which has the sentence that says why.</li>
 * <li>For one that was ended, as by the application that stops, there is none.</li>
 * <li>While one database has no backup, that of another is no reason to call off the
 * alarm.</li>
 * <li>A database that has become empty although it has snapshots counts as one whose
 * backup failed: its data may be lost.</li>
 * <li>Where snapshots are copied elsewhere, a backup that did not fail is told when every
 * place has its copy, and a copy that failed as a failure.</li>
 * <li>Where there was nothing to back up and never was, and for what a restore keeps,
 * there is none, but for the one that calls off an alarm which has no reason any
 * more.</li>
 * </ul>
 */
public final class Heartbeat implements AutoCloseable {

	private final HeartbeatSender sender;

	private final Predicate<Path> hasSnapshots;

	private final Set<Path> failing = new HashSet<>();

	/**
	 * Those with a backup whose copies are waited for.
	 */
	private final Set<Path> uncopied = new HashSet<>();

	private final Set<Path> failingCopies = new HashSet<>();

	private volatile Predicate<Path> isCopied = (database) -> true;

	/**
	 * Create a new instance.
	 * @param url where to call
	 * @param hasSnapshots tells whether there are snapshots of the database in a file
	 */
	public Heartbeat(HeartbeatUrl url, Predicate<Path> hasSnapshots) {
		this(new HeartbeatSender(url), hasSnapshots);
	}

	Heartbeat(HeartbeatSender sender, Predicate<Path> hasSnapshots) {
		this.sender = sender;
		this.hasSnapshots = hasSnapshots;
	}

	/**
	 * Return a listener that hears of the backups.
	 * @return the listener
	 */
	public BackupListener listener() {
		return new Beat();
	}

	/**
	 * Wait for the copies elsewhere from now on.
	 * @param isCopied tells whether every place has the snapshots of the database in a
	 * file
	 * @return what has to hear of the copies
	 */
	public CopyListener waitFor(Predicate<Path> isCopied) {
		this.isCopied = isCopied;
		return new CopyBeat();
	}

	private synchronized void succeeded(Path database) {
		this.failing.remove(database);
		this.uncopied.add(RealPath.of(database));
		copied(database);
	}

	private synchronized void copied(Path database) {
		Path file = RealPath.of(database);
		if (this.uncopied.contains(file) && this.isCopied.test(database)) {
			this.uncopied.remove(file);
			this.failingCopies.remove(file);
			if (this.failing.isEmpty() && this.failingCopies.isEmpty()) {
				this.sender.succeeded();
			}
		}
	}

	private synchronized void notCopied(Path database, String sentence) {
		this.uncopied.add(RealPath.of(database));
		if (this.failingCopies.add(RealPath.of(database))) {
			this.sender.failed(Secrets.mask(sentence));
		}
	}

	private synchronized void nothingToBackUp(Path database) {
		if (this.hasSnapshots.test(database)) {
			failed(database, "There is no data in " + database + ", although it has snapshots."
					+ " If the data was lost, stop the application and restore the newest one.");
		}
		else if (this.failing.contains(database)) {
			succeeded(database);
		}
	}

	private synchronized void failed(@Nullable Path database, String sentence) {
		if (database != null) {
			this.failing.add(database);
		}
		this.sender.failed(Secrets.mask(sentence));
	}

	/**
	 * Send nothing from now on. Nobody is waited for.
	 */
	@Override
	public void close() {
		this.sender.close();
	}

	private final class Beat implements BackupListener {

		@Override
		public void onResult(BackupResult result, BackupAttempt attempt) {
			Verification verification = BackupHistory.verification(result);
			if (attempt.trigger() == BackupTrigger.RESTORE) {
				return;
			}
			if (verification == null) {
				nothingToBackUp(result.database());
			}
			else if (verification instanceof Verification.Corrupt) {
				failed(result.database(),
						"The database " + result.database() + " is DAMAGED: " + verification.summary() + ".");
			}
			else {
				succeeded(result.database());
			}
		}

		@Override
		public void onFailure(BackupException failure, BackupAttempt attempt) {
			if (BackupHistory.isFailureOfBackup(failure) && attempt.trigger() != BackupTrigger.RESTORE
					&& !Thread.currentThread().isInterrupted()) {
				failed(attempt.database(), String.valueOf(failure.getMessage()));
			}
		}

	}

	private final class CopyBeat implements CopyListener {

		@Override
		public void onComplete(Path database, String place) {
			copied(database);
		}

		@Override
		public void onFailure(Path database, String place, BackupException failure, Duration took) {
			notCopied(database, "The backups of " + database + " are not copied elsewhere. " + failure.getMessage());
		}

	}

}
