/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.sql.init.dependency.DatabaseInitializerDetector;
import org.springframework.context.ApplicationContext;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.util.ClassUtils;

/**
 * The end of a rehearsal: where all beans are there, and before the first of them is
 * started that serves or schedules anything. The process ends at once, so that nothing is
 * undone, closed or reported on that this application has not begun.
 */
final class RehearsalEnd implements LifecycleProcessor {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final String DETECTOR = "org.springframework.boot.sql.init.dependency.DatabaseInitializerDetector";

	private final ConfigurableListableBeanFactory beanFactory;

	private final ApplicationContext context;

	private final RehearsalHandover handover;

	private RehearsalEnd(ConfigurableListableBeanFactory beanFactory, ApplicationContext context,
			RehearsalHandover handover) {
		this.beanFactory = beanFactory;
		this.context = context;
		this.handover = handover;
	}

	/**
	 * Put it in place of what would start the beans of an application.
	 */
	static void putInto(ConfigurableListableBeanFactory beanFactory, ApplicationContext context,
			RehearsalHandover handover) {
		beanFactory.registerSingleton(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME,
				new RehearsalEnd(beanFactory, context, handover));
	}

	/**
	 * End this process when that of the command does, and remove what is left of both.
	 */
	static void whenCommandEnds(RehearsalHandover handover) {
		ProcessHandle.of(handover.command())
			.ifPresentOrElse((command) -> command.onExit().thenRun(() -> abandon(handover)), () -> abandon(handover));
	}

	/**
	 * End this process when it has said why it failed, also if threads are left that
	 * would keep it.
	 */
	static void afterFailure() {
		Thread end = new Thread(() -> {
			try {
				Thread.sleep(PATIENCE.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			halt(1);
		}, "end of rehearsal");
		end.setDaemon(true);
		end.start();
	}

	private static void halt(int status) {
		// Nobody else would end them.
		ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
		Runtime.getRuntime().halt(status);
	}

	private static void abandon(RehearsalHandover handover) {
		ScratchDirectory.remove(handover.scratch());
		halt(1);
	}

	@Override
	public void onRefresh() {
		if (ClassUtils.isPresent(DETECTOR, this.beanFactory.getBeanClassLoader())) {
			Initializers.make(this.beanFactory, this.context.getEnvironment());
		}
		try {
			Files.createFile(this.handover.ready());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		System.out.flush();
		System.err.flush();
		halt(0);
	}

	@Override
	public void onClose() {
	}

	@Override
	public void start() {
	}

	@Override
	public void stop() {
	}

	@Override
	public boolean isRunning() {
		return false;
	}

	/**
	 * The initializers of databases that are lazy, and would change them later.
	 */
	private static final class Initializers {

		static void make(ConfigurableListableBeanFactory beanFactory, Environment environment) {
			Set<String> names = new LinkedHashSet<>();
			for (DatabaseInitializerDetector detector : SpringFactoriesLoader
				.forDefaultResourceLocation(beanFactory.getBeanClassLoader())
				.load(DatabaseInitializerDetector.class, ArgumentResolver.of(Environment.class, environment),
						(type, name, failure) -> {
						})) {
				names.addAll(detector.detect(beanFactory));
			}
			names.stream()
				.filter((name) -> beanFactory.containsBeanDefinition(name)
						&& beanFactory.getBeanDefinition(name).isLazyInit()
						&& beanFactory.getBeanDefinition(name).isSingleton())
				.forEach(beanFactory::getBean);
		}

	}

}
