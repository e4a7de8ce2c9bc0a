/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;

import javax.sql.DataSource;

import dev.quartermaster.backup.migration.SchemaChange;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * A bean post-processor that has a snapshot taken before a bean is initialized that
 * changes the schema in doing so.
 *
 * @param <T> the type of the beans
 */
abstract class SchemaChangePostProcessor<T> implements BeanPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(SchemaChangePostProcessor.class);

	private final ObjectProvider<GuardedBeans> guardedBeans;

	private final Class<T> type;

	private final SnapshotReason reason;

	private final String hook;

	private final Map<Object, SchemaChange> changing = Collections.synchronizedMap(new IdentityHashMap<>());

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
	 * Return the data source of the database whose schema a bean changes, if it is known.
	 */
	abstract @Nullable DataSource dataSource(T bean);

	/**
	 * Return whether there is anything to change, if that is another question.
	 */
	boolean isPending(T bean) {
		return true;
	}

	/**
	 * Return whether the change is still going on when the bean is initialized, in which
	 * case somebody else tells its end, or nobody.
	 */
	boolean goesOn(T bean, SchemaChange change) {
		return false;
	}

	@Override
	public final Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (this.type.isInstance(bean)) {
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
		DataSource dataSource = dataSource(bean);
		if (dataSource == null) {
			logger.info("No snapshot before {} changes a schema: it does not tell of which database", beanName);
			return;
		}
		// Kept, because the data source may be closed when the bean is done with it.
		SqliteBackupService backups = guardedBeans.backups(dataSource);
		guardedBeans.guard()
			.beforeChange(backups, this.reason, () -> isPending(bean))
			.filter((change) -> !goesOn(bean, change))
			.ifPresent((change) -> {
				this.changing.put(bean, change);
				guardedBeans.onFailure(beanName, () -> {
					if (this.changing.remove(bean) != null) {
						change.fail();
					}
				});
			});
	}

	@Override
	public final Object postProcessAfterInitialization(Object bean, String beanName) {
		SchemaChange change = this.changing.remove(bean);
		if (change != null) {
			change.end();
		}
		return bean;
	}

}
