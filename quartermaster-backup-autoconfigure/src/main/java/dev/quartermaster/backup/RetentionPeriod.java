/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;

/**
 * A period of the calendar, of which one snapshot is enough.
 *
 * @param length how long it is
 * @param month the month that it is in
 * @param part which part of the month it is
 */
record RetentionPeriod(Length length, YearMonth month, int part) {

	static RetentionPeriod of(RetentionCandidate candidate, Length length) {
		LocalDate date = candidate.name().stamp().toLocalDate();
		return new RetentionPeriod(length, YearMonth.from(date), switch (length) {
			case DAY -> date.getDayOfMonth();
			case WEEK -> date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
			case MONTH -> 0;
		});
	}

	/**
	 * Return a time in words, in days where it is some.
	 */
	static String describe(Duration duration) {
		return duration.equals(Duration.ofDays(duration.toDays())) ? Count.of(duration.toDays(), "day")
				: duration.toString();
	}

	/**
	 * The longer, the older a snapshot is.
	 */
	enum Length {

		DAY, WEEK, MONTH;

		private static final int DAYS_OF_WEEK = 7;

		private static final int DAYS_OF_MONTH = 31;

		static Length on(RetentionCandidate candidate, LocalDateTime now) {
			long days = ChronoUnit.DAYS.between(candidate.name().stamp().toLocalDate(), now.toLocalDate());
			if (days <= DAYS_OF_WEEK) {
				return DAY;
			}
			return (days <= DAYS_OF_MONTH) ? WEEK : MONTH;
		}

		String word() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
