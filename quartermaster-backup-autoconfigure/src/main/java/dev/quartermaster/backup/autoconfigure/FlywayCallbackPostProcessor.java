/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.Arrays;

import dev.quartermaster.backup.flyway.BackupCallback;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.configuration.ClassicConfiguration;

import org.springframework.beans.factory.ObjectProvider;

/**
 * A {@link BeanGuard} that adds the {@link BackupCallback} to every {@link Flyway} bean.
 * <p>
 * Not a bean of type {@link Callback}, which Boot would hand to its own {@code Flyway}
 * only, and which Flyway drops when the application has callbacks in the package
 * {@code db.callback}. Before initialisation, since that may be what migrates.
 */
final class FlywayCallbackPostProcessor implements BeanGuard {

	private static final String HOOK = "callback for Flyway's migrate, clean, repair, baseline and undo";

	private final ObjectProvider<GuardedBeans> guardedBeans;

	FlywayCallbackPostProcessor(ObjectProvider<GuardedBeans> guardedBeans) {
		this.guardedBeans = guardedBeans;
	}

	@Override
	public boolean knows(Object bean) {
		return bean instanceof Flyway;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof Flyway flyway && flyway.getConfiguration() instanceof ClassicConfiguration configuration) {
			GuardedBeans guardedBeans = this.guardedBeans.getIfAvailable();
			if (guardedBeans != null && guardedBeans.guards(bean, beanName, HOOK)) {
				add(new BackupCallback(guardedBeans::backups, guardedBeans.guard()), configuration);
			}
		}
		return bean;
	}

	private static void add(Callback callback, ClassicConfiguration configuration) {
		Callback[] existing = configuration.getCallbacks();
		Callback[] callbacks = Arrays.copyOf(existing, existing.length + 1);
		callbacks[existing.length] = callback;
		configuration.setCallbacks(callbacks);
	}

}
