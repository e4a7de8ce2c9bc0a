/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.HashSet;
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

	boolean has(RetentionCandidate candidate) {
		return this.contents.contains(candidate.content());
	}

	long left() {
		return this.left;
	}

}
