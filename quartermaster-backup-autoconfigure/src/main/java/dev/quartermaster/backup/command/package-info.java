/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The jar's own command line: create, list, verify and restore snapshots with the
 * application's configuration and without starting it.
 */
@NullMarked
package dev.quartermaster.backup.command;

import org.jspecify.annotations.NullMarked;
