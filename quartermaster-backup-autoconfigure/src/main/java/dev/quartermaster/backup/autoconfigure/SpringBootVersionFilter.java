/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.util.ClassUtils;

/**
 * An {@link AutoConfigurationImportFilter} that leaves out all auto-configurations of
 * ours where Spring Boot is older than 4, whose classes have other names: the application
 * starts as it did before, and is told why nothing guards it.
 */
final class SpringBootVersionFilter implements AutoConfigurationImportFilter, BeanClassLoaderAware {

	private static final Logger logger = LoggerFactory.getLogger(SpringBootVersionFilter.class);

	private static final String OURS = SpringBootVersionFilter.class.getPackageName() + ".";

	/**
	 * Spring Boot has it since version 4.
	 */
	private static final String NEEDED = "org.springframework.boot.bootstrap.BootstrapContext";

	/**
	 * There is an instance for each class that imports auto-configurations.
	 */
	private static final AtomicBoolean told = new AtomicBoolean();

	private @Nullable ClassLoader classLoader;

	@Override
	public void setBeanClassLoader(ClassLoader classLoader) {
		this.classLoader = classLoader;
	}

	@Override
	public boolean[] match(@Nullable String[] autoConfigurationClasses,
			AutoConfigurationMetadata autoConfigurationMetadata) {
		boolean[] matches = new boolean[autoConfigurationClasses.length];
		Arrays.fill(matches, true);
		if (ClassUtils.isPresent(NEEDED, this.classLoader)) {
			return matches;
		}
		boolean leftOut = false;
		for (int i = 0; i < matches.length; i++) {
			String name = autoConfigurationClasses[i];
			matches[i] = name == null || !name.startsWith(OURS);
			leftOut |= !matches[i];
		}
		if (leftOut && told.compareAndSet(false, true)) {
			logger.warn("Quartermaster Backup needs Spring Boot 4, and this application has {}: its databases are NOT "
					+ "guarded, and it starts as it did before. Upgrade Spring Boot, or see \"Spring Boot 3\" in the "
					+ "documentation of compatibility for what works with it.", SpringBootVersion.getVersion());
		}
		return matches;
	}

}
