/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.SnapshotCheck;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.copies.CopiesSnapshotCheck;
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
import org.springframework.core.io.ResourceLoader;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for restore drills on a schedule.
 */
@AutoConfiguration(
		after = { QuartermasterBackupAutoConfiguration.class, QuartermasterBackupScheduleAutoConfiguration.class })
@ConditionalOnBean(QuartermasterBackupProperties.class)
public final class QuartermasterBackupDrillAutoConfiguration {

	@Bean
	ScheduledWork scheduledDrill(QuartermasterBackupProperties properties,
			ObjectProvider<SqliteBackupRegistry> registry, ObjectProvider<SnapshotCheck> checks,
			ResourceLoader resources) {
		SnapshotCheck copies = properties.drill().copies()
				? new CopiesSnapshotCheck((restored) -> registry.getObject().of(SqliteDatabase.of(restored.database())),
						resources::getResource)
				: null;
		return new ScheduledWork("restore drill", properties.cron("drill.schedule", properties.drill().schedule()),
				new ScheduledDrill(registry, checks, copies));
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
