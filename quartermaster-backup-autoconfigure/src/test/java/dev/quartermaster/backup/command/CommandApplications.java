/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Applications whose {@code main} does more than to run them. Each leaves a file behind
 * when it comes further than to its environment.
 */
final class CommandApplications {

	static final Path TRACE = Path.of("came-further");

	private CommandApplications() {
	}

	private static void trace() {
		try {
			Files.writeString(TRACE, "");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Context {

		@Bean
		Object tracer() {
			trace();
			return new Object();
		}

	}

	static final class OfBuilderProfile {

		public static void main(String[] args) {
			new SpringApplicationBuilder(Context.class).web(WebApplicationType.NONE).profiles("prod").run(args);
			trace();
		}

	}

	static final class OfConfigName {

		public static void main(String[] args) {
			System.setProperty("spring.config.name", "shop");
			System.out.println("Noise of the application");
			SpringApplication application = new SpringApplication(Context.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			application.setDefaultProperties(Map.of("quartermaster.backup.dir", "kept"));
			// Hands nothing on.
			application.run();
			trace();
		}

	}

	static final class SwallowingExceptions {

		public static void main(String[] args) {
			System.setProperty("spring.main.web-application-type", "none");
			for (int i = 0; i < 2; i++) {
				try {
					SpringApplication.run(Context.class, args);
				}
				catch (Throwable ex) {
					// As some do.
				}
				finally {
					trace();
				}
			}
		}

	}

	static final class WithParent {

		public static void main(String[] args) {
			new SpringApplicationBuilder(Context.class).web(WebApplicationType.NONE)
				.child(Context.class)
				.profiles("prod")
				.run(args);
			trace();
		}

	}

	static final class RunningAnotherBefore {

		public static void main(String[] args) {
			SpringApplication application = new SpringApplication(Context.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			application.addListeners((ApplicationEnvironmentPreparedEvent event) -> {
				new SpringApplicationBuilder(Context.class).web(WebApplicationType.NONE).run();
				trace();
			});
			application.run(args);
			trace();
		}

	}

	static final class WithoutSpring {

		public static void main(String[] args) {
			System.out.println("Noise of the application");
		}

	}

	static final class EndingTheProcess {

		public static void main(String[] args) {
			System.exit(0);
		}

	}

}
