/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Durations of the same thing, in nanoseconds.
 */
final class Samples {

	private final List<Long> nanos = new ArrayList<>();

	void add(long duration) {
		this.nanos.add(duration);
	}

	void clear() {
		this.nanos.clear();
	}

	int count() {
		return this.nanos.size();
	}

	double medianMillis() {
		return percentileMillis(50);
	}

	double percentileMillis(double percentile) {
		List<Long> sorted = new ArrayList<>(this.nanos);
		Collections.sort(sorted);
		if (percentile == 50 && sorted.size() % 2 == 0 && !sorted.isEmpty()) {
			int middle = sorted.size() / 2;
			return (sorted.get(middle - 1) + sorted.get(middle)) / 2e6;
		}
		int index = (int) Math.ceil(percentile / 100 * sorted.size()) - 1;
		return sorted.isEmpty() ? Double.NaN : sorted.get(Math.max(index, 0)) / 1e6;
	}

}
