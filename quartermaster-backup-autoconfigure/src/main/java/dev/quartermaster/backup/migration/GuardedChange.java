/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;

import dev.quartermaster.backup.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * A change of the schema that was guarded, and by what.
 *
 * @param database the file of the database that was going to be changed
 * @param urlParameters what a URL must say for the database to be opened like the
 * application does it, or nothing
 * @param failed whether it is known to have failed, and not merely of unknown end
 * @param before the snapshot of what was there before the change
 * @param undone what was done when it failed, or {@code null} if nothing was
 */
public record GuardedChange(Path database, String urlParameters, boolean failed, Snapshot before,
		@Nullable UndoneMigration undone) {
}
