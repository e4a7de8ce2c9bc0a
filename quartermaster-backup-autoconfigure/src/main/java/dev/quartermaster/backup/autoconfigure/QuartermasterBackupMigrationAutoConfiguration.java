/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.MigrationGuard;
import dev.quartermaster.backup.SqliteBackupServices;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextRefreshedEvent;

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
	MigrationGuard migrationGuard(QuartermasterBackupProperties properties) {
		return properties.migration().guard();
	}

	@Bean
	@Nullable SchemaDoors schemaDoors(MigrationGuard guard, QuartermasterBackupProperties properties,
			ObjectProvider<SqliteBackupServices> services, CandidateBeans candidates,
			ConfigurableListableBeanFactory beanFactory) {
		SqliteBackupServices available = services.getIfAvailable();
		if (available == null || !properties.enabled() || !properties.migration().enabled()) {
			return null;
		}
		GuardOfContext.remember(guard, beanFactory);
		return new SchemaDoors(guard, properties.migration().excludeBeans(), available, candidates, beanFactory);
	}

	@Bean
	ApplicationListener<ContextRefreshedEvent> schemaDoorsStartListener(ObjectProvider<SchemaDoors> doors,
			ApplicationContext context) {
		return (event) -> {
			// A child context, such as that of the management port, has its own event.
			if (event.getApplicationContext() == context) {
				doors.ifAvailable(SchemaDoors::started);
			}
		};
	}

}
