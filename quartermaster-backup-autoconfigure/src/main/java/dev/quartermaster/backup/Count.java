/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.Locale;

/**
 * A number of things in words, in the singular or the plural.
 */
public final class Count {

	private Count() {
	}

	/**
	 * Return a number of things whose plural ends in {@code s}.
	 * @param number how many there are
	 * @param singular what one of them is called
	 * @return the number in words, such as {@code 1 snapshot} or {@code 2 snapshots}
	 */
	public static String of(long number, String singular) {
		return of(number, singular, singular + "s");
	}

	/**
	 * Return a number of things.
	 * @param number how many there are
	 * @param singular what one of them is called
	 * @param plural what several of them are called
	 * @return the number in words, such as {@code 1 entry} or {@code 2 entries}
	 */
	public static String of(long number, String singular, String plural) {
		return number + " " + ((number == 1) ? singular : plural);
	}

	/**
	 * Return a number that may be large, with a comma before each three digits.
	 * @param number the number
	 * @return the number in digits, such as {@code 1,204}
	 */
	public static String grouped(long number) {
		return String.format(Locale.ROOT, "%,d", number);
	}

	/**
	 * Return a number of things that may be large.
	 * @param number how many there are
	 * @param singular what one of them is called; its plural ends in {@code s}
	 * @return the number in words, such as {@code 1,204 rows}
	 */
	public static String grouped(long number, String singular) {
		return grouped(number) + " " + singular + ((number == 1) ? "" : "s");
	}

}
