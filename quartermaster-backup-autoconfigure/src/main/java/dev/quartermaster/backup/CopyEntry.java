/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line of a {@link CopyLedger}: what has become of a copy.
 *
 * @param at when it was written
 * @param kind what it says
 * @param place the location of the place
 * @param name the file name of the snapshot
 * @param takenAt when it was taken
 * @param bytes its size in bytes
 * @param sha256 its SHA-256
 * @param outcome what its check had found when it was copied, as
 * {@link Verification#status()}, or {@value #REPLACED}
 * @param key where the copy is, below the place
 */
public record CopyEntry(Instant at, Kind kind, String place, String name, Instant takenAt, long bytes, String sha256,
		String outcome, String key) {

	/**
	 * The outcome of a state that was replaced.
	 */
	static final String REPLACED = "replaced";

	private static final String NONE = "-";

	private static final int FIELDS = 9;

	private static final Logger logger = LoggerFactory.getLogger(CopyEntry.class);

	/**
	 * Return the line that says that a copy is whole.
	 * @param place the location of the place
	 * @param snapshot the snapshot
	 * @param key where the copy is, below the place
	 * @return the line
	 */
	public static CopyEntry copied(String place, SnapshotToCopy snapshot, String key) {
		Snapshot copied = snapshot.snapshot();
		return new CopyEntry(Instant.now(), Kind.COPIED, place, snapshot.name(), copied.takenAt().toInstant(),
				copied.size(), snapshot.sha256(), copied.isReplacedState() ? REPLACED : snapshot.outcome(), key);
	}

	/**
	 * Return the line that says which directory it is that gets the copies.
	 * @param place the location of the place
	 * @param identity its identity
	 * @return the line
	 */
	static CopyEntry marked(String place, String identity) {
		return new CopyEntry(Instant.now(), Kind.MARKED, place, NONE, Instant.EPOCH, 0, NONE, NONE, identity);
	}

	/**
	 * Return the line that says from which snapshot on a place gets copies.
	 * @param place the location of the place
	 * @param first the snapshot
	 * @return the line
	 */
	static CopyEntry since(String place, Snapshot first) {
		return new CopyEntry(Instant.now(), Kind.SINCE, place, first.name().toString(), first.takenAt().toInstant(),
				first.size(), NONE, NONE, NONE);
	}

	/**
	 * Return the line that says of this copy what has become of it.
	 * @param kind what has
	 * @return the line
	 */
	public CopyEntry now(Kind kind) {
		return new CopyEntry(Instant.now(), kind, this.place, this.name, this.takenAt, this.bytes, this.sha256,
				this.outcome, this.key);
	}

	/**
	 * Return where the copy is, for people to read.
	 * @return the location
	 */
	public String location() {
		return Secrets.maskUrl(this.place + this.key);
	}

	/**
	 * Return whether it is a copy that one may go back to without being told to.
	 * @return whether it is
	 */
	public boolean isCandidate() {
		return !this.outcome.equals(REPLACED) && !this.outcome.equals("corrupt");
	}

	static Optional<CopyEntry> parse(String line) {
		String[] fields = line.split("\t", -1);
		if (fields.length != FIELDS) {
			return Optional.empty();
		}
		try {
			return Optional.of(new CopyEntry(Instant.parse(fields[0]), Kind.valueOf(fields[1].toUpperCase(Locale.ROOT)),
					decode(fields[2]), decode(fields[3]), Instant.parse(fields[4]), Long.parseLong(fields[5]),
					fields[6], fields[7], decode(fields[8])));
		}
		catch (IllegalArgumentException | DateTimeException ex) {
			// Not written to its end, or of a later version.
			logger.debug("Not read: {}", Secrets.mask(line), ex);
			return Optional.empty();
		}
	}

	/**
	 * Return the line, without its end.
	 */
	@Override
	public String toString() {
		return String.join("\t", this.at.toString(), this.kind.name().toLowerCase(Locale.ROOT), encode(this.place),
				encode(this.name), this.takenAt.toString(), Long.toString(this.bytes), this.sha256, this.outcome,
				encode(this.key));
	}

	private static String encode(String text) {
		return text.replace("%", "%25").replace("\t", "%09").replace("\n", "%0A").replace("\r", "%0D");
	}

	private static String decode(String text) {
		return text.replace("%0D", "\r").replace("%0A", "\n").replace("%09", "\t").replace("%25", "%");
	}

	/**
	 * What a line says.
	 */
	public enum Kind {

		/**
		 * From which snapshot on a place gets copies.
		 */
		SINCE,

		/**
		 * Which directory it is that gets the copies. Those before are in another one.
		 */
		MARKED,

		/**
		 * That a copy is whole.
		 */
		COPIED,

		/**
		 * That a copy is not there any more, and has to be made again.
		 */
		GONE,

		/**
		 * That a copy was removed by the retention policy.
		 */
		REMOVED

	}

}
