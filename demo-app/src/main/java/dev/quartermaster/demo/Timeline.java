/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The snapshots as marks on a line from the oldest of them to now. Those that are too
 * close to each other stand on top of one another.
 *
 * @param marks the marks
 * @param from when the line begins, in words
 */
record Timeline(List<Mark> marks, String from) {

	/**
	 * So that those of the last minutes are not spread over the whole line.
	 */
	private static final Duration SHORTEST = Duration.ofHours(1);

	/**
	 * How far apart marks must be not to touch each other, in percent of the line.
	 */
	private static final double STEP = 2.5;

	private static final int HIGHEST = 4;

	/**
	 * Return the line of some snapshots.
	 * @param lines the snapshots, newest first, but for those with a time that is yet to
	 * come, which are last
	 * @param now the end of the line
	 */
	static Timeline of(List<SnapshotLine> lines, ZonedDateTime now) {
		ZonedDateTime from = Stream.concat(lines.stream().map(SnapshotLine::takenAt), Stream.of(now.minus(SHORTEST)))
			.min(ZonedDateTime::compareTo)
			.orElseThrow();
		double span = Duration.between(from, now).toMillis();
		Map<Long, Integer> heights = new HashMap<>();
		List<Mark> marks = new ArrayList<>();
		for (int i = lines.size() - 1; i >= 0; i--) {
			SnapshotLine line = lines.get(i);
			double percent = 100 * Duration.between(from, line.takenAt()).toMillis() / span;
			long column = Math.round(Math.max(0, Math.min(100, percent)) / STEP);
			int level = heights.merge(column, 1, Integer::sum) - 1;
			marks.add(new Mark(line, column * STEP, Math.min(level, HIGHEST)));
		}
		return new Timeline(marks, TimeInWords.of(from, now));
	}

	/**
	 * Return what there is to see, for those who do not see it.
	 */
	public String words() {
		int count = this.marks.size();
		return count + ((count == 1) ? " snapshot" : " snapshots") + ", from " + this.from + ", to now";
	}

	/**
	 * Return how high it is, in pixels.
	 */
	public int height() {
		return 20 + 13 * this.marks.stream().mapToInt(Mark::level).max().orElse(0);
	}

	/**
	 * The mark of a snapshot.
	 *
	 * @param line the snapshot
	 * @param percent where on the line it stands, from 0 to 100
	 * @param level how many stand below it
	 */
	record Mark(SnapshotLine line, double percent, int level) {
	}

}
