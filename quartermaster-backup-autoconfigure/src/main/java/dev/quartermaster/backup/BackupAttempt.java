/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * One attempt at a backup, as a listener hears of it together with what came of it.
 *
 * @param database the file of the database, or {@code null} if it failed before that was
 * known
 * @param reason why it was made
 * @param trigger the occasion
 * @param took how long it took, with the time that it waited for others
 */
public record BackupAttempt(@Nullable Path database, SnapshotReason reason, BackupTrigger trigger, Duration took) {

	/**
	 * Return an attempt that has ended now.
	 * @param begun when it was begun, by {@link System#nanoTime()}
	 */
	static BackupAttempt since(long begun, @Nullable Path database, SnapshotReason reason, BackupTrigger trigger) {
		return new BackupAttempt(database, reason, trigger, Duration.ofNanos(System.nanoTime() - begun));
	}

}
