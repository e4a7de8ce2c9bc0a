/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.copies;

import java.util.regex.Pattern;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Secrets;

/**
 * The failures of an object store, with what the user can do. What they are is told by
 * their words, since no library for any store is known here.
 */
final class ObjectFailures {

	private static final Pattern FORBIDDEN = Pattern
		.compile("(?i)\\b(?:401|403)\\b|access.?denied|forbidden|InvalidAccessKeyId|SignatureDoesNotMatch|credentials");

	private static final Pattern NO_BUCKET = Pattern.compile("(?i)NoSuchBucket|bucket (?:does not|doesn't) exist");

	private static final Pattern MISSING = Pattern.compile("(?i)\\b404\\b|not found|NoSuchKey");

	private static final Pattern FULL = Pattern.compile("(?i)\\b507\\b|quota|insufficient.?storage|no space left");

	private static final int MOST_CAUSES = 20;

	private ObjectFailures() {
	}

	/**
	 * Return what a failure means. What says so already stays as it is.
	 * @param location where the place is
	 * @param failure the failure
	 */
	static BackupException of(String location, Throwable failure) {
		if (failure instanceof BackupException known) {
			return known;
		}
		String words = describe(failure);
		return new BackupException(
				"The place " + display(location) + " cannot be used for copies of snapshots (" + words + ")",
				"The snapshots themselves are not affected. " + action(words), Secrets.mask(failure));
	}

	private static String action(String words) {
		if (NO_BUCKET.matcher(words).find()) {
			return "Create the bucket, or correct quartermaster.backup.copies.";
		}
		if (FULL.matcher(words).find()) {
			return "Make room there.";
		}
		if (FORBIDDEN.matcher(words).find()) {
			return "Check the credentials, and that they may list, read and write there.";
		}
		if (MISSING.matcher(words).find()) {
			return "Check that the bucket exists, and that the location is right.";
		}
		return "Check the location, and whether it can be reached from here.";
	}

	/**
	 * Return the words of a failure and of what is behind it, each once and on one line.
	 */
	private static String describe(Throwable failure) {
		StringBuilder words = new StringBuilder();
		Throwable cause = failure;
		for (int i = 0; cause != null && i < MOST_CAUSES; i++, cause = cause.getCause()) {
			String message = Secrets.mask(String.valueOf(cause.getMessage()))
				.replaceAll("[\\p{Cntrl}\\s]+", " ")
				.strip();
			String own = (cause.getMessage() != null) ? message : cause.getClass().getSimpleName();
			if (words.indexOf(own) < 0) {
				words.append(words.isEmpty() ? "" : ": ").append(own);
			}
		}
		return words.toString().replaceAll("\\.$", "");
	}

	/**
	 * Return a location for people to read, without a password.
	 */
	static String display(String location) {
		return Secrets.maskUrl(location);
	}

}
