/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The jar's own command line: create, list, verify and restore snapshots with the
 * application's configuration and without starting it.
 * <p>
 * The name of {@link dev.quartermaster.backup.command.BackupCommand} may be relied on,
 * since it is typed where there is no executable jar, and so may what the command
 * understands, the codes that it ends with, and its output as JSON. The rest is internal,
 * and may change with any release.
 */
@NullMarked
package dev.quartermaster.backup.command;

import org.jspecify.annotations.NullMarked;
