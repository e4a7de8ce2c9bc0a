/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.time.ZonedDateTime;

import dev.quartermaster.backup.Bytes;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifest;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot as one line of the page.
 *
 * @param name its file name
 * @param occasion why it was taken
 * @param takenAt when it was taken
 * @param when the same in words
 * @param size its size in words
 * @param condition whether it is sound
 */
record SnapshotLine(String name, Occasion occasion, ZonedDateTime takenAt, String when, String size,
		Condition condition) {

	static SnapshotLine of(Snapshot snapshot, @Nullable SnapshotManifest manifest, ZonedDateTime now) {
		return new SnapshotLine(snapshot.name().toString(), Occasion.of(snapshot, manifest), snapshot.takenAt(),
				TimeInWords.of(snapshot.takenAt(), now), Bytes.format(snapshot.size()), Condition.of(manifest));
	}

}
