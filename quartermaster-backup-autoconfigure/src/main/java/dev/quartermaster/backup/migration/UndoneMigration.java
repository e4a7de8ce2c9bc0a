/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import dev.quartermaster.backup.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * A migration that failed and was undone.
 *
 * @param before the snapshot from before the migration, which the database is now again
 * @param restored whether it was put back; it was not if the migration had left
 * everything as it was
 * @param failed the snapshot of what the migration left, or {@code null} if it had left
 * nothing to keep
 */
public record UndoneMigration(Snapshot before, boolean restored, @Nullable Snapshot failed) {
}
