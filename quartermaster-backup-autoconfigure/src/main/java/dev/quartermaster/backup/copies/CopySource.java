/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import dev.quartermaster.backup.SqliteBackupService;

/**
 * A database whose snapshots are copied elsewhere.
 *
 * @param backups its service
 * @param folder the folder below each place for its snapshots, with a slash at its end,
 * or nothing: only databases of one file name need folders
 */
record CopySource(SqliteBackupService backups, String folder) {
}
