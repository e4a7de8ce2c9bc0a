/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Copies of snapshots elsewhere, on another disk or in an object store, which outlive the
 * disk that the snapshots are on. {@link dev.quartermaster.backup.copies.Copies} is the
 * entrance. A place is anything that Spring has a writable resource for.
 * <p>
 * All of it is internal, and may change with any release.
 */
@NullMarked
package dev.quartermaster.backup.copies;

import org.jspecify.annotations.NullMarked;
