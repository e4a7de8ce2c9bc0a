/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.List;

import javax.sql.DataSource;

import dev.quartermaster.backup.migration.SchemaChange;
import dev.quartermaster.backup.SnapshotReason;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.orm.jpa.hibernate.LocalSessionFactoryBean;

/**
 * The guard before Hibernate makes, changes or drops tables because a
 * {@code SessionFactory} starts.
 */
final class SessionFactoryPostProcessor extends SchemaChangePostProcessor<LocalSessionFactoryBean> {

	SessionFactoryPostProcessor(ObjectProvider<GuardedBeans> guardedBeans) {
		super(guardedBeans, LocalSessionFactoryBean.class, SnapshotReason.HIBERNATE, "Hibernate's schema generation");
	}

	@Override
	boolean mayChangeSchema(LocalSessionFactoryBean bean) {
		HibernateSettings settings = settings(bean);
		return settings.mayChangeSchema()
				&& (SessionFactoryInternals.dataSource(bean) != null || !settings.meanOtherDatabase());
	}

	@Override
	List<DataSource> dataSources(LocalSessionFactoryBean bean, String beanName) {
		return listOf((SessionFactoryInternals.dataSource(bean) instanceof DataSource dataSource) ? dataSource
				: settings(bean).dataSource());
	}

	private static HibernateSettings settings(LocalSessionFactoryBean bean) {
		return new HibernateSettings(bean.getHibernateProperties(), bean.getResourceLoader().getClassLoader());
	}

	@Override
	boolean goesOn(LocalSessionFactoryBean bean, SchemaChange change) {
		// Then nobody tells, and the change lasts until the application has started.
		return SessionFactoryInternals.bootstrapExecutor(bean) != null;
	}

}
