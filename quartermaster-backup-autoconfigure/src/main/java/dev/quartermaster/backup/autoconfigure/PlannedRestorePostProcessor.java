/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import javax.sql.DataSource;

import dev.quartermaster.backup.RestoreAtStart;
import dev.quartermaster.backup.Secrets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;

/**
 * A {@link BeanPostProcessor} that has planned restores carried out before anybody gets
 * hold of a data source. It comes among the first, so that data sources which others need
 * early meet it as well, but after the one that binds properties, which tell where the
 * database is.
 */
final class PlannedRestorePostProcessor implements BeanPostProcessor, PriorityOrdered {

	private static final Logger logger = LoggerFactory.getLogger(PlannedRestorePostProcessor.class);

	private final ObjectProvider<RestoreAtStart> restores;

	PlannedRestorePostProcessor(ObjectProvider<RestoreAtStart> restores) {
		this.restores = restores;
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof DataSource dataSource) {
			beforeFirstConnection(dataSource, beanName);
		}
		return bean;
	}

	/**
	 * What a factory makes comes here alone, and what a data source chooses from is known
	 * by now.
	 */
	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof DataSource dataSource) {
			beforeFirstConnection(dataSource, beanName);
			RoutedDataSources.of(dataSource).values().forEach((target) -> beforeFirstConnection(target, beanName));
		}
		return bean;
	}

	private void beforeFirstConnection(DataSource dataSource, String beanName) {
		try {
			this.restores.ifAvailable((restores) -> restores.beforeFirstConnection(dataSource));
		}
		catch (BeansException ex) {
			// As where the application's own settings need this data source.
			logger.debug("Not restored before it is initialized: {}", beanName, Secrets.mask(ex));
		}
	}

}
