/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.util.Locale;
import java.util.Random;

/**
 * How far a test goes that could go on for ever: little in a normal run, far with the
 * Maven profile {@code campaign}, as far as one likes with a system property.
 */
public final class Campaign {

	private static final String PREFIX = "campaign.";

	private Campaign() {
	}

	/**
	 * Return how often to try, from the system property {@code campaign.<what>}.
	 */
	public static int scale(String what, int normal) {
		return Integer.getInteger(PREFIX + what, normal);
	}

	/**
	 * Return a source of chance whose seed is printed. The system property
	 * {@code campaign.seed} repeats a run.
	 */
	public static Random random(Object what) {
		long seed = Long.getLong(PREFIX + "seed", System.nanoTime());
		tell("%s, seed %d", what, seed);
		return new Random(seed);
	}

	/**
	 * Print a figure of a campaign.
	 */
	public static void tell(String format, Object... arguments) {
		System.out.println("Campaign: " + String.format(Locale.ROOT, format, arguments));
	}

}
