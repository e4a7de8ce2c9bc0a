/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.sql.init.dependency.DatabaseInitializerDetector;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;

/**
 * The beans that Spring Boot takes for initializers of a database: those that any
 * {@link DatabaseInitializerDetector} has found, third parties' included.
 */
final class DatabaseInitializers {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseInitializers.class);

	/**
	 * What Spring Boot leaves on the definition of such a bean.
	 */
	private static final String ATTRIBUTE = DatabaseInitializerDetector.class.getName();

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	private volatile @Nullable Set<String> detected;

	DatabaseInitializers(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	boolean contains(String beanName) {
		if (AotDetector.useGeneratedArtifacts()) {
			// Attributes are gone then, and Boot does not look again.
			return detected().contains(beanName);
		}
		return this.beanFactory.containsBeanDefinition(beanName)
				&& this.beanFactory.getBeanDefinition(beanName).hasAttribute(ATTRIBUTE);
	}

	private Set<String> detected() {
		Set<String> detected = this.detected;
		if (detected == null) {
			detected = new HashSet<>();
			for (DatabaseInitializerDetector detector : SpringFactoriesLoader
				.forDefaultResourceLocation(this.beanFactory.getBeanClassLoader())
				.load(DatabaseInitializerDetector.class, ArgumentResolver.of(Environment.class, this.environment),
						(type, name, failure) -> logger.debug("{} is not available", name, failure))) {
				try {
					detected.addAll(detector.detect(this.beanFactory));
				}
				catch (RuntimeException | LinkageError ex) {
					// Boot does not ask it either, so the start must not fail because of
					// it.
					logger.debug("{} found nothing", detector.getClass().getName(), ex);
				}
			}
			this.detected = detected;
		}
		return detected;
	}

}
