/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * How many rows a table has in a snapshot, and how many it has now.
 *
 * @param table the name of the table
 * @param then how many rows it has in the snapshot, or {@code null} if it has none there
 * @param now how many rows it has now, or {@code null} if it is not there any more
 */
record TableLine(String table, @Nullable Long then, @Nullable Long now) {

	static List<TableLine> compare(Map<String, Long> then, Map<String, Long> now) {
		Set<String> tables = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		tables.addAll(then.keySet());
		tables.addAll(now.keySet());
		List<TableLine> lines = new ArrayList<>();
		tables.forEach((table) -> lines.add(new TableLine(table, then.get(table), now.get(table))));
		return lines;
	}

	public boolean isSame() {
		return this.then != null && this.then.equals(this.now);
	}

	/**
	 * Return whether there is less now than in the snapshot.
	 */
	public boolean isLess() {
		return this.then != null && (this.now == null || this.now < this.then);
	}

	/**
	 * Return what became of the table since the snapshot, in words.
	 */
	public String difference() {
		if (this.then == null) {
			return "new table";
		}
		if (this.now == null) {
			return "table is gone";
		}
		long more = this.now - this.then;
		return (more == 0) ? "same" : Math.abs(more) + ((more > 0) ? " more" : " fewer");
	}

}
