/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the page shows of the snapshots.
 *
 * @param switchedOn whether there are any backups
 * @param failure why the snapshots are not known, or {@code null} if they are
 * @param lines the newest of them, newest first
 * @param others how many more there are
 * @param timeline when they were taken, or {@code null} if there are none
 * @param details more of the one that is looked at, or {@code null} if there is none
 */
record SnapshotsView(boolean switchedOn, @Nullable Notice failure, List<SnapshotLine> lines, int others,
		@Nullable Timeline timeline, @Nullable SnapshotDetails details) {

	static final SnapshotsView SWITCHED_OFF = new SnapshotsView(false, null, List.of(), 0, null, null);

	static SnapshotsView failed(Notice failure) {
		return new SnapshotsView(true, failure, List.of(), 0, null, null);
	}

}
