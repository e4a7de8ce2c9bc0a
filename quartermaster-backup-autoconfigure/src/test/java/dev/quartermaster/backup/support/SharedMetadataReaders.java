/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.classreading.CachingMetadataReaderFactory;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/**
 * Keeps what Spring reads of configuration classes, which otherwise each of the hundreds
 * of applications that tests start in one process would read anew.
 */
public final class SharedMetadataReaders implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	/**
	 * Under this name Spring Boot has what reads them for one application.
	 */
	private static final String BEAN_NAME = "org.springframework.boot.autoconfigure.internalCachingMetadataReaderFactory";

	private static final ClassLoader CLASS_LOADER = SharedMetadataReaders.class.getClassLoader();

	private static final CachingMetadataReaderFactory CACHE = new CachingMetadataReaderFactory(
			new DefaultResourceLoader(CLASS_LOADER));

	static {
		CACHE.setCacheLimit(10_000);
	}

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		if (context.getClassLoader() == CLASS_LOADER) {
			context.addBeanFactoryPostProcessor((BeanDefinitionRegistryPostProcessor) SharedMetadataReaders::share);
		}
	}

	private static void share(BeanDefinitionRegistry registry) {
		if (registry.containsBeanDefinition(BEAN_NAME)) {
			registry.removeBeanDefinition(BEAN_NAME);
			registry.registerBeanDefinition(BEAN_NAME, new RootBeanDefinition(Readers.class, Readers::new));
		}
	}

	/**
	 * Not the cache itself, which Spring would empty after each start.
	 */
	private static final class Readers implements MetadataReaderFactory {

		@Override
		public ResourceLoader getResourceLoader() {
			return CACHE.getResourceLoader();
		}

		@Override
		public MetadataReader getMetadataReader(String className) throws IOException {
			return CACHE.getMetadataReader(className);
		}

		@Override
		public MetadataReader getMetadataReader(Resource resource) throws IOException {
			return CACHE.getMetadataReader(resource);
		}

	}

}
