/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import dev.quartermaster.backup.SnapshotReason;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * A {@link BeanPostProcessor} that guards a database of which nobody knows who migrates
 * it: that of a data source other than the one that Boot gives to Flyway. An application
 * that has such a database often makes a {@link Flyway} for it in the middle of its code,
 * where no bean post-processor comes to know of it. So the snapshot is taken before
 * anybody gets hold of the data source.
 */
final class FlywayDataSourcePostProcessor implements BeanPostProcessor {

	private static final String HOOK = "data source for a Flyway that is not a bean";

	/**
	 * From Boot's module for Flyway, which need not be there.
	 */
	private static final String FLYWAY_DATA_SOURCE = "org.springframework.boot.flyway.autoconfigure.FlywayDataSource";

	private final ObjectProvider<GuardedBeans> guardedBeans;

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	FlywayDataSourcePostProcessor(ObjectProvider<GuardedBeans> guardedBeans,
			ConfigurableListableBeanFactory beanFactory, Environment environment) {
		this.guardedBeans = guardedBeans;
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof DataSource dataSource && !isGuardedElsewhere(beanName)) {
			GuardedBeans guardedBeans = this.guardedBeans.getIfAvailable();
			if (guardedBeans != null && !guardedBeans.isStarted()) {
				guardedBeans.beforeAnyChange(dataSource, beanName, SnapshotReason.FLYWAY, HOOK);
			}
		}
		return bean;
	}

	/**
	 * Return whether another guard knows who migrates it, or the user does not want
	 * Flyway at all.
	 */
	private boolean isGuardedElsewhere(String beanName) {
		if (!this.environment.getProperty("spring.flyway.enabled", Boolean.class, true)) {
			return true;
		}
		if (this.beanFactory.getBeanNamesForType(Flyway.class, true, false).length == 0) {
			return false;
		}
		List<String> candidates = Arrays.stream(this.beanFactory.getBeanNamesForType(DataSource.class, true, false))
			.filter(this::isDefaultCandidate)
			.toList();
		return candidates.equals(List.of(beanName)) || isPrimary(beanName) || isOfFlyway(beanName);
	}

	private boolean isDefaultCandidate(String beanName) {
		return !(definitionOf(beanName) instanceof AbstractBeanDefinition definition)
				|| (definition.isAutowireCandidate() && definition.isDefaultCandidate());
	}

	private boolean isOfFlyway(String beanName) {
		return ClassUtils.isPresent(FLYWAY_DATA_SOURCE, this.beanFactory.getBeanClassLoader())
				&& this.beanFactory.findAnnotationOnBean(beanName, FlywayDataSource.class) != null;
	}

	private boolean isPrimary(String beanName) {
		BeanDefinition definition = definitionOf(beanName);
		return definition != null && definition.isPrimary();
	}

	private @Nullable BeanDefinition definitionOf(String beanName) {
		return this.beanFactory.containsBeanDefinition(beanName) ? this.beanFactory.getMergedBeanDefinition(beanName)
				: null;
	}

}
