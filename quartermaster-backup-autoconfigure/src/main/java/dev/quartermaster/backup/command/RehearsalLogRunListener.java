/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * The listener that keeps a rehearsal from writing to the log file of the application
 * that runs, wherever that is configured. It comes before the logging is set up, which is
 * before the databases in the configuration are known.
 */
final class RehearsalLogRunListener implements SpringApplicationRunListener, Ordered {

	private static final Map<String, Object> NO_FILES = Map.of("logging.file.name", "", "logging.file.path", "");

	private final @Nullable RehearsalHandover handover = RehearsalHandover.find();

	/**
	 * Create a new instance. For Spring Boot, which finds it in {@code spring.factories}.
	 */
	RehearsalLogRunListener() {
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void environmentPrepared(ConfigurableBootstrapContext bootstrapContext,
			ConfigurableEnvironment environment) {
		if (this.handover != null) {
			environment.getPropertySources().addFirst(new MapPropertySource("rehearsalLog", NO_FILES));
		}
	}

}
