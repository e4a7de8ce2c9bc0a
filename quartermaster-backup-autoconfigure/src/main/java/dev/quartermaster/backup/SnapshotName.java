/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a snapshot's file, {@code <database>-<yyyyMMdd>-<HHmmss>-<reason>.db}. The
 * only place that writes or reads one.
 * <p>
 * A name that was already taken in the same second gets {@code -2}, {@code -3} … before
 * {@code .db}. Reading such a name back keeps the number in the reason, since nothing
 * tells it from a reason that ends in a number, like {@code release-2}.
 *
 * @param database the file name of the database without its extension
 * @param stamp when the snapshot was taken, to the second, in the configured time zone
 * @param reason why
 */
public record SnapshotName(String database, LocalDateTime stamp,
		SnapshotReason reason) implements Comparable<SnapshotName> {

	private static final String EXTENSION = ".db";

	/**
	 * What the name of a manifest has after that of its snapshot.
	 */
	static final String MANIFEST = ".json";

	private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT)
		.withResolverStyle(ResolverStyle.STRICT);

	/**
	 * A reason has no stamp in it, so that the last one is that of the snapshot.
	 */
	private static final Pattern NAME = Pattern
		.compile("(?s)(.*)-([0-9]{8}-[0-9]{6})-([a-z0-9]+(?:-[a-z0-9]+)*)" + Pattern.quote(EXTENSION));

	/**
	 * All that there is to tell which of two is older: no new name is given that would be
	 * before one that there is.
	 */
	private static final Comparator<SnapshotName> OLDEST_FIRST = Comparator.comparing(SnapshotName::stamp)
		.thenComparing((name) -> name.reason().slug().length())
		.thenComparing((name) -> name.reason().slug())
		.thenComparing(SnapshotName::database);

	/**
	 * Name a snapshot.
	 * @param database the file name of the database without its extension
	 * @param taken when it is taken; anything below a second is dropped
	 * @param reason why
	 * @return the name
	 */
	static SnapshotName of(String database, LocalDateTime taken, SnapshotReason reason) {
		return new SnapshotName(database, taken.truncatedTo(ChronoUnit.SECONDS), reason);
	}

	/**
	 * Return the first name of the same reason that is not before another one, in its
	 * second or the next.
	 * @param newest the name that there is
	 */
	SnapshotName notBefore(SnapshotName newest) {
		SnapshotName sameSecond = new SnapshotName(this.database, newest.stamp, this.reason);
		if (compareTo(newest) > 0) {
			return this;
		}
		// One of the same reason gets the next number.
		return (sameSecond.compareTo(newest) > 0 || newest.numberOf(sameSecond) > 0) ? sameSecond
				: new SnapshotName(this.database, newest.stamp.plusSeconds(1), this.reason);
	}

	/**
	 * Return the name to try when this one is taken for the given time.
	 * @param attempt the number of the attempt, from 1
	 * @return this name at the first attempt, then with the number appended
	 */
	SnapshotName attempt(int attempt) {
		return new SnapshotName(this.database, this.stamp, this.reason.numbered(attempt));
	}

	/**
	 * Return at which attempt this name was given in place of another one.
	 * @param first the name at the first attempt
	 * @return the number of the attempt, or 0 if it was not
	 */
	int numberOf(SnapshotName first) {
		return this.stamp.equals(first.stamp) ? this.reason.numberOf(first.reason) : 0;
	}

	/**
	 * Return of which database a file is a snapshot, if its name is that of one.
	 * @param fileName the file name to read; anything at all
	 * @return the file name of the database without its extension
	 */
	static Optional<String> databaseIn(String fileName) {
		Matcher matcher = NAME.matcher(fileName);
		return matcher.matches() ? parse(matcher.group(1), fileName).map(SnapshotName::database) : Optional.empty();
	}

	/**
	 * Read the name of a snapshot of a database.
	 * @param database the file name of the database without its extension
	 * @param fileName the file name to read; anything at all
	 * @return the name, or empty if the file name is not that of a snapshot of that
	 * database
	 */
	static Optional<SnapshotName> parse(String database, String fileName) {
		if (!fileName.endsWith(EXTENSION) || !fileName.startsWith(database)) {
			// Most of what lies beside them is not worth a pattern.
			return Optional.empty();
		}
		Matcher matcher = NAME.matcher(fileName);
		if (!matcher.matches() || !matcher.group(1).equals(database)) {
			return Optional.empty();
		}
		try {
			return Optional.of(new SnapshotName(database, LocalDateTime.parse(matcher.group(2), STAMP),
					new SnapshotReason(matcher.group(3))));
		}
		catch (DateTimeParseException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Return the file of the manifest of a snapshot.
	 * @param snapshot the file of the snapshot
	 */
	static Path manifestOf(Path snapshot) {
		return snapshot.resolveSibling(snapshot.getFileName() + MANIFEST);
	}

	/**
	 * Return of which snapshot a file is the manifest, if its name is that of one and the
	 * snapshot is not there.
	 * @param fileName the file name to read; anything at all
	 * @param names the names of all files that are there
	 * @return the file name of the snapshot
	 */
	static Optional<String> missingSnapshotIn(String fileName, Set<String> names) {
		if (!fileName.endsWith(MANIFEST)) {
			return Optional.empty();
		}
		String snapshot = fileName.substring(0, fileName.length() - MANIFEST.length());
		return (!names.contains(snapshot) && databaseIn(snapshot).isPresent()) ? Optional.of(snapshot)
				: Optional.empty();
	}

	/**
	 * Name the file that a damaged database is set aside as, beside it:
	 * {@code <database>-damaged-<yyyyMMdd>-<HHmmss>.db}, and like snapshots with a number
	 * when that is taken.
	 * @param database the file of the database
	 * @param now when it is set aside
	 * @param attempt the number of the attempt, from 1
	 * @return the path
	 */
	static Path setAside(Path database, LocalDateTime now, int attempt) {
		return database.resolveSibling(databaseOf(database) + "-damaged-" + STAMP.format(now)
				+ ((attempt == 1) ? "" : "-" + attempt) + EXTENSION);
	}

	/**
	 * Return the file name of a database without its extension.
	 * @param database the file of the database
	 * @return the name
	 */
	static String databaseOf(Path database) {
		String name = String.valueOf(database.getFileName());
		int dot = name.lastIndexOf('.');
		return (dot > 0) ? name.substring(0, dot) : name;
	}

	@Override
	public int compareTo(SnapshotName other) {
		return OLDEST_FIRST.compare(this, other);
	}

	/**
	 * Return the file name.
	 */
	@Override
	public String toString() {
		return this.database + "-" + STAMP.format(this.stamp) + "-" + this.reason + EXTENSION;
	}

}
