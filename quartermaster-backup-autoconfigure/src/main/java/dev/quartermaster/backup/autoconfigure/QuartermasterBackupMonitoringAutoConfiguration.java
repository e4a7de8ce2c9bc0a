/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.time.Clock;

import dev.quartermaster.backup.PlannedRestores;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.actuate.BackupConditions;
import dev.quartermaster.backup.actuate.BackupHealthIndicator;
import dev.quartermaster.backup.actuate.BackupHistory;
import dev.quartermaster.backup.actuate.BackupMetrics;
import dev.quartermaster.backup.actuate.CopyMetrics;
import dev.quartermaster.backup.copies.Copies;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for health and metrics of the
 * backups.
 */
@AutoConfiguration(after = QuartermasterBackupAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnBean({ QuartermasterBackupProperties.class, SqliteBackupRegistry.class })
@Conditional(OnDatabaseCondition.class)
public final class QuartermasterBackupMonitoringAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	BackupHistory backupHistory() {
		return new BackupHistory(Clock.systemUTC());
	}

	@Bean
	OwnListener backupHistoryListener(BackupHistory history) {
		return new OwnListener(history.listener());
	}

	@Bean
	@ConditionalOnMissingBean
	BackupConditions backupConditions(ObjectProvider<SqliteBackupRegistry> registry, BackupHistory history,
			QuartermasterBackupProperties properties, ObjectProvider<Copies> copies) {
		return new BackupConditions(registry::getIfAvailable, history, copies::getIfAvailable,
				properties.health().maxAge(), Clock.systemUTC());
	}

	/**
	 * What needs Boot's module for health.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	@ConditionalOnEnabledHealthIndicator("dbbackup")
	static class HealthConfiguration {

		/**
		 * Named for the contributor to be called {@code dbbackup}.
		 */
		@Bean
		@ConditionalOnMissingBean(name = { "dbbackupHealthIndicator", "dbbackupHealthContributor" })
		BackupHealthIndicator dbbackupHealthIndicator(BackupConditions conditions,
				ObjectProvider<PlannedRestores> restores) {
			return new BackupHealthIndicator(conditions, restores::getIfAvailable);
		}

	}

	/**
	 * What needs Micrometer.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	@ConditionalOnBean(MeterRegistry.class)
	static class MetricsConfiguration {

		@Bean
		@ConditionalOnMissingBean
		BackupMetrics backupMetrics(BackupConditions conditions, QuartermasterBackupProperties properties) {
			return new BackupMetrics(conditions, properties.cron("schedule", properties.schedule()) != null);
		}

		@Bean
		@ConditionalOnMissingBean
		CopyMetrics backupCopyMetrics(BackupConditions conditions, ObjectProvider<Copies> copies) {
			return new CopyMetrics(conditions, copies.getIfAvailable());
		}

		@Bean
		OwnListener backupMetricsListener(BackupMetrics metrics) {
			return new OwnListener(metrics.listener());
		}

	}

}
