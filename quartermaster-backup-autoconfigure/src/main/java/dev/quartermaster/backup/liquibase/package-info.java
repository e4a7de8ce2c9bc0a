/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The hook into Liquibase.
 */
@NullMarked
package dev.quartermaster.backup.liquibase;

import org.jspecify.annotations.NullMarked;
