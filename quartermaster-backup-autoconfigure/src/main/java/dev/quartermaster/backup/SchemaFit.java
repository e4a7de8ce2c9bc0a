/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * The answer to whether a release of the application can take a snapshot, by the
 * migrations that the release has.
 *
 * @param pending how many migrations it would apply, or -1 if the snapshot is newer
 * @param release the version of the application that took a newer snapshot, or
 * {@code null}
 * @param noun what a migration is called by the tool that applies it
 */
public record SchemaFit(int pending, @Nullable String release, String noun) {

	private static final int NEWER = -1;

	/**
	 * Return the answer for a snapshot that is not newer.
	 * @param pending how many migrations are to be applied
	 * @param noun what one is called by the tool that applies it
	 * @return the answer
	 */
	public static SchemaFit pending(int pending, String noun) {
		return new SchemaFit(pending, null, noun);
	}

	/**
	 * Return the answer for a snapshot that has a migration which the release does not
	 * know.
	 * @param release the version of the application that took it, or {@code null}
	 * @param noun what a migration is called by the tool that applies it
	 * @return the answer
	 */
	public static SchemaFit newer(@Nullable String release, String noun) {
		return new SchemaFit(NEWER, release, noun);
	}

	/**
	 * Return whether the snapshot has a migration that the release does not know.
	 * @return whether it is newer
	 */
	public boolean isNewer() {
		return this.pending == NEWER;
	}

	/**
	 * Return the sentence about a snapshot that is newer.
	 * @param snapshot the file of the snapshot
	 * @return the sentence, without its end
	 */
	public String describeNewer(Path snapshot) {
		return "The snapshot " + snapshot + " has a newer schema than this release of the application knows"
				+ ((this.release != null) ? ": it was written by " + this.release : "");
	}

	/**
	 * Return the answer in a few words, such as <em>older: 3 migrations to apply</em>.
	 */
	@Override
	public String toString() {
		if (isNewer()) {
			return (this.release != null) ? "newer: written by " + this.release : "newer";
		}
		return (this.pending == 0) ? "fits" : "older: " + Count.of(this.pending, this.noun) + " to apply";
	}

}
