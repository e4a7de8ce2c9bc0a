/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The space that a limit leaves to snapshots, of which two names of one file take it
 * once.
 */
final class RetentionSpace {

	private final Set<Object> contents = new HashSet<>();

	private long left;

	RetentionSpace(long bytes) {
		this.left = bytes;
	}

	void take(RetentionCandidate candidate) {
		if (this.contents.add(candidate.content())) {
			this.left -= candidate.size();
		}
	}

	/**
	 * Take the space for as many as there is for, from the first on.
	 * @return those that there is none for: one that is too large and all after it, but
	 * for further names of files that have their space
	 */
	List<RetentionCandidate> fill(List<RetentionCandidate> newestFirst) {
		List<RetentionCandidate> without = new ArrayList<>();
		for (RetentionCandidate candidate : newestFirst) {
			if (!this.contents.contains(candidate.content())) {
				if (without.isEmpty() && candidate.size() <= this.left) {
					take(candidate);
				}
				else {
					without.add(candidate);
				}
			}
		}
		return without;
	}

	long left() {
		return this.left;
	}

}
