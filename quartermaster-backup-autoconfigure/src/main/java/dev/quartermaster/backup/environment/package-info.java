/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What endangers a database although everything works: the SQLite that is used, and the
 * file systems that the database and its snapshots lie on.
 * {@link dev.quartermaster.backup.environment.EnvironmentCheck} is the entrance.
 * <p>
 * Everything here is internal: it is public for the other packages only, and may change
 * with any release.
 */
@NullMarked
package dev.quartermaster.backup.environment;

import org.jspecify.annotations.NullMarked;
