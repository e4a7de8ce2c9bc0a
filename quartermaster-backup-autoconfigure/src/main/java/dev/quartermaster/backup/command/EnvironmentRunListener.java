/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The last to hear that an application has prepared its environment. If the command was
 * typed, the application comes no further: the command runs in its place, in whatever
 * layout the application was started.
 */
final class EnvironmentRunListener implements SpringApplicationRunListener, Ordered {

	private final String[] args;

	/**
	 * Create a new instance. For Spring Boot, which finds it in {@code spring.factories}.
	 * @param args the arguments that the application was started with
	 */
	EnvironmentRunListener(String[] args) {
		this.args = args;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void environmentPrepared(ConfigurableBootstrapContext bootstrapContext,
			ConfigurableEnvironment environment) {
		if (CommandMode.isOn()) {
			ApplicationMain.stop(this.args, ApplicationProperties.of(environment, WhichRun.reasonNotToTrust()));
		}
	}

	/**
	 * Not reached with Spring Boot 4. An earlier one does not call the method above,
	 * whose parameter had another type, and would start the application in place of the
	 * command.
	 */
	@Override
	public void contextPrepared(ConfigurableApplicationContext context) {
		if (CommandMode.isOn()) {
			ApplicationMain.stop(this.args,
					ApplicationProperties.of(context.getEnvironment(), WhichRun.reasonNotToTrust()));
		}
	}

	@Override
	public void failed(@Nullable ConfigurableApplicationContext context, Throwable exception) {
		if (CommandMode.isOn() && context == null) {
			ApplicationMain.stop(this.args, ApplicationProperties.unreadable(exception));
		}
	}

}
