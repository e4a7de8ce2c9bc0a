/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import javax.sql.DataSource;

import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SqliteBackupRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * A {@link BeanPostProcessor} that keeps what is left of a database whose file is gone,
 * before a data source is initialized and anybody gets hold of it: its first connection
 * would remove that.
 */
final class OrphanedJournalPostProcessor implements BeanPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(OrphanedJournalPostProcessor.class);

	private final ObjectProvider<SqliteBackupRegistry> services;

	OrphanedJournalPostProcessor(ObjectProvider<SqliteBackupRegistry> services) {
		this.services = services;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof DataSource dataSource) {
			try {
				this.services.ifAvailable((services) -> services.keepOrphanedJournal(dataSource));
			}
			catch (BeansException ex) {
				// As where the application's own need this data source.
				logger.debug("Not checked before it is initialized: {}", beanName, Secrets.mask(ex));
			}
		}
		return bean;
	}

}
