/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import dev.quartermaster.backup.SnapshotManifest;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the soundness of a snapshot, without looking into it again.
 */
enum Condition {

	SOUND("sound"),

	CORRUPT("corrupt"),

	UNVERIFIABLE("cannot be checked here"),

	UNCHECKED("not checked"),

	/**
	 * It has no manifest, or is not the file any more that the manifest tells of.
	 */
	UNKNOWN("nothing known");

	private final String words;

	Condition(String words) {
		this.words = words;
	}

	public String words() {
		return this.words;
	}

	static Condition of(@Nullable SnapshotManifest manifest) {
		if (manifest == null) {
			return UNKNOWN;
		}
		if (manifest.corruptSeenAt() != null) {
			return CORRUPT;
		}
		return switch (manifest.verification().outcome()) {
			case "sound" -> SOUND;
			case "corrupt" -> CORRUPT;
			case "unverifiable" -> UNVERIFIABLE;
			default -> UNCHECKED;
		};
	}

}
