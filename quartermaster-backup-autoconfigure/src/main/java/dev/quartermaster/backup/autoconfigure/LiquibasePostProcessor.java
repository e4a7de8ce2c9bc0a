/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.List;

import javax.sql.DataSource;

import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.liquibase.LiquibaseUpdate;
import dev.quartermaster.backup.migration.PendingChanges;
import dev.quartermaster.backup.migration.Rehearsal;
import dev.quartermaster.backup.migration.SchemaChange;
import liquibase.integration.spring.SpringLiquibase;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The guard before a {@link SpringLiquibase} updates a database, or drops all that is in
 * it.
 */
final class LiquibasePostProcessor extends SchemaChangePostProcessor<SpringLiquibase> {

	LiquibasePostProcessor(ObjectProvider<GuardedBeans> guardedBeans) {
		super(guardedBeans, SpringLiquibase.class, SnapshotReason.LIQUIBASE, "Liquibase update");
	}

	@Override
	boolean mayChangeSchema(SpringLiquibase bean) {
		return new LiquibaseUpdate(bean).willRun();
	}

	@Override
	List<DataSource> dataSources(SpringLiquibase bean, String beanName) {
		return listOf(bean.getDataSource());
	}

	@Override
	PendingChanges pending(SpringLiquibase bean) {
		return new LiquibaseUpdate(bean);
	}

	@Override
	void rehearse(SpringLiquibase bean, DataSource dataSource, SchemaChange change, Rehearsal rehearsal) {
		LiquibaseUpdate update = new LiquibaseUpdate(bean);
		if (update.isDoneAtOnce()) {
			rehearsal.of(change, dataSource, update::areAny, update::runOn);
		}
		else {
			rehearsal.cannotBeMade(change, update::areAny, bean.getClass().getName()
					+ " has an afterPropertiesSet of its own, which may leave the update to another thread");
		}
	}

}
