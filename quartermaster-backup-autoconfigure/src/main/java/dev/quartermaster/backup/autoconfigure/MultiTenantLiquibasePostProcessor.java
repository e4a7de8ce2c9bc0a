/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.List;

import javax.sql.DataSource;

import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.liquibase.LiquibaseUpdate;
import dev.quartermaster.backup.migration.Rehearsal;
import dev.quartermaster.backup.migration.SchemaChange;
import liquibase.integration.spring.MultiTenantSpringLiquibase;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The guard before a {@link MultiTenantSpringLiquibase} updates the database of its data
 * source. Those that it finds with JNDI are its own secret.
 */
final class MultiTenantLiquibasePostProcessor extends SchemaChangePostProcessor<MultiTenantSpringLiquibase> {

	MultiTenantLiquibasePostProcessor(ObjectProvider<GuardedBeans> guardedBeans) {
		super(guardedBeans, MultiTenantSpringLiquibase.class, SnapshotReason.LIQUIBASE, "Liquibase update");
	}

	@Override
	boolean mayChangeSchema(MultiTenantSpringLiquibase bean) {
		return LiquibaseUpdate.isWanted() && bean.isShouldRun();
	}

	@Override
	List<DataSource> dataSources(MultiTenantSpringLiquibase bean, String beanName) {
		return listOf(bean.getDataSource());
	}

	@Override
	void rehearse(MultiTenantSpringLiquibase bean, DataSource dataSource, SchemaChange change, Rehearsal rehearsal) {
		rehearsal.cannotBeMade(change, "Which databases a MultiTenantSpringLiquibase updates, it does not tell");
	}

}
