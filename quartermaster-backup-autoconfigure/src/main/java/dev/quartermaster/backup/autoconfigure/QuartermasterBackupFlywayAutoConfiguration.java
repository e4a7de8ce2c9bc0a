/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.flyway.BackupFlywayMigrationStrategy;
import org.flywaydb.core.Flyway;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for snapshots before Flyway changes
 * a schema.
 */
@AutoConfiguration(after = { QuartermasterBackupMigrationAutoConfiguration.class, FlywayAutoConfiguration.class })
@ConditionalOnClass(Flyway.class)
@ConditionalOnBean(GuardedBeans.class)
public final class QuartermasterBackupFlywayAutoConfiguration {

	@Bean
	static FlywayCallbackPostProcessor flywayCallbackPostProcessor(ObjectProvider<GuardedBeans> guardedBeans) {
		return new FlywayCallbackPostProcessor(guardedBeans);
	}

	@Bean
	static FlywayDataSourcePostProcessor flywayDataSourcePostProcessor(ObjectProvider<GuardedBeans> guardedBeans,
			ConfigurableListableBeanFactory beanFactory, Environment environment) {
		return new FlywayDataSourcePostProcessor(guardedBeans, beanFactory, environment);
	}

	/**
	 * What needs Boot's module for Flyway.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(FlywayMigrationStrategy.class)
	static class StrategyConfiguration {

		@Bean
		static FlywayMigrationStrategyPostProcessor flywayMigrationStrategyPostProcessor(
				ObjectProvider<GuardedBeans> guardedBeans, ConfigurableListableBeanFactory beanFactory) {
			return new FlywayMigrationStrategyPostProcessor(guardedBeans, beanFactory);
		}

		@Bean
		@ConditionalOnBean(Flyway.class)
		@ConditionalOnMissingBean(FlywayMigrationStrategy.class)
		FlywayMigrationStrategy backupFlywayMigrationStrategy() {
			// Guarded by the post-processor, as one of the application's would be.
			return BackupFlywayMigrationStrategy.MIGRATE;
		}

	}

}
