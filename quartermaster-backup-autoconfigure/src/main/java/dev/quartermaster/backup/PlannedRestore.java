/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.OffsetDateTime;

import org.jspecify.annotations.Nullable;

/**
 * A restore that is to be carried out when the application starts next.
 *
 * @param database the file of the database, as it was called when this was planned
 * @param snapshot the file of the snapshot
 * @param bytes how many bytes the snapshot had when it was checked
 * @param sha256 the SHA-256 that it had then, in lower case hexadecimal
 * @param forced whether somebody wants it even if the database is open elsewhere by then,
 * or the schema is newer than the release of the application knows
 * @param plannedAt when somebody asked for it
 * @param plannedBy who did, or {@code null} if that is not known
 * @param stage how far it has come
 * @param kept the snapshot of what was there before, or {@code null} if there is none
 * yet, or there was nothing that could be read
 * @param failure why it was not carried out, or {@code null}
 */
public record PlannedRestore(Path database, Path snapshot, long bytes, String sha256, boolean forced,
		OffsetDateTime plannedAt, @Nullable String plannedBy, Stage stage, @Nullable Path kept,
		@Nullable String failure) {

	/**
	 * Return when it was planned and by whom, for people to read.
	 * @return the end of a sentence, after the word planned
	 */
	public String origin() {
		return "at " + this.plannedAt + ((this.plannedBy != null) ? " by " + this.plannedBy : "");
	}

	PlannedRestore withKept(Path kept) {
		return new PlannedRestore(this.database, this.snapshot, this.bytes, this.sha256, this.forced, this.plannedAt,
				this.plannedBy, this.stage, kept, this.failure);
	}

	PlannedRestore withFailure(String failure) {
		return new PlannedRestore(this.database, this.snapshot, this.bytes, this.sha256, this.forced, this.plannedAt,
				this.plannedBy, Stage.FAILED, this.kept, failure);
	}

	/**
	 * Return whether it is what another one asks for, whoever asked, and when.
	 */
	boolean isSameWish(PlannedRestore other) {
		return this.stage == other.stage && this.snapshot.equals(other.snapshot) && this.sha256.equals(other.sha256)
				&& this.forced == other.forced;
	}

	/**
	 * How far a planned restore has come.
	 */
	public enum Stage {

		/**
		 * The next start carries it out.
		 */
		PLANNED,

		/**
		 * A start is carrying it out, or was killed while it did.
		 */
		BEGUN,

		/**
		 * A start could not carry it out, and no other one tries.
		 */
		FAILED

	}

}
