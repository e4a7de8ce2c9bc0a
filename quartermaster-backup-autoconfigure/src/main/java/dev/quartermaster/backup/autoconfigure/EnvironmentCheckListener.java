/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.time.Duration;

import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.environment.EnvironmentCheck;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/**
 * An {@link ApplicationListener} that checks the environment in the background when the
 * application has started. Not in a test, which has nothing to lose.
 */
final class EnvironmentCheckListener
		implements ApplicationListener<ApplicationReadyEvent>, ApplicationContextAware, DisposableBean {

	/**
	 * The property by which Spring Boot tells the context of a {@code @SpringBootTest}
	 * from others.
	 */
	private static final String TEST = "org.springframework.boot.test.context.SpringBootTestContextBootstrapper";

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final boolean enabled;

	private final ObjectProvider<SqliteBackupRegistry> services;

	private @Nullable ApplicationContext context;

	private volatile @Nullable Thread checking;

	/**
	 * Create a new instance.
	 * @param enabled whether to check anything
	 * @param services the databases of the application
	 */
	EnvironmentCheckListener(boolean enabled, ObjectProvider<SqliteBackupRegistry> services) {
		this.enabled = enabled;
		this.services = services;
	}

	@Override
	public void setApplicationContext(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (isReasonToLook(event)) {
			this.services.ifAvailable(this::checkInBackground);
		}
	}

	/**
	 * Return whether an event is the one after which to check. Those of child contexts
	 * come here, too.
	 */
	boolean isReasonToLook(ApplicationReadyEvent event) {
		ApplicationContext ready = event.getApplicationContext();
		return this.enabled && ready == this.context && !isTest(ready.getEnvironment());
	}

	/**
	 * Return whether an environment is that of a test, whose databases nobody misses.
	 */
	static boolean isTest(Environment environment) {
		return "true".equals(environment.getProperty(TEST));
	}

	private void checkInBackground(SqliteBackupRegistry services) {
		Thread thread = new Thread(() -> new EnvironmentCheck(services).run(), "quartermaster-environment");
		thread.setDaemon(true);
		thread.start();
		this.checking = thread;
	}

	/**
	 * Let it come to its end, which takes no time unless a file system does not answer:
	 * its classes may be gone with the application.
	 */
	@Override
	public void destroy() throws InterruptedException {
		Thread thread = this.checking;
		if (thread != null) {
			thread.join(PATIENCE.toMillis());
		}
	}

}
