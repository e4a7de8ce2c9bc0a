/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * The number of rows of a table before and after a migration.
 *
 * @param table the name of the table
 * @param before how many rows it had, or {@code null} if it did not exist or could not be
 * read
 * @param after how many rows it has, or {@code null} if it does not exist any more or
 * cannot be read
 */
public record TableRows(String table, @Nullable Long before, @Nullable Long after) {
}
