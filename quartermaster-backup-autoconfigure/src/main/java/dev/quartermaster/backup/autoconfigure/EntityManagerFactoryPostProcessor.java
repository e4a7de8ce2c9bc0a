/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import dev.quartermaster.backup.migration.SchemaChange;
import dev.quartermaster.backup.SnapshotReason;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.orm.jpa.AbstractEntityManagerFactoryBean;
import org.springframework.orm.jpa.JpaVendorAdapter;

/**
 * The guard before Hibernate makes, changes or drops tables because an
 * {@code EntityManagerFactory} starts. If that is done by another thread, the snapshot is
 * taken before it begins.
 */
final class EntityManagerFactoryPostProcessor extends SchemaChangePostProcessor<AbstractEntityManagerFactoryBean> {

	EntityManagerFactoryPostProcessor(ObjectProvider<GuardedBeans> guardedBeans) {
		super(guardedBeans, AbstractEntityManagerFactoryBean.class, SnapshotReason.HIBERNATE,
				"Hibernate's schema generation");
	}

	@Override
	boolean mayChangeSchema(AbstractEntityManagerFactoryBean bean) {
		HibernateSettings settings = settings(bean);
		return settings.mayChangeSchema() && (bean.getDataSource() != null || !settings.meanOtherDatabase());
	}

	@Override
	List<DataSource> dataSources(AbstractEntityManagerFactoryBean bean, String beanName) {
		DataSource dataSource = bean.getDataSource();
		return listOf((dataSource != null) ? dataSource : settings(bean).dataSource());
	}

	private static HibernateSettings settings(AbstractEntityManagerFactoryBean bean) {
		Map<String, Object> settings = new HashMap<>();
		JpaVendorAdapter adapter = bean.getJpaVendorAdapter();
		if (adapter != null) {
			settings.putAll(adapter.getJpaPropertyMap());
		}
		settings.putAll(bean.getJpaPropertyMap());
		return new HibernateSettings(settings, bean.getBeanClassLoader());
	}

	@Override
	boolean goesOn(AbstractEntityManagerFactoryBean bean, SchemaChange change) {
		AsyncTaskExecutor executor = bean.getBootstrapExecutor();
		if (executor == null) {
			return false;
		}
		bean.setBootstrapExecutor(new TellingExecutor(executor, change));
		return true;
	}

	/**
	 * An executor that tells when Hibernate has started well. When it has not, that is
	 * told with the failure of the application's start.
	 */
	private record TellingExecutor(AsyncTaskExecutor executor, SchemaChange change) implements AsyncTaskExecutor {

		@Override
		public void execute(Runnable task) {
			this.executor.execute(task);
		}

		@Override
		public <T> Future<T> submit(Callable<T> task) {
			return this.executor.submit(() -> {
				T result = task.call();
				this.change.end();
				return result;
			});
		}

	}

}
