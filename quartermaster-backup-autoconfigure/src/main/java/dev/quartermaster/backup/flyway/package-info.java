/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The hook into Flyway.
 * <p>
 * Applications may rely on {@link dev.quartermaster.backup.flyway.BackupCallback}, which
 * is named where Flyway runs without Spring, and on
 * {@link dev.quartermaster.backup.flyway.NewerDatabaseException}. The rest is internal,
 * and may change with any release.
 */
@NullMarked
package dev.quartermaster.backup.flyway;

import org.jspecify.annotations.NullMarked;
