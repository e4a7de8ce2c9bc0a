/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.ZonedDateTime;

/**
 * One published copy of a database and what is known of it.
 *
 * @param name its name
 * @param file where it is, as an absolute path
 * @param takenAt when it was taken, to the second, in the configured time zone
 * @param size its size in bytes
 */
public record Snapshot(SnapshotName name, Path file, ZonedDateTime takenAt, long size) {
}
