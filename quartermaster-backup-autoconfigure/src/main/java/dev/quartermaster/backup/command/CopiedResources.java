/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/**
 * The resources at the locations of copies, for a command that does not start the
 * application: with what configures Spring Cloud AWS, if the application has that, and
 * none of its beans.
 */
final class CopiedResources implements Function<String, Resource>, AutoCloseable {

	private static final String CLIENT = "io.awspring.cloud.autoconfigure.";

	private final Map<String, String> properties;

	private final ClassLoader loader;

	private @Nullable AnnotationConfigApplicationContext context;

	/**
	 * Create a new instance. Nothing is started yet.
	 * @param properties the properties of the application
	 */
	CopiedResources(Map<String, String> properties) {
		this(properties, CopiedResources.class.getClassLoader());
	}

	/**
	 * Create a new instance. Nothing is started yet.
	 * @param properties the properties of the application
	 * @param loader has the classes of the clients
	 */
	CopiedResources(Map<String, String> properties, ClassLoader loader) {
		this.properties = properties;
		this.loader = loader;
	}

	@Override
	public Resource apply(String location) {
		AnnotationConfigApplicationContext started = this.context;
		if (started == null) {
			started = start();
			this.context = started;
		}
		return started.getResource(location);
	}

	private AnnotationConfigApplicationContext start() {
		AnnotationConfigApplicationContext started = new AnnotationConfigApplicationContext();
		started.setClassLoader(this.loader);
		Map<String, Object> values = new HashMap<>();
		this.properties.forEach((name, value) -> {
			if (name.startsWith(ApplicationProperties.OBJECT_STORE)) {
				values.put(name, value);
			}
		});
		started.getEnvironment().getPropertySources().addFirst(new MapPropertySource("application", values));
		started.register(Client.class);
		// The clients look for their own files there.
		ClassLoader before = ClassUtils.overrideThreadContextClassLoader(this.loader);
		try {
			started.refresh();
		}
		finally {
			if (before != null) {
				Thread.currentThread().setContextClassLoader(before);
			}
		}
		return started;
	}

	@Override
	public void close() {
		if (this.context != null) {
			this.context.close();
		}
	}

	/**
	 * Configures what the application has of Spring Cloud AWS.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(ClientSelector.class)
	static class Client {

	}

	/**
	 * Finds what configures the clients.
	 */
	static final class ClientSelector implements DeferredImportSelector, BeanClassLoaderAware {

		private @Nullable ClassLoader loader;

		@Override
		public void setBeanClassLoader(ClassLoader loader) {
			this.loader = loader;
		}

		/**
		 * What all clients need comes first.
		 */
		@Override
		public String[] selectImports(AnnotationMetadata metadata) {
			return ImportCandidates.load(AutoConfiguration.class, this.loader)
				.getCandidates()
				.stream()
				.filter((name) -> name.startsWith(CLIENT + "core.") || name.startsWith(CLIENT + "s3."))
				.sorted(Comparator.comparing((String name) -> !name.startsWith(CLIENT + "core.")))
				.toArray(String[]::new);
		}

	}

}
