/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.text.Normalizer;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

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
 * @param reason why, as a slug: {@code [a-z0-9]+(-[a-z0-9]+)*}
 */
public record SnapshotName(String database, LocalDateTime stamp, String reason) implements Comparable<SnapshotName> {

	/**
	 * The most characters that a reason keeps.
	 */
	public static final int MAX_REASON_LENGTH = 64;

	private static final String MANUAL = "manual";

	private static final String EXTENSION = ".db";

	private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT)
		.withResolverStyle(ResolverStyle.STRICT);

	private static final Pattern STAMP_AND_REASON = Pattern
		.compile("-([0-9]{8}-[0-9]{6})-([a-z0-9]+(?:-[a-z0-9]+)*)" + Pattern.quote(EXTENSION));

	private static final Pattern NUMBER = Pattern.compile("[0-9]+");

	private static final Pattern COMBINING_MARKS = Pattern.compile("\\p{M}+");

	private static final int LAST_ASCII = 0x7f;

	private static final Pattern NOT_IN_SLUG = Pattern.compile("[^a-z0-9]+");

	private static final Pattern OUTER_DASHES = Pattern.compile("^-|-$");

	/**
	 * More of a reason than can matter, so that one of megabytes costs nothing.
	 */
	private static final int MAX_REASON_READ = 16 * MAX_REASON_LENGTH;

	/**
	 * As far as names tell: two of the same second are told apart by more than that.
	 */
	private static final Comparator<SnapshotName> OLDEST_FIRST = Comparator.comparing(SnapshotName::stamp)
		.thenComparing((name) -> name.reason().length())
		.thenComparing(SnapshotName::reason)
		.thenComparing(SnapshotName::database);

	/**
	 * Name a snapshot.
	 * @param database the file name of the database without its extension
	 * @param taken when it is taken; anything below a second is dropped
	 * @param reason why, in any words; {@code null} or nothing usable gives
	 * {@code manual}
	 * @return the name
	 */
	static SnapshotName of(String database, LocalDateTime taken, @Nullable String reason) {
		return new SnapshotName(database, taken.truncatedTo(ChronoUnit.SECONDS), slug(reason));
	}

	/**
	 * Return the name to try when this one is taken for the given time.
	 * @param attempt the number of the attempt, from 1
	 * @return this name at the first attempt, then with the number appended
	 */
	SnapshotName attempt(int attempt) {
		return (attempt == 1) ? this : new SnapshotName(this.database, this.stamp, this.reason + "-" + attempt);
	}

	/**
	 * Return whether this is a name for a reason, with or without the number that tells
	 * it from others of the same second.
	 * @param slug the reason as a slug
	 */
	boolean isFor(String slug) {
		return this.reason.equals(slug) || this.reason.startsWith(slug + "-")
				&& NUMBER.matcher(this.reason.substring(slug.length() + 1)).matches();
	}

	/**
	 * Read the name of a snapshot of a database.
	 * @param database the file name of the database without its extension
	 * @param fileName the file name to read; anything at all
	 * @return the name, or empty if the file name is not that of a snapshot of that
	 * database
	 */
	static Optional<SnapshotName> parse(String database, String fileName) {
		if (!fileName.startsWith(database)) {
			return Optional.empty();
		}
		Matcher matcher = STAMP_AND_REASON.matcher(fileName).region(database.length(), fileName.length());
		if (!matcher.matches()) {
			return Optional.empty();
		}
		try {
			return Optional
				.of(new SnapshotName(database, LocalDateTime.parse(matcher.group(1), STAMP), matcher.group(2)));
		}
		catch (DateTimeParseException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Turn a reason into what a file name can carry: lower case, ASCII letters and
	 * digits, anything else one dash, at most {@value #MAX_REASON_LENGTH} characters.
	 * Accents are dropped from their letters first.
	 */
	private static String slug(@Nullable String reason) {
		if (reason == null) {
			return MANUAL;
		}
		String text = reason.substring(0, Math.min(reason.length(), MAX_REASON_READ));
		if (!text.chars().allMatch((character) -> character <= LAST_ASCII)) {
			// Only then, since to load the tables of Unicode takes as long as a small
			// copy.
			text = COMBINING_MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKD)).replaceAll("");
		}
		text = trimDashes(NOT_IN_SLUG.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("-"));
		text = trimDashes(text.substring(0, Math.min(text.length(), MAX_REASON_LENGTH)));
		return text.isEmpty() ? MANUAL : text;
	}

	private static String trimDashes(String text) {
		return OUTER_DASHES.matcher(text).replaceAll("");
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
