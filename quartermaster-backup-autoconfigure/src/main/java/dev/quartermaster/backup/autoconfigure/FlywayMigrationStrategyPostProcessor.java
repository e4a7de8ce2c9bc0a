/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

import javax.sql.DataSource;

import dev.quartermaster.backup.flyway.BackupFlywayMigrationStrategy;
import org.aopalliance.intercept.MethodInterceptor;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.core.NativeDetector;
import org.springframework.util.ClassUtils;

/**
 * A {@link BeanGuard} that puts a {@link BackupFlywayMigrationStrategy} around every
 * other strategy of the application. One that is declared as a class of its own stays
 * what it is, since it may be injected as such: it gets a proxy if it allows one, and
 * else is left alone. Then the callback of the {@link Flyway} bean takes the snapshot.
 */
final class FlywayMigrationStrategyPostProcessor implements BeanGuard {

	private static final Logger logger = LoggerFactory.getLogger(FlywayMigrationStrategyPostProcessor.class);

	private static final String HOOK = "Flyway's migration strategy";

	private final ObjectProvider<GuardedBeans> guardedBeans;

	private final ConfigurableListableBeanFactory beanFactory;

	FlywayMigrationStrategyPostProcessor(ObjectProvider<GuardedBeans> guardedBeans,
			ConfigurableListableBeanFactory beanFactory) {
		this.guardedBeans = guardedBeans;
		this.beanFactory = beanFactory;
	}

	/**
	 * A {@link FlywayMigrationInitializer} runs a strategy, or the {@link Flyway} bean.
	 */
	@Override
	public boolean knows(Object bean) {
		return bean instanceof FlywayMigrationInitializer;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof FlywayMigrationStrategy strategy && !(bean instanceof BackupFlywayMigrationStrategy)
				&& !(bean instanceof ScopedObject)) {
			GuardedBeans guardedBeans = this.guardedBeans.getIfAvailable();
			if (guardedBeans == null) {
				return bean;
			}
			FlywayMigrationStrategy guarded = guard(strategy, beanName, guardedBeans);
			if (guarded == null) {
				logger.debug("Left as it is: {} ({}). The callback of the Flyway bean guards its migrations", beanName,
						bean.getClass().getName());
			}
			else if (guardedBeans.guards(bean, beanName, HOOK)) {
				return guarded;
			}
		}
		return bean;
	}

	private @Nullable FlywayMigrationStrategy guard(FlywayMigrationStrategy strategy, String beanName,
			GuardedBeans guardedBeans) {
		FlywayMigrationStrategy guarded = new BackupFlywayMigrationStrategy(strategy,
				(DataSource dataSource) -> guardedBeans.backups(dataSource), guardedBeans.guard());
		if (declaredType(beanName) == FlywayMigrationStrategy.class) {
			return guarded;
		}
		return allowsProxy(ClassUtils.getUserClass(strategy)) ? proxy(strategy, guarded) : null;
	}

	private @Nullable Class<?> declaredType(String beanName) {
		return this.beanFactory.containsBeanDefinition(beanName)
				? this.beanFactory.getMergedBeanDefinition(beanName).getResolvableType().resolve() : null;
	}

	private static boolean allowsProxy(Class<?> type) {
		return !Modifier.isFinal(type.getModifiers()) && !type.isSealed() && !NativeDetector.inNativeImage()
				&& Arrays.stream(type.getMethods()).noneMatch(FlywayMigrationStrategyPostProcessor::evadesProxy);
	}

	/**
	 * Return whether a method would run on the proxy itself, whose fields are empty.
	 */
	private static boolean evadesProxy(Method method) {
		return Modifier.isFinal(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())
				&& method.getDeclaringClass() != Object.class;
	}

	private static @Nullable FlywayMigrationStrategy proxy(FlywayMigrationStrategy strategy,
			FlywayMigrationStrategy guarded) {
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
		try {
			return (FlywayMigrationStrategy) factory.getProxy(strategy.getClass().getClassLoader());
		}
		catch (AopConfigException ex) {
			// The application starts without a proxy, so it must not fail because of one.
			logger.debug("No proxy can be made of {}", strategy.getClass().getName(), ex);
			return null;
		}
	}

}
