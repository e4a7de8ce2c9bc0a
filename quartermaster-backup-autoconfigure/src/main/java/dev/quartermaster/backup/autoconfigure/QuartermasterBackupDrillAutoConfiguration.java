/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.SnapshotCheck;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.flyway.FlywaySnapshotCheck;
import org.flywaydb.core.Flyway;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for restore drills on a schedule.
 */
@AutoConfiguration(
		after = { QuartermasterBackupAutoConfiguration.class, QuartermasterBackupScheduleAutoConfiguration.class })
@ConditionalOnBean(QuartermasterBackupProperties.class)
public final class QuartermasterBackupDrillAutoConfiguration {

	@Bean
	ScheduledWork scheduledDrill(QuartermasterBackupProperties properties,
			ObjectProvider<SqliteBackupRegistry> registry, ObjectProvider<SnapshotCheck> checks) {
		return new ScheduledWork("restore drill", properties.cron("drill.schedule", properties.drill().schedule()),
				new ScheduledDrill(registry, checks));
	}

	/**
	 * What needs Flyway.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Flyway.class)
	static class FlywayConfiguration {

		@Bean
		FlywaySnapshotCheck quartermasterBackupFlywaySnapshotCheck(ConfigurableListableBeanFactory beans,
				ObjectProvider<SqliteBackupRegistry> registry) {
			return new FlywaySnapshotCheck(() -> CandidateBeans.made(beans, Flyway.class),
					(dataSource) -> registry.getObject().of(dataSource));
		}

	}

}
