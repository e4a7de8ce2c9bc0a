/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The manifest of a snapshot: what was known when it was taken. It is a file of JSON
 * beside the snapshot, named like it with {@code .json} at the end.
 * <p>
 * A snapshot may have none, or one that is damaged or of another file, which counts as
 * none. It is never trusted over the snapshot.
 *
 * @param reason why the snapshot was taken, as it was given
 * @param database the database that it is of
 * @param installation the identity of the installation that took it, or {@code null} if
 * that has none
 * @param takenAt when it was taken, with the offset of the configured time zone
 * @param application the release of the application that took it
 * @param schema the version of the schema in the snapshot
 * @param sqlite the version of SQLite that copied it
 * @param journalMode the journal mode of the database, {@code wal} or {@code delete}, or
 * {@code null} if the database was too damaged to tell
 * @param pages how many pages the snapshot has
 * @param pageSize the size of a page in bytes
 * @param bytes the size of the snapshot in bytes
 * @param sha256 the SHA-256 of the snapshot in lower case hexadecimal, or {@code null} if
 * it was not computed
 * @param rows the number of rows of each table; empty if they were not counted. What
 * cannot be read has none
 * @param verification what the check of the snapshot found
 * @param durations how long it took
 * @param corruptSeenAt when somebody was told that the snapshot is corrupt, or
 * {@code null} if nobody was
 */
public record SnapshotManifest(String reason, Database database, @Nullable UUID installation, OffsetDateTime takenAt,
		ApplicationRelease application, Schema schema, @Nullable String sqlite, @Nullable String journalMode,
		long pages, long pageSize, long bytes, @Nullable String sha256, Map<String, Long> rows, Check verification,
		Durations durations, @Nullable OffsetDateTime corruptSeenAt) {

	/**
	 * The format of the file. One of a later format counts as none.
	 */
	static final int FORMAT = 1;

	/**
	 * The journal mode with a write-ahead log.
	 */
	static final String WRITE_AHEAD_LOG = "wal";

	/**
	 * What each begins with that we write.
	 */
	static final String BEGINNING = "{\n    \"format\": " + FORMAT;

	/**
	 * The most bytes of one that are read.
	 */
	static final int MAX_BYTES = 64 * 1024;

	/**
	 * Create a new manifest.
	 * @param reason why the snapshot was taken
	 * @param database the database that it is of
	 * @param installation the identity of the installation, or {@code null}
	 * @param takenAt when it was taken
	 * @param application the release of the application
	 * @param schema the version of the schema
	 * @param sqlite the version of SQLite, or {@code null}
	 * @param journalMode the journal mode of the database, or {@code null}
	 * @param pages how many pages it has
	 * @param pageSize the size of a page in bytes
	 * @param bytes its size in bytes
	 * @param sha256 its SHA-256, or {@code null}
	 * @param rows the number of rows of each table
	 * @param verification what the check found
	 * @param durations how long it took
	 * @param corruptSeenAt when somebody was told that it is corrupt, or {@code null}
	 */
	public SnapshotManifest {
		Map<String, Long> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		sorted.putAll(rows);
		rows = Collections.unmodifiableMap(sorted);
	}

	/**
	 * Return whether the snapshot is known to be sound: its check found nothing, and no
	 * later one found it corrupt.
	 * @return whether it is
	 */
	public boolean isSound() {
		return this.verification.outcome().equals("sound") && this.corruptSeenAt == null;
	}

	/**
	 * Return this manifest with the time at which somebody was told that the snapshot is
	 * corrupt.
	 * @param time the time, or {@code null} if it is not
	 */
	SnapshotManifest withCorruptSeenAt(@Nullable OffsetDateTime time) {
		return new SnapshotManifest(this.reason, this.database, this.installation, this.takenAt, this.application,
				this.schema, this.sqlite, this.journalMode, this.pages, this.pageSize, this.bytes, this.sha256,
				this.rows, this.verification, this.durations, time);
	}

	/**
	 * Return this manifest with a checksum of the snapshot.
	 */
	SnapshotManifest withSha256(String checksum) {
		return new SnapshotManifest(this.reason, this.database, this.installation, this.takenAt, this.application,
				this.schema, this.sqlite, this.journalMode, this.pages, this.pageSize, this.bytes, checksum, this.rows,
				this.verification, this.durations, this.corruptSeenAt);
	}

	/**
	 * Return this manifest with what a later check of the snapshot found.
	 */
	SnapshotManifest withVerification(Check check) {
		return new SnapshotManifest(this.reason, this.database, this.installation, this.takenAt, this.application,
				this.schema, this.sqlite, this.journalMode, this.pages, this.pageSize, this.bytes, this.sha256,
				this.rows, check, this.durations, this.corruptSeenAt);
	}

	/**
	 * Return the manifest of the same content that was kept once more.
	 * @param purpose why
	 * @param time when
	 * @param release by which release of the application
	 */
	SnapshotManifest withPurpose(BackupPurpose purpose, OffsetDateTime time, ApplicationRelease release) {
		return new SnapshotManifest(purpose.words(), this.database, this.installation, time, release,
				new Schema(this.schema.version, this.schema.tool, this.schema.histories, purpose.pending()),
				this.sqlite, this.journalMode, this.pages, this.pageSize, this.bytes, this.sha256, this.rows,
				this.verification, this.durations, null);
	}

	/**
	 * Return this manifest without what may be of any length.
	 */
	SnapshotManifest withoutLists() {
		return new SnapshotManifest(this.reason, this.database, this.installation, this.takenAt, this.application,
				new Schema(this.schema.version, this.schema.tool, this.schema.histories, List.of()), this.sqlite,
				this.journalMode, this.pages, this.pageSize, this.bytes, this.sha256, Map.of(), this.verification,
				this.durations, this.corruptSeenAt);
	}

	/**
	 * The database that a snapshot is of.
	 *
	 * @param name its file name without extension, as in the name of the snapshot
	 * @param path the absolute path of its file
	 */
	public record Database(String name, String path) {

	}

	/**
	 * The schema in a snapshot, as the history of Flyway or Liquibase in it tells.
	 *
	 * @param version the version of Flyway or the last change set of Liquibase, or
	 * {@code null} if there is no history
	 * @param tool whose history it is, {@code flyway} or {@code liquibase}, or
	 * {@code null}
	 * @param histories the newest entries of all histories, by their tables and in words,
	 * or {@code null} if there are not several
	 * @param pending what was going to be applied, as far as it was known; in order
	 */
	public record Schema(@Nullable String version, @Nullable String tool, @Nullable String histories,
			List<String> pending) {

		/**
		 * Create a new instance, which keeps a copy of the list.
		 * @param version the version, or {@code null}
		 * @param tool whose history it is, or {@code null}
		 * @param histories the newest entries of all histories, or {@code null}
		 * @param pending what was going to be applied
		 */
		public Schema {
			pending = List.copyOf(pending);
		}

	}

	/**
	 * The check of a snapshot when it was taken.
	 *
	 * @param mode how thorough it was
	 * @param outcome what it found, as {@link Verification#status()}
	 * @param detail the same in a few words
	 */
	public record Check(VerificationMode mode, String outcome, String detail) {

	}

	/**
	 * The times that it took to take a snapshot.
	 *
	 * @param copy until the database was copied
	 * @param check of the check
	 * @param whole of all of it, until the snapshot got its name
	 */
	public record Durations(Duration copy, Duration check, Duration whole) {

	}

}
