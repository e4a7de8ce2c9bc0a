/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The core: consistent, verified snapshots of a SQLite database, in plain Java.
 * {@link dev.quartermaster.backup.SqliteBackupService} is the entrance; everything else
 * is either a value that passes through it or a room behind it.
 */
@NullMarked
package dev.quartermaster.backup;

import org.jspecify.annotations.NullMarked;
