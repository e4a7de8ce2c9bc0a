/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.SnapshotReason;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * The guard before the initializers of a database that no other guard knows, such as
 * those of third parties. Whether such a bean changes the schema nobody can tell, so that
 * it always counts as if it did.
 * <p>
 * Its databases are those of the data sources that it was made with, or that were made
 * for what it was made with. If there are none, it may get hold of any.
 */
final class DatabaseInitializerPostProcessor extends SchemaChangePostProcessor<Object> {

	private final ConfigurableListableBeanFactory beanFactory;

	private final DatabaseInitializers initializers;

	private final ObjectProvider<CandidateBeans> candidates;

	DatabaseInitializerPostProcessor(ObjectProvider<GuardedBeans> guardedBeans,
			ObjectProvider<CandidateBeans> candidates, ConfigurableListableBeanFactory beanFactory,
			Environment environment) {
		super(guardedBeans, Object.class, SnapshotReason.DATABASE_INIT, "database initializer");
		this.candidates = candidates;
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
		return found.isEmpty() ? List.copyOf(this.candidates.getObject().madeDataSources().values()) : found;
	}

	/**
	 * Return the nearest data sources among the beans that a bean depends on, and those
	 * on which they depend.
	 */
	private List<DataSource> dependenciesOf(String beanName) {
		Set<String> seen = new LinkedHashSet<>();
		List<String> next = List.of(beanName);
		while (!next.isEmpty()) {
			List<String> dependencies = next.stream()
				.flatMap((name) -> Stream.of(this.beanFactory.getDependenciesForBean(name)))
				.filter(seen::add)
				.toList();
			List<DataSource> found = dataSources(dependencies);
			if (!found.isEmpty()) {
				return found;
			}
			next = dependencies;
		}
		return List.of();
	}

	private List<DataSource> dataSources(List<String> names) {
		List<DataSource> dataSources = new ArrayList<>();
		for (String name : names) {
			if (this.beanFactory.containsBean(name) && this.beanFactory.isTypeMatch(name, DataSource.class)) {
				dataSources.add(this.beanFactory.getBean(name, DataSource.class));
			}
		}
		return dataSources;
	}

}
