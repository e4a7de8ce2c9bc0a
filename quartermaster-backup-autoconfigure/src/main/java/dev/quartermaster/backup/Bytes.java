/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.Locale;

/**
 * A number of bytes in words.
 */
public final class Bytes {

	private static final String[] UNITS = { "KB", "MB", "GB", "TB" };

	private Bytes() {
	}

	/**
	 * Return a number of bytes in the largest unit that fits.
	 * @param bytes the number
	 * @return the number in words, such as {@code 1.5 MB}, where a MB is 1024 KB
	 */
	public static String format(long bytes) {
		if (bytes < 1024) {
			return Count.of(bytes, "byte");
		}
		double amount = bytes / 1024.0;
		int unit = 0;
		while (amount >= 1000 && unit < UNITS.length - 1) {
			amount /= 1024;
			unit++;
		}
		return String.format(Locale.ROOT, (amount < 10) ? "%.1f %s" : "%.0f %s", amount, UNITS[unit]);
	}

}
