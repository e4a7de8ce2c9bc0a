/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.time.ZoneId;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.support.CronTrigger;
import org.springframework.util.StringUtils;

/**
 * Work that is done again and again while the application runs, see
 * {@link ScheduledWorkListener}.
 *
 * @param name what it is, in a few words
 * @param trigger tells when, or is {@code null} for never
 * @param work the work, which says itself what came of it
 */
record ScheduledWork(String name, @Nullable Trigger trigger, Runnable work) {

	/**
	 * Return the times of a cron expression.
	 * @param property the name of the property that has it
	 * @param cron the expression: {@code null}, blank or {@code -} for never
	 * @param zone the time zone in which it is meant
	 * @return the times, or {@code null} for never
	 * @throws InvalidConfigurationPropertyValueException if it is no such expression
	 */
	static @Nullable Trigger cron(String property, @Nullable String cron, ZoneId zone) {
		if (!StringUtils.hasText(cron) || cron.strip().equals("-")) {
			return null;
		}
		try {
			return new CronTrigger(cron.strip(), zone);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(property, cron,
					"It must be a cron expression of six fields (second, minute, hour, day of month, month,"
							+ " day of week), such as \"0 30 3 * * *\" for half past three every night. "
							+ ex.getMessage());
		}
	}

}
