/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The hook into Flyway.
 */
@NullMarked
package dev.quartermaster.backup.flyway;

import org.jspecify.annotations.NullMarked;
