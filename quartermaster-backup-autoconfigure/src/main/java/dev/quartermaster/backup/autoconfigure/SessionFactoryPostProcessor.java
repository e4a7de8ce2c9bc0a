/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.lang.reflect.Field;

import javax.sql.DataSource;

import dev.quartermaster.backup.migration.SchemaChange;
import dev.quartermaster.backup.SnapshotReason;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.orm.jpa.hibernate.LocalSessionFactoryBean;
import org.springframework.util.ReflectionUtils;

/**
 * Takes a snapshot before Hibernate makes, changes or drops tables because a
 * {@code SessionFactory} starts.
 */
final class SessionFactoryPostProcessor extends SchemaChangePostProcessor<LocalSessionFactoryBean> {

	SessionFactoryPostProcessor(ObjectProvider<GuardedBeans> guardedBeans) {
		super(guardedBeans, LocalSessionFactoryBean.class, SnapshotReason.HIBERNATE, "schema generation of Hibernate");
	}

	@Override
	boolean changesSchema(LocalSessionFactoryBean bean) {
		HibernateSettings settings = settings(bean);
		return settings.mayChangeSchema() && (valueOf("dataSource", bean) != null || !settings.meanOtherDatabase());
	}

	@Override
	@Nullable DataSource dataSource(LocalSessionFactoryBean bean) {
		return (valueOf("dataSource", bean) instanceof DataSource dataSource) ? dataSource
				: settings(bean).dataSource();
	}

	private static HibernateSettings settings(LocalSessionFactoryBean bean) {
		return new HibernateSettings(bean.getHibernateProperties(), bean.getResourceLoader().getClassLoader());
	}

	@Override
	boolean goesOn(LocalSessionFactoryBean bean, SchemaChange change) {
		// Then nobody tells, and the change lasts until the application has started.
		return valueOf("bootstrapExecutor", bean) != null;
	}

	private static @Nullable Object valueOf(String name, LocalSessionFactoryBean bean) {
		// There are only setters.
		Field field = ReflectionUtils.findField(LocalSessionFactoryBean.class, name);
		if (field == null) {
			return null;
		}
		ReflectionUtils.makeAccessible(field);
		return ReflectionUtils.getField(field, bean);
	}

}
