/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The result of a restore. Whatever was there before is kept: as a snapshot if it was a
 * database, set aside as it was if it was not.
 *
 * @param database the file of the database
 * @param snapshot the snapshot whose content it has now
 * @param verification what the check of the restored database found
 * @param kept the snapshot of what was there before, or {@code null} if there was nothing
 * or nothing that could be read
 * @param setAside where what was there before lies as it was, or {@code null} if the
 * content was put into the file that is there
 * @param journalModeUnknown whether nothing told which journal mode the database had, so
 * that it has a rollback journal now
 * @param took how long the whole of it took
 */
public record RestoreResult(Path database, Path snapshot, Verification verification, @Nullable Snapshot kept,
		@Nullable Path setAside, boolean journalModeUnknown, Duration took) {
}
