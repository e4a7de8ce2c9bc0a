/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

import dev.quartermaster.backup.BackupAttempt;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.BackupTrigger;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.Verification;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeat of the backups: a call to a service that raises an alarm when it stays
 * away for too long, or when the call says that a backup failed.
 * <ul>
 * <li>For each backup that did not fail there is one call, whether a snapshot was taken
 * or the newest is still what the database is.</li>
 * <li>For each that failed, or that found the database damaged, there is one to the same
 * URL with {@code /fail}, which has the sentence that says why.</li>
 * <li>While one database has no backup, that of another is no reason to call off the
 * alarm.</li>
 * <li>Where there was nothing to back up, and for what a restore keeps, there is
 * none.</li>
 * </ul>
 */
public final class Heartbeat implements AutoCloseable {

	private final HeartbeatSender sender;

	private final Set<Path> failing = new HashSet<>();

	/**
	 * Create a new instance.
	 * @param url where to call
	 */
	public Heartbeat(HeartbeatUrl url) {
		this(new HeartbeatSender(url));
	}

	Heartbeat(HeartbeatSender sender) {
		this.sender = sender;
	}

	/**
	 * Return a listener that hears of the backups.
	 * @return the listener
	 */
	public BackupListener listener() {
		return new Beat();
	}

	private synchronized void succeeded(Path database) {
		this.failing.remove(database);
		if (this.failing.isEmpty()) {
			this.sender.succeeded();
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
			if (verification == null || attempt.trigger() == BackupTrigger.RESTORE) {
				return;
			}
			if (verification instanceof Verification.Corrupt) {
				failed(result.database(),
						"The database " + result.database() + " is DAMAGED: " + verification.summary() + ".");
			}
			else {
				succeeded(result.database());
			}
		}

		@Override
		public void onFailure(BackupException failure, BackupAttempt attempt) {
			if (BackupHistory.isFailureOfBackup(failure) && attempt.trigger() != BackupTrigger.RESTORE) {
				failed(attempt.database(), String.valueOf(failure.getMessage()));
			}
		}

	}

}
