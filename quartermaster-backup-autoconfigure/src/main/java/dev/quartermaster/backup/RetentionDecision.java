/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * The decision whether a snapshot stays.
 *
 * @param name the name of the snapshot
 * @param size how many bytes it has
 * @param kept whether it stays
 * @param why why, as a part of a sentence
 */
public record RetentionDecision(SnapshotName name, long size, boolean kept, String why) {
}
