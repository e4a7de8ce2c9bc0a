/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot as {@link Retention} looks at it.
 *
 * @param name its name
 * @param size how many bytes it has
 * @param content tells whether two are names of one file
 * @param schemaVersion the version of the schema in it, {@link #NO_VERSION} if it has
 * none, or {@code null} if that is unknown
 * @param soundness how far it can be relied on, as far as is known
 * @param keptFor why it is not up to the policy, such as that another installation wrote
 * it, or {@code null} if it is
 */
record RetentionCandidate(SnapshotName name, long size, Object content, @Nullable String schemaVersion,
		Soundness soundness, @Nullable String keptFor) {

	/**
	 * The version of a schema that no tool has migrated yet.
	 */
	static final String NO_VERSION = "";

	/**
	 * Return the same one, of which it was found out that it is damaged.
	 */
	RetentionCandidate damaged() {
		return new RetentionCandidate(this.name, this.size, this.content, this.schemaVersion, Soundness.CORRUPT,
				this.keptFor);
	}

	boolean isReplacedState() {
		return this.name.reason().isReplacedState();
	}

	RetentionDecision decision(boolean kept, String why) {
		return new RetentionDecision(this.name, this.size, kept, why);
	}

}
