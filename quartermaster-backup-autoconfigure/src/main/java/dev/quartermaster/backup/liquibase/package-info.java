/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The hook into Liquibase.
 * <p>
 * Everything here is internal: it is public for the other packages only, and may change
 * with any release.
 */
@NullMarked
package dev.quartermaster.backup.liquibase;

import org.jspecify.annotations.NullMarked;
