/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SnapshotReason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * The guard before the initializers of a database that no other guard knows, such as
 * those of third parties. Whether such a bean changes the schema nobody can tell, so that
 * it always counts as if it did.
 * <p>
 * Its databases are those of the data sources that it was made with, or that were made
 * for what it was made with. If there are none, it may get hold of any that has data.
 */
final class DatabaseInitializerPostProcessor extends SchemaChangePostProcessor<Object> {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseInitializerPostProcessor.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final DatabaseInitializers initializers;

	private final ObjectProvider<GuardedBeans> guardedBeans;

	DatabaseInitializerPostProcessor(ObjectProvider<GuardedBeans> guardedBeans,
			ConfigurableListableBeanFactory beanFactory, Environment environment) {
		super(guardedBeans, Object.class, SnapshotReason.DATABASE_INIT, "database initializer");
		this.guardedBeans = guardedBeans;
		this.beanFactory = beanFactory;
		this.initializers = new DatabaseInitializers(beanFactory, environment);
	}

	/**
	 * None is known by its type.
	 */
	@Override
	public boolean knows(Object bean) {
		return false;
	}

	@Override
	boolean isMeant(Object bean, String beanName) {
		return this.initializers.contains(beanName) && otherGuards().noneMatch((guard) -> guard.knows(bean));
	}

	private Stream<BeanGuard> otherGuards() {
		// Not with a provider, which would make factory beans to see what they make.
		return Stream.of(this.beanFactory.getBeanNamesForType(BeanGuard.class, true, false))
			.map((name) -> this.beanFactory.getBean(name, BeanGuard.class));
	}

	@Override
	boolean mayChangeSchema(Object bean) {
		return true;
	}

	@Override
	List<DataSource> dataSources(Object bean, String beanName) {
		List<DataSource> found = dependenciesOf(beanName);
		return found.isEmpty() ? this.guardedBeans.getObject().dataSourcesWithData() : found;
	}

	/**
	 * Return the nearest data sources among the beans that a bean depends on, and those
	 * on which they depend.
	 */
	private List<DataSource> dependenciesOf(String beanName) {
		Set<String> seen = new LinkedHashSet<>();
		List<String> next = List.of(beanName);
		while (!next.isEmpty()) {
			List<String> dependencies = next.stream().flatMap(this::dependencies).filter(seen::add).toList();
			List<DataSource> found = dataSources(dependencies);
			if (!found.isEmpty()) {
				return found;
			}
			next = dependencies;
		}
		return List.of();
	}

	/**
	 * Not those that it only comes after, as Spring Boot has it for initializers.
	 */
	private Stream<String> dependencies(String beanName) {
		Set<String> earlier = new HashSet<>();
		if (this.beanFactory.containsBeanDefinition(beanName)) {
			String[] dependsOn = this.beanFactory.getMergedBeanDefinition(beanName).getDependsOn();
			earlier.addAll((dependsOn != null) ? List.of(dependsOn) : List.of());
		}
		return Stream.of(this.beanFactory.getDependenciesForBean(beanName)).filter((name) -> !earlier.contains(name));
	}

	private List<DataSource> dataSources(List<String> names) {
		List<DataSource> dataSources = new ArrayList<>();
		for (String name : names) {
			try {
				if (this.beanFactory.containsBean(name) && this.beanFactory.isSingleton(name)
						&& this.beanFactory.isTypeMatch(name, DataSource.class)) {
					dataSources.add(this.beanFactory.getBean(name, DataSource.class));
				}
			}
			catch (BeansException ex) {
				// The application starts without it, so it must not fail because of it.
				logger.debug("The data source {} is not available", name, Secrets.mask(ex));
			}
		}
		return dataSources;
	}

}
