/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import javax.sql.DataSource;

import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.SchemaChange;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;

/**
 * The beans that change the schema, and what the bean post-processors need that put a
 * guard before them.
 */
final class GuardedBeans {

	private static final Logger logger = LoggerFactory.getLogger(GuardedBeans.class);

	private static final String SCOPED_TARGET = ScopedProxyUtils.getTargetBeanName("");

	private final MigrationGuard guard;

	private final Set<String> excludedBeans;

	private final SqliteBackupRegistry services;

	private final CandidateBeans candidates;

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<String, Set<String>> guarded = new ConcurrentHashMap<>();

	private volatile boolean started;

	GuardedBeans(MigrationGuard guard, Set<String> excludedBeans, SqliteBackupRegistry services,
			CandidateBeans candidates, ConfigurableListableBeanFactory beanFactory) {
		this.candidates = candidates;
		this.beanFactory = beanFactory;
		this.guard = guard;
		this.excludedBeans = excludedBeans;
		this.services = services;
	}

	/**
	 * Return whether a bean is to be guarded, and remember it for the log if it is. It is
	 * not if the user excluded it, or if it only stands for another bean that is.
	 * @param bean the bean
	 * @param beanName its name
	 * @param hook how it is guarded, in words
	 */
	boolean guards(Object bean, String beanName, String hook) {
		String name = beanName.startsWith(SCOPED_TARGET) ? beanName.substring(SCOPED_TARGET.length()) : beanName;
		if (bean instanceof ScopedObject) {
			return false;
		}
		if (this.excludedBeans.contains(name)) {
			logger.debug("Not guarded, because excluded: {} ({})", name, hook);
			return false;
		}
		if (this.guarded.computeIfAbsent(hook, (key) -> ConcurrentHashMap.newKeySet()).add(name)) {
			logger.debug("Guarded: {} ({}, {})", name, bean.getClass().getName(), hook);
		}
		return true;
	}

	boolean isStarted() {
		return this.started;
	}

	MigrationGuard guard() {
		return this.guard;
	}

	SqliteBackupService backups(DataSource dataSource) {
		return this.services.of(dataSource);
	}

	SqliteBackupService backups(SqliteDatabase database) {
		return this.services.of(database);
	}

	/**
	 * Return the data sources of databases that have data, as far as that shows without a
	 * connection: some may be of a server that is down.
	 */
	List<DataSource> dataSourcesWithData() {
		return this.candidates.madeDataSources()
			.values()
			.stream()
			.filter((dataSource) -> this.services.withoutConnection(dataSource).isPresent())
			.toList();
	}

	/**
	 * Somebody may be about to change the schema of the database behind a data source
	 * that is still being made. Nobody will tell whether and when that was done, or
	 * whether the database is there at all: it is found without being connected to.
	 */
	void beforeAnyChange(DataSource dataSource, String beanName, SnapshotReason reason, String hook) {
		this.candidates.whileMaking(beanName, dataSource, () -> {
			Optional<SqliteBackupService> backups = this.services.withoutConnection(dataSource);
			if (backups.isPresent() && guards(dataSource, beanName, hook)) {
				this.guard.beforeChange(backups.get(), reason, () -> true).ifPresent(SchemaChange::endUnknown);
			}
		});
	}

	/**
	 * The application has started, so that all that changed the schema while it did is
	 * known.
	 */
	void started() {
		this.started = true;
		Set<Path> databases = this.guard.started();
		if (!databases.isEmpty()) {
			logger.info("Guarded against changes of the schema: {}, by {}", databases, describe());
		}
	}

	/**
	 * Run something if a bean that is being made cannot be made, once the application has
	 * started: nobody but the one who needs the bean comes to know that. Spring then
	 * destroys what depends on the bean, as it does when the application stops, which is
	 * no failure.
	 */
	void onFailure(String beanName, Runnable task) {
		if (this.started && this.beanFactory instanceof DefaultSingletonBeanRegistry registry) {
			String watch = GuardedBeans.class.getName() + "." + beanName;
			registry.registerDependentBean(beanName, watch);
			registry.registerDisposableBean(watch, () -> {
				if (registry.isSingletonCurrentlyInCreation(beanName)) {
					task.run();
				}
			});
		}
	}

	private String describe() {
		Map<String, Set<String>> sorted = new TreeMap<>();
		this.guarded.forEach((hook, names) -> sorted.put(hook, new TreeSet<>(names)));
		return String.join("; ",
				sorted.entrySet()
					.stream()
					.map((entry) -> entry.getKey() + " (" + String.join(", ", entry.getValue()) + ")")
					.toList());
	}

}
