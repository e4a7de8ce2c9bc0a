/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import org.hibernate.SessionFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.orm.jpa.AbstractEntityManagerFactoryBean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for snapshots before Hibernate
 * changes a schema.
 */
@AutoConfiguration(after = QuartermasterBackupMigrationAutoConfiguration.class)
@ConditionalOnClass({ SessionFactory.class, AbstractEntityManagerFactoryBean.class })
@ConditionalOnBean(GuardedBeans.class)
@ImportRuntimeHints(SessionFactoryInternals.class)
public final class QuartermasterBackupHibernateAutoConfiguration {

	@Bean
	static EntityManagerFactoryPostProcessor entityManagerFactoryPostProcessor(
			ObjectProvider<GuardedBeans> guardedBeans) {
		return new EntityManagerFactoryPostProcessor(guardedBeans);
	}

	@Bean
	static SessionFactoryPostProcessor sessionFactoryPostProcessor(ObjectProvider<GuardedBeans> guardedBeans) {
		return new SessionFactoryPostProcessor(guardedBeans);
	}

}
