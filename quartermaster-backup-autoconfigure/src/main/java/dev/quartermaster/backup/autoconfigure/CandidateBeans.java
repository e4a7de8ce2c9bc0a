/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.DatabaseCandidates;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The candidates for databases among the beans of the application, including those beans
 * that are not candidates for injection. The one that is injected where nothing else is
 * said comes first.
 * <p>
 * A bean that cannot be made is passed over: a migration may ask while the bean is being
 * made, and must not fail because of it.
 */
final class CandidateBeans implements DatabaseCandidates {

	private static final Logger logger = LoggerFactory.getLogger(CandidateBeans.class);

	private final ListableBeanFactory beanFactory;

	private final Map<String, DataSource> unfinished = new ConcurrentHashMap<>();

	CandidateBeans(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Map<String, DataSource> dataSources() {
		return withTargets(sorted(beans(DataSource.class, dataSourceBeans()), preferred()));
	}

	@Override
	public Map<String, DataSource> madeDataSources() {
		List<String> names = dataSourceBeans();
		List<String> made = names.stream().filter((name) -> !isToBeMadeLater(name)).toList();
		if (made.size() == names.size()) {
			return dataSources();
		}
		Map<String, DataSource> beans = beans(DataSource.class, made);
		// To ask for the preferred one could make one of those that were left out.
		return withTargets(
				sorted(beans, made.stream().filter(this::isPrimary).findFirst().map(beans::get).orElse(null)));
	}

	@Override
	public Set<String> dataSourceNames() {
		return Set.copyOf(dataSourceBeans());
	}

	private List<String> dataSourceBeans() {
		return names(this.beanFactory, DataSource.class, false);
	}

	private boolean isToBeMadeLater(String name) {
		return !this.unfinished.containsKey(name)
				&& this.beanFactory instanceof ConfigurableListableBeanFactory configurable
				&& configurable.containsBeanDefinition(name) && !configurable.containsSingleton(name)
				&& configurable.getMergedBeanDefinition(name).isLazyInit();
	}

	private boolean isPrimary(String name) {
		return this.beanFactory instanceof ConfigurableListableBeanFactory configurable
				&& configurable.containsBeanDefinition(name) && configurable.getMergedBeanDefinition(name).isPrimary();
	}

	private static Map<String, DataSource> sorted(Map<String, DataSource> all, @Nullable DataSource preferred) {
		Map<String, DataSource> sorted = new LinkedHashMap<>();
		all.forEach((name, dataSource) -> {
			if (dataSource == preferred) {
				sorted.put(name, dataSource);
			}
		});
		sorted.putAll(all);
		return sorted;
	}

	/**
	 * A data source that chooses from others stands for the one that it chooses where
	 * nobody says which. If there is none, it stands for no database.
	 */
	private static Map<String, DataSource> withTargets(Map<String, DataSource> beans) {
		Map<String, DataSource> all = new LinkedHashMap<>(beans);
		beans.forEach((name, dataSource) -> {
			Map<String, DataSource> targets = RoutedDataSources.of(dataSource);
			if (!targets.isEmpty() && RoutedDataSources.isWithoutDefault(dataSource)) {
				all.remove(name);
			}
			targets.forEach((key, target) -> all.putIfAbsent(name + "." + key, target));
		});
		return all;
	}

	@Override
	public List<DataSource> targets(DataSource dataSource) {
		return List.copyOf(RoutedDataSources.of(dataSource).values());
	}

	@Override
	public Map<String, SqliteBackupService> services() {
		return beans(SqliteBackupService.class, names(this.beanFactory, SqliteBackupService.class, false));
	}

	/**
	 * Do something that asks for databases while a data source is still being made, which
	 * nobody but its maker can have yet.
	 */
	void whileMaking(String name, DataSource dataSource, Runnable action) {
		this.unfinished.put(name, dataSource);
		try {
			action.run();
		}
		finally {
			this.unfinished.remove(name);
		}
	}

	private <T> Map<String, T> beans(Class<T> type, List<String> names) {
		Map<String, T> beans = new LinkedHashMap<>();
		for (String name : names) {
			Object unfinished = this.unfinished.get(name);
			if (unfinished != null) {
				beans.put(name, type.cast(unfinished));
				continue;
			}
			try {
				beans.put(name, this.beanFactory.getBean(name, type));
			}
			catch (BeansException ex) {
				logger.debug("The bean {} is not available yet, and is left out", name, Secrets.mask(ex));
			}
		}
		return beans;
	}

	private @Nullable DataSource preferred() {
		try {
			return this.beanFactory.getBeanProvider(DataSource.class).getIfUnique();
		}
		catch (BeansException ex) {
			logger.debug("The preferred data source is not available yet", Secrets.mask(ex));
			return null;
		}
	}

	/**
	 * Return all beans of a type that are made already, and make none: to make one may be
	 * to change a database.
	 */
	static <T> Stream<T> made(ConfigurableListableBeanFactory beanFactory, Class<T> type) {
		Stream<T> here = Arrays.stream(beanFactory.getBeanNamesForType(type, false, false))
			.filter(beanFactory::containsSingleton)
			.map((name) -> beanFactory.getBean(name, type));
		return (beanFactory.getParentBeanFactory() instanceof ConfigurableListableBeanFactory parent)
				? Stream.concat(here, made(parent, type)) : here;
	}

	/**
	 * Return the names of all beans of a type. None is made to find out.
	 * @param everyScope whether to include those that are made anew for each use
	 */
	static List<String> names(ListableBeanFactory beanFactory, Class<?> type, boolean everyScope) {
		return Arrays.stream(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, type, everyScope, false))
			.filter((name) -> !ScopedProxyUtils.isScopedTarget(name))
			.toList();
	}

}
