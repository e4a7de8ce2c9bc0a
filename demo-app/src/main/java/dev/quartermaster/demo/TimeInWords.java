/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A point in time as the page says it.
 */
final class TimeInWords {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ENGLISH);

	private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM, HH:mm", Locale.ENGLISH);

	private static final DateTimeFormatter DAY_OF_YEAR = DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm",
			Locale.ENGLISH);

	private TimeInWords() {
	}

	static String of(ZonedDateTime time, ZonedDateTime now) {
		LocalDate day = time.toLocalDate();
		LocalDate today = now.withZoneSameInstant(time.getZone()).toLocalDate();
		if (day.equals(today)) {
			return "Today, " + TIME.format(time);
		}
		if (day.equals(today.minusDays(1))) {
			return "Yesterday, " + TIME.format(time);
		}
		return ((day.getYear() == today.getYear()) ? DAY : DAY_OF_YEAR).format(time);
	}

}
