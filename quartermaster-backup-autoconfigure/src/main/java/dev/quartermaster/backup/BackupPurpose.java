/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The purpose of a backup, of which only the reason is in the snapshot's name.
 *
 * @param reason the reason for the name
 * @param words the reason as it was given
 * @param pending the migrations that are going to be applied, as far as they are known;
 * in order
 */
record BackupPurpose(SnapshotReason reason, String words, List<String> pending) {

	/**
	 * More than anybody gives as a reason, and so little that the manifest is read again.
	 */
	private static final int MAX_LENGTH = 4000;

	BackupPurpose {
		words = words.substring(0,
				words.offsetByCodePoints(0, Math.min(words.codePointCount(0, words.length()), MAX_LENGTH)));
		pending = List.copyOf(pending);
	}

	/**
	 * Return that of a backup for a reason of ours.
	 */
	static BackupPurpose of(SnapshotReason reason) {
		return new BackupPurpose(reason, reason.slug(), List.of());
	}

	/**
	 * Return that of a backup that somebody asked for.
	 * @param words why, in any words, or {@code null}
	 */
	static BackupPurpose of(@Nullable String words) {
		SnapshotReason reason = SnapshotReason.of(words);
		return new BackupPurpose(reason, (words == null || words.isBlank()) ? reason.slug() : words.strip(), List.of());
	}

}
