/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The condition in which the copies of a database's snapshots at one place are.
 *
 * @param place where it is, for people to read
 * @param pending how many snapshots it has yet to get
 * @param newest the file name of the newest snapshot that is there and may be gone back
 * to, or {@code null} if there is none
 * @param newestTakenAt when that was taken, or {@code null}
 * @param problem why the last attempt failed, or {@code null} if it did not
 */
public record CopyCondition(String place, int pending, @Nullable String newest, @Nullable Instant newestTakenAt,
		@Nullable String problem) {
}
