/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.Ordered;
import org.springframework.core.convert.support.ConfigurableConversionService;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.SimpleCommandLinePropertySource;

/**
 * The first to hear of an application that starts. If the command was typed, it keeps off
 * what only takes time and makes noise, and hands the properties that were typed to the
 * application, but not the arguments of the command, which it would take for properties.
 */
final class QuietRunListener implements SpringApplicationRunListener, Ordered {

	/**
	 * Those who set up the logging of the application, and whatever it may need later.
	 */
	private static final Set<String> NEEDLESS = Set.of(
			"org.springframework.boot.context.logging.LoggingApplicationListener",
			"org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializingApplicationListener");

	private final SpringApplication application;

	private final String[] args;

	/**
	 * Create a new instance. For Spring Boot, which finds it in {@code spring.factories}.
	 * @param application the application
	 * @param args the arguments that it was started with
	 */
	QuietRunListener(SpringApplication application, String[] args) {
		this.application = application;
		this.args = args;
		if (Arrays.asList(args).contains(CommandMode.OPTION)) {
			// Typed after the jar, where Java does not take it for its own.
			CommandMode.turnOn();
		}
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void starting(ConfigurableBootstrapContext bootstrapContext) {
		if (!CommandMode.isOn()) {
			return;
		}
		StandardOutput.divert();
		if (!(LoggerFactory.getILoggerFactory() instanceof CommandLog)) {
			LoggingSystem.get(this.application.getClassLoader()).beforeInitialize();
		}
		this.application.setListeners(this.application.getListeners()
			.stream()
			.filter((listener) -> !NEEDLESS.contains(listener.getClass().getName()))
			.toList());
		// A second one would take as long as all the rest of the environment.
		this.application.setAddConversionService(false);
	}

	@Override
	public void environmentPrepared(ConfigurableBootstrapContext bootstrapContext,
			ConfigurableEnvironment environment) {
		if (!CommandMode.isOn()) {
			return;
		}
		if (ApplicationConversionService.getSharedInstance() instanceof ConfigurableConversionService shared) {
			environment.setConversionService(shared);
		}
		MutablePropertySources sources = environment.getPropertySources();
		sources.remove(CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME);
		sources.addFirst(new SimpleCommandLinePropertySource(properties().toArray(String[]::new)));
	}

	/**
	 * Return what was typed, and what {@code main} added to it.
	 */
	private Set<String> properties() {
		Set<String> properties = new LinkedHashSet<>(TypedLine.of(this.args).properties());
		properties.addAll(ApplicationMain.typed(this.args).properties());
		return properties;
	}

}
