/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.ArrayList;
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

	private static final int MOST_PENDING = 50;

	private static final int MAX_PENDING_LENGTH = 200;

	BackupPurpose {
		words = shorten(words, MAX_LENGTH);
		pending = List.copyOf(pending);
	}

	/**
	 * Return that of a backup for a reason of ours.
	 */
	static BackupPurpose of(SnapshotReason reason) {
		return of(reason, List.of());
	}

	/**
	 * Return that of a backup before something is changed.
	 * @param pending the names of the changes, of which only so many are kept that the
	 * manifest can be read again
	 */
	static BackupPurpose of(SnapshotReason reason, List<String> pending) {
		List<String> names = new ArrayList<>();
		pending.stream().limit(MOST_PENDING).map((name) -> shorten(name, MAX_PENDING_LENGTH)).forEach(names::add);
		if (pending.size() > MOST_PENDING) {
			names.add("and " + (pending.size() - MOST_PENDING) + " more");
		}
		return new BackupPurpose(reason, reason.slug(), names);
	}

	private static String shorten(String text, int length) {
		return text.substring(0, text.offsetByCodePoints(0, Math.min(text.codePointCount(0, text.length()), length)));
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
