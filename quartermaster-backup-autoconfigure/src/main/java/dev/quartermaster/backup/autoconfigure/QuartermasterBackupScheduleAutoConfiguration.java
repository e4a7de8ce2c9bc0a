/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.SqliteBackupRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what is done on a schedule. With
 * nothing scheduled, which is the default, it does nothing.
 */
@AutoConfiguration(after = QuartermasterBackupAutoConfiguration.class)
@ConditionalOnBean(QuartermasterBackupProperties.class)
public final class QuartermasterBackupScheduleAutoConfiguration {

	@Bean
	ScheduledWorkListener scheduledWorkListener(ObjectProvider<ScheduledWork> works) {
		return new ScheduledWorkListener(works);
	}

	@Bean
	ScheduledWork scheduledBackup(QuartermasterBackupProperties properties,
			ObjectProvider<SqliteBackupRegistry> registry) {
		return new ScheduledWork("scheduled backup", properties.cron("schedule", properties.schedule()),
				new ScheduledBackup(registry));
	}

}
