/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.liquibase.SpringLiquibaseInternals;
import liquibase.integration.spring.SpringLiquibase;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for snapshots before Liquibase
 * changes a schema.
 */
@AutoConfiguration(after = QuartermasterBackupMigrationAutoConfiguration.class)
@ConditionalOnClass(SpringLiquibase.class)
@ConditionalOnBean(GuardedBeans.class)
@ImportRuntimeHints(SpringLiquibaseInternals.class)
public final class QuartermasterBackupLiquibaseAutoConfiguration {

	@Bean
	static LiquibasePostProcessor liquibasePostProcessor(ObjectProvider<GuardedBeans> guardedBeans) {
		return new LiquibasePostProcessor(guardedBeans);
	}

	@Bean
	static MultiTenantLiquibasePostProcessor multiTenantLiquibasePostProcessor(
			ObjectProvider<GuardedBeans> guardedBeans) {
		return new MultiTenantLiquibasePostProcessor(guardedBeans);
	}

}
