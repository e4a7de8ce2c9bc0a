/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.SqliteBackupRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.sql.init.dependency.DatabaseInitializerDetector;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what all snapshots before
 * changes of the schema have in common.
 */
@AutoConfiguration(after = QuartermasterBackupAutoConfiguration.class)
@ConditionalOnBean(QuartermasterBackupProperties.class)
@ConditionalOnSwitch("quartermaster.backup.migration.enabled")
public final class QuartermasterBackupMigrationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MigrationGuard migrationGuard(QuartermasterBackupProperties properties, ObjectProvider<BackupListener> listeners,
			ObjectProvider<OwnListener> own) {
		return properties.migration().guard(new LazyBackupListeners(listeners, own));
	}

	@Bean(GuardOfContext.BEAN_NAME)
	@Nullable GuardedBeans guardedBeans(MigrationGuard guard, QuartermasterBackupProperties properties,
			ObjectProvider<SqliteBackupRegistry> services, CandidateBeans candidates,
			ConfigurableListableBeanFactory beanFactory) {
		SqliteBackupRegistry available = services.getIfAvailable();
		if (available == null || !properties.enabled() || !properties.migration().enabled()) {
			return null;
		}
		GuardOfContext.remember(guard, beanFactory);
		return new GuardedBeans(guard, properties.migration().excludeBeans(), available, candidates, beanFactory);
	}

	@Bean
	ApplicationListener<ContextRefreshedEvent> guardedBeansStartListener(ObjectProvider<GuardedBeans> guardedBeans,
			ApplicationContext context) {
		return (event) -> {
			// A child context, such as that of the management port, has its own event.
			if (event.getApplicationContext() == context) {
				guardedBeans.ifAvailable(GuardedBeans::started);
			}
		};
	}

	@Bean
	SmartInitializingSingleton guardedBeansTrainingRun(ObjectProvider<GuardedBeans> guardedBeans) {
		return new TrainingRun(guardedBeans);
	}

	/**
	 * What needs Boot's module for SQL.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DatabaseInitializerDetector.class)
	static class InitializerConfiguration {

		@Bean
		static DatabaseInitializerPostProcessor databaseInitializerPostProcessor(
				ObjectProvider<GuardedBeans> guardedBeans, ConfigurableListableBeanFactory beanFactory,
				Environment environment) {
			return new DatabaseInitializerPostProcessor(guardedBeans, beanFactory, environment);
		}

	}

}
