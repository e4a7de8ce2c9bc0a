/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.lang.reflect.Modifier;

import javax.sql.DataSource;

import dev.quartermaster.backup.flyway.BackupFlywayMigrationStrategy;
import org.aopalliance.intercept.MethodInterceptor;
import org.flywaydb.core.Flyway;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.util.ClassUtils;

/**
 * Puts a {@link BackupFlywayMigrationStrategy} around every other strategy of the
 * application. A class of its own stays what it is, since it may be injected as such.
 */
final class FlywayMigrationStrategyPostProcessor implements BeanPostProcessor {

	private static final String HOOK = "migration strategy of Flyway";

	private final ObjectProvider<SchemaDoors> doors;

	FlywayMigrationStrategyPostProcessor(ObjectProvider<SchemaDoors> doors) {
		this.doors = doors;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof FlywayMigrationStrategy strategy && !(bean instanceof BackupFlywayMigrationStrategy)) {
			SchemaDoors doors = this.doors.getObject();
			if (doors.guards(bean, beanName, HOOK)) {
				return guard(strategy, doors);
			}
		}
		return bean;
	}

	private static FlywayMigrationStrategy guard(FlywayMigrationStrategy strategy, SchemaDoors doors) {
		FlywayMigrationStrategy guarded = new BackupFlywayMigrationStrategy(strategy,
				(DataSource dataSource) -> doors.backups(dataSource), doors.guard(), doors::afterStart);
		Class<?> type = strategy.getClass();
		if (ClassUtils.isLambdaClass(type) || Modifier.isFinal(type.getModifiers())
				|| AopUtils.isJdkDynamicProxy(strategy)) {
			return guarded;
		}
		ProxyFactory factory = new ProxyFactory(strategy);
		factory.setProxyTargetClass(true);
		factory.addAdvice((MethodInterceptor) (invocation) -> {
			if (invocation.getMethod().getName().equals("migrate") && invocation.getArguments().length == 1
					&& invocation.getArguments()[0] instanceof Flyway flyway) {
				guarded.migrate(flyway);
				return null;
			}
			return invocation.proceed();
		});
		return (FlywayMigrationStrategy) factory.getProxy(type.getClassLoader());
	}

}
