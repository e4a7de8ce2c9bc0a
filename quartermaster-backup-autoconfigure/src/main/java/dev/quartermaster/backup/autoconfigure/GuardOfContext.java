/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import dev.quartermaster.backup.migration.MigrationGuard;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The {@link MigrationGuard} of a context that failed to start. Its beans are destroyed
 * by then, and asking for one would make another, so that the guard is kept with a bean
 * definition, which stays.
 */
final class GuardOfContext {

	/**
	 * The name of the bean with whose definition the guard is kept.
	 */
	static final String BEAN_NAME = "guardedBeans";

	private static final String ATTRIBUTE = MigrationGuard.class.getName();

	private GuardOfContext() {
	}

	static void remember(MigrationGuard guard, ConfigurableListableBeanFactory beanFactory) {
		if (beanFactory.containsBeanDefinition(BEAN_NAME)) {
			beanFactory.getBeanDefinition(BEAN_NAME).setAttribute(ATTRIBUTE, guard);
		}
	}

	static @Nullable MigrationGuard find(BeanFactory beanFactory) {
		if (beanFactory instanceof ConfigurableListableBeanFactory configurable
				&& configurable.containsBeanDefinition(BEAN_NAME)) {
			BeanDefinition definition = configurable.getBeanDefinition(BEAN_NAME);
			return (MigrationGuard) definition.getAttribute(ATTRIBUTE);
		}
		return null;
	}

}
