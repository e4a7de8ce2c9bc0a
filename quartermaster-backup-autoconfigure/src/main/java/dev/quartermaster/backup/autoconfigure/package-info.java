/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration: properties, conditions and wiring. Nothing imports this package.
 */
@NullMarked
package dev.quartermaster.backup.autoconfigure;

import org.jspecify.annotations.NullMarked;
