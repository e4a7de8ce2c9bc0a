/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.sql.DataSource;

import dev.quartermaster.backup.migration.PendingChanges;
import dev.quartermaster.backup.migration.Rehearsal;
import dev.quartermaster.backup.migration.SchemaChange;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ObjectProvider;

/**
 * A bean post-processor that has a snapshot taken before a bean is initialized that
 * changes the schema in doing so.
 *
 * @param <T> the type of the beans
 */
abstract class SchemaChangePostProcessor<T> implements BeanGuard {

	private static final Logger logger = LoggerFactory.getLogger(SchemaChangePostProcessor.class);

	private final ObjectProvider<GuardedBeans> guardedBeans;

	private final Class<T> type;

	private final SnapshotReason reason;

	private final String hook;

	private final Map<Object, List<SchemaChange>> changing = Collections.synchronizedMap(new IdentityHashMap<>());

	/**
	 * Create a new instance.
	 * @param guardedBeans the beans that are guarded, looked up when the first one comes
	 * @param type the type of the beans
	 * @param reason the reason for the names of the snapshots
	 * @param hook how the beans are guarded, in words
	 */
	SchemaChangePostProcessor(ObjectProvider<GuardedBeans> guardedBeans, Class<T> type, SnapshotReason reason,
			String hook) {
		this.guardedBeans = guardedBeans;
		this.type = type;
		this.reason = reason;
		this.hook = hook;
	}

	/**
	 * Return whether the initialization of a bean changes the schema, or may do so.
	 */
	abstract boolean mayChangeSchema(T bean);

	/**
	 * Return the data sources of the databases whose schemas a bean changes, as far as
	 * they are known.
	 */
	abstract List<DataSource> dataSources(T bean, String beanName);

	/**
	 * Return the list of a data source that may not be known.
	 */
	static List<DataSource> listOf(@Nullable DataSource dataSource) {
		return (dataSource != null) ? List.of(dataSource) : List.of();
	}

	/**
	 * Return what there is to change, if that is another question.
	 */
	PendingChanges pending(T bean) {
		return () -> true;
	}

	/**
	 * Return whether the change is still going on when the bean is initialized, in which
	 * case somebody else tells its end, or nobody.
	 */
	boolean goesOn(T bean, SchemaChange change) {
		return false;
	}

	/**
	 * Rehearse what the initialization of a bean changes, if that is wanted and can be
	 * done.
	 */
	void rehearse(T bean, DataSource dataSource, SchemaChange change, Rehearsal rehearsal) {
	}

	@Override
	public boolean knows(Object bean) {
		return this.type.isInstance(bean);
	}

	/**
	 * Return whether this one is to guard a bean, if it changes a schema.
	 */
	boolean isMeant(Object bean, String beanName) {
		return knows(bean);
	}

	@Override
	public final Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (isMeant(bean, beanName)) {
			T schemaChanger = this.type.cast(bean);
			GuardedBeans guardedBeans = this.guardedBeans.getIfAvailable();
			if (guardedBeans != null && mayChangeSchema(schemaChanger)) {
				beforeChange(schemaChanger, beanName, guardedBeans);
			}
		}
		return bean;
	}

	private void beforeChange(T bean, String beanName, GuardedBeans guardedBeans) {
		if (!guardedBeans.guards(bean, beanName, this.hook)) {
			return;
		}
		List<DataSource> dataSources = dataSources(bean, beanName);
		if (dataSources.isEmpty()) {
			logger.info("No snapshot is taken before {} changes a schema, because its database could not be determined",
					beanName);
			return;
		}
		List<SchemaChange> changes = new ArrayList<>();
		for (DataSource dataSource : dataSources) {
			// Kept, because the data source may be closed when the bean is done with it.
			SqliteBackupService backups = guardedBeans.backups(dataSource);
			Optional<SchemaChange> begun = guardedBeans.guard().beforeChange(backups, this.reason, pending(bean));
			begun.ifPresent((change) -> rehearse(bean, dataSource, change, guardedBeans.guard().rehearsal()));
			begun.filter((change) -> !goesOn(bean, change)).ifPresent(changes::add);
		}
		if (!changes.isEmpty()) {
			this.changing.put(bean, changes);
			guardedBeans.onFailure(beanName, () -> changesOf(bean).forEach(SchemaChange::fail));
		}
	}

	private List<SchemaChange> changesOf(Object bean) {
		List<SchemaChange> changes = this.changing.remove(bean);
		return (changes != null) ? changes : List.of();
	}

	@Override
	public final Object postProcessAfterInitialization(Object bean, String beanName) {
		// Somebody may have put a proxy in its place by now.
		Object target = AopProxyUtils.getSingletonTarget(bean);
		SchemaChange.endAll(changesOf((target != null) ? target : bean));
		return bean;
	}

}
