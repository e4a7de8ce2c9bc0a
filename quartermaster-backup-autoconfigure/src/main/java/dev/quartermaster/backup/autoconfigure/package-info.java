/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Auto-configuration: properties, conditions and wiring. Nothing imports this package.
 * <p>
 * The names of the properties may be relied on, and those of the auto-configurations,
 * which an application may leave out, or order its own before or after. The rest is
 * internal, and may change with any release.
 */
@NullMarked
package dev.quartermaster.backup.autoconfigure;

import org.jspecify.annotations.NullMarked;
