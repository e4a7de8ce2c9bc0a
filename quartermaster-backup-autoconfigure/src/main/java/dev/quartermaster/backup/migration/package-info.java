/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What stands around a change of the schema: the guard that sees to a snapshot before it,
 * the change of one database, and what undoes one that failed.
 * {@link dev.quartermaster.backup.migration.MigrationGuard} is the entrance.
 * <p>
 * Applications may rely on the failures that their start may end with:
 * {@link dev.quartermaster.backup.migration.DataLossException},
 * {@link dev.quartermaster.backup.migration.MigrationRefusedException} and
 * {@link dev.quartermaster.backup.migration.RehearsalFailedException}. The rest is
 * internal, and may change with any release.
 */
@NullMarked
package dev.quartermaster.backup.migration;

import org.jspecify.annotations.NullMarked;
