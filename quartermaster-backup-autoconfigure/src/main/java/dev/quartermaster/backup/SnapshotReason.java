/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The reason of a snapshot, as its file name says it: {@code [a-z0-9]+(-[a-z0-9]+)*}.
 * <p>
 * Some reasons mean something: that of a state which was replaced is passed over where
 * the newest snapshot is wanted. Nobody can type those, see {@link #of}.
 *
 * @param slug the last part of the file name
 */
public record SnapshotReason(String slug) {

	// First, since the constants need it.
	private static final Pattern SLUG = Pattern.compile("[a-z0-9]+(?:-[a-z0-9]+)*");

	/**
	 * Of the snapshot before Flyway migrates.
	 */
	public static final SnapshotReason FLYWAY = new SnapshotReason("flyway");

	/**
	 * Of the snapshot before Flyway cleans.
	 */
	public static final SnapshotReason FLYWAY_CLEAN = new SnapshotReason("flyway-clean");

	/**
	 * Of the snapshot before Flyway repairs its history.
	 */
	public static final SnapshotReason FLYWAY_REPAIR = new SnapshotReason("flyway-repair");

	/**
	 * Of the snapshot before Flyway makes a baseline.
	 */
	public static final SnapshotReason FLYWAY_BASELINE = new SnapshotReason("flyway-baseline");

	/**
	 * Of the snapshot before Flyway undoes a migration.
	 */
	public static final SnapshotReason FLYWAY_UNDO = new SnapshotReason("flyway-undo");

	/**
	 * Of the snapshot before Liquibase updates.
	 */
	public static final SnapshotReason LIQUIBASE = new SnapshotReason("liquibase");

	/**
	 * Of the snapshot before Hibernate generates a schema.
	 */
	public static final SnapshotReason HIBERNATE = new SnapshotReason("hibernate");

	/**
	 * Of the snapshot before Spring Boot runs SQL scripts.
	 */
	public static final SnapshotReason SQL_INIT = new SnapshotReason("sql-init");

	/**
	 * Of the snapshot before a bean is initialized that Spring Boot takes for an
	 * initializer of a database, and of which nothing else is known.
	 */
	public static final SnapshotReason DATABASE_INIT = new SnapshotReason("database-init");

	/**
	 * Of the snapshot that is taken because it is time for one.
	 */
	public static final SnapshotReason SCHEDULE = new SnapshotReason("schedule");

	/**
	 * Of the snapshot that a restore takes of what was there before.
	 */
	public static final SnapshotReason PRE_RESTORE = new SnapshotReason("pre-restore");

	/**
	 * Of the snapshot of what a failed migration left.
	 */
	public static final SnapshotReason FAILED_MIGRATION = new SnapshotReason("failed-migration");

	private static final List<SnapshotReason> REPLACED_STATES = List.of(PRE_RESTORE, FAILED_MIGRATION);

	private static final List<SnapshotReason> MIGRATIONS = List.of(FLYWAY, FLYWAY_CLEAN, FLYWAY_REPAIR, FLYWAY_BASELINE,
			FLYWAY_UNDO, LIQUIBASE, HIBERNATE, SQL_INIT, DATABASE_INIT);

	/**
	 * The most characters that are kept of what somebody gives as a reason.
	 */
	public static final int MAX_LENGTH = 64;

	private static final String MANUAL = "manual";

	private static final Pattern COMBINING_MARKS = Pattern.compile("\\p{M}+");

	private static final int LAST_ASCII = 0x7f;

	private static final Pattern NOT_IN_SLUG = Pattern.compile("[^a-z0-9]+");

	private static final Pattern OUTER_DASHES = Pattern.compile("^-|-$");

	private static final Pattern STAMP = Pattern.compile("(?<![a-z0-9])([0-9]{8})-([0-9]{6})(?![a-z0-9])");

	/**
	 * As it is appended to the second and further names of a second.
	 */
	private static final Pattern NUMBER = Pattern.compile("[2-9]|[1-9][0-9]{1,8}");

	/**
	 * More of a reason than can matter, so that one of megabytes costs nothing.
	 */
	private static final int MAX_LENGTH_READ = 16 * MAX_LENGTH;

	/**
	 * Create a reason from the end of a file name.
	 * @param slug the last part of the file name
	 * @throws IllegalArgumentException if it is no slug
	 */
	public SnapshotReason {
		if (!SLUG.matcher(slug).matches()) {
			throw new IllegalArgumentException("The reason of a snapshot must be a slug, but is '" + slug + "'");
		}
	}

	/**
	 * Return the reason that somebody gives in any words: in lower case, ASCII letters
	 * and digits, anything else one dash, at most {@value #MAX_LENGTH} characters.
	 * Accents are dropped from their letters first.
	 * <p>
	 * What would be the reason of a replaced state has {@code manual-} before it. What
	 * would be taken for the stamp of a snapshot loses its dash, since a name with two
	 * stamps is that of a snapshot of a database that has one in its own name.
	 * @param words the words; {@code null} or nothing usable gives {@code manual}
	 * @return the reason
	 */
	public static SnapshotReason of(@Nullable String words) {
		String slug = STAMP.matcher(slug(words)).replaceAll("$1$2");
		SnapshotReason reason = new SnapshotReason(slug.isEmpty() ? MANUAL : slug);
		return reason.isReplacedState() ? new SnapshotReason(MANUAL + "-" + slug) : reason;
	}

	private static String slug(@Nullable String words) {
		if (words == null) {
			return "";
		}
		String text = words.substring(0, Math.min(words.length(), MAX_LENGTH_READ));
		if (!text.chars().allMatch((character) -> character <= LAST_ASCII)) {
			// Only then, since to load the tables of Unicode takes as long as a small
			// copy.
			text = COMBINING_MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKD)).replaceAll("");
		}
		text = trimDashes(NOT_IN_SLUG.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("-"));
		return trimDashes(text.substring(0, Math.min(text.length(), MAX_LENGTH)));
	}

	private static String trimDashes(String text) {
		return OUTER_DASHES.matcher(text).replaceAll("");
	}

	/**
	 * Return this reason with a number that tells its snapshot from others of the same
	 * second.
	 * @param number the number, from 1, which is not said
	 */
	SnapshotReason numbered(int number) {
		return (number == 1) ? this : new SnapshotReason(this.slug + "-" + number);
	}

	/**
	 * Return which number this is of a reason.
	 * @param reason the reason without a number
	 * @return the number, 1 for the reason itself, or 0 if this is another reason
	 */
	int numberOf(SnapshotReason reason) {
		if (equals(reason)) {
			return 1;
		}
		if (!this.slug.startsWith(reason.slug + "-")) {
			return 0;
		}
		String number = this.slug.substring(reason.slug.length() + 1);
		return NUMBER.matcher(number).matches() ? Integer.parseInt(number) : 0;
	}

	/**
	 * Return whether this is a reason, with or without a number.
	 * @param reason the reason without a number
	 * @return whether it is
	 */
	public boolean isNumberOf(SnapshotReason reason) {
		return numberOf(reason) > 0;
	}

	/**
	 * Return whether it is the reason of a state that was replaced by an older one.
	 * @return whether it is
	 */
	public boolean isReplacedState() {
		return REPLACED_STATES.stream().anyMatch(this::isNumberOf);
	}

	/**
	 * Return the occasion of the backups that nobody asked for and have this reason.
	 */
	BackupTrigger trigger() {
		if (equals(SCHEDULE)) {
			return BackupTrigger.SCHEDULE;
		}
		return MIGRATIONS.contains(this) ? BackupTrigger.MIGRATION : BackupTrigger.REQUEST;
	}

	/**
	 * Return the slug.
	 */
	@Override
	public String toString() {
		return this.slug;
	}

}
