/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the page says of the snapshot that is looked at.
 *
 * @param line the snapshot
 * @param schema the version of the schema in it, or {@code null} if that is not known
 * @param check what was found when it was checked, or {@code null} if that is not known
 * @param tables what it holds against what is there now
 * @param failure why that is not known, or {@code null}
 * @param restore the command that restores it
 */
record SnapshotDetails(SnapshotLine line, @Nullable String schema, @Nullable String check, List<TableLine> tables,
		@Nullable Notice failure, String restore) {

	/**
	 * Return whether there are as many rows now as in the snapshot.
	 */
	public boolean isSame() {
		return this.tables.stream().allMatch(TableLine::isSame);
	}

}
