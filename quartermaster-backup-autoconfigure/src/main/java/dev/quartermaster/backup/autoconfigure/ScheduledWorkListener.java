/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * An {@link ApplicationListener} that puts all {@link ScheduledWork} on a schedule when
 * the application has started, with the scheduler that {@code @Scheduled} methods would
 * have, or one of its own if there is none. That only begins the work, which may take
 * long: it is done on a thread of its own, so that nothing else that is scheduled waits
 * for it, nor does anybody when the application stops. The same work is never done twice
 * at once.
 */
final class ScheduledWorkListener
		implements ApplicationListener<ApplicationReadyEvent>, ApplicationContextAware, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(ScheduledWorkListener.class);

	private static final String DEFAULT_SCHEDULER = "taskScheduler";

	private final ObjectProvider<ScheduledWork> works;

	private final List<ScheduledFuture<?>> scheduled = new ArrayList<>();

	private final ExecutorService workers = Executors.newCachedThreadPool(threads());

	private @Nullable ApplicationContext context;

	private @Nullable ThreadPoolTaskScheduler own;

	ScheduledWorkListener(ObjectProvider<ScheduledWork> works) {
		this.works = works;
	}

	@Override
	public void setApplicationContext(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * Those of child contexts come here, too.
	 */
	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		ApplicationContext ready = event.getApplicationContext();
		if (ready == this.context && this.scheduled.isEmpty()) {
			this.works.orderedStream().forEach((work) -> schedule(work, ready));
		}
	}

	private void schedule(ScheduledWork work, ApplicationContext context) {
		Trigger trigger = work.trigger();
		if (trigger == null) {
			return;
		}
		ScheduledFuture<?> future = schedulerOf(context).schedule(exclusive(work), trigger);
		if (future == null) {
			logger.warn("The {} is never due: its schedule names no time that is yet to come.", work.name());
			return;
		}
		this.scheduled.add(future);
	}

	private Runnable exclusive(ScheduledWork work) {
		AtomicBoolean running = new AtomicBoolean();
		return () -> {
			if (!running.compareAndSet(false, true)) {
				logger.info("The {} is still running, and is left out this time.", work.name());
				return;
			}
			boolean begun = false;
			try {
				this.workers.execute(() -> run(work, running));
				begun = true;
			}
			catch (RejectedExecutionException ex) {
				logger.debug("The {} is not begun, since the application stops", work.name(), ex);
			}
			finally {
				// Also without memory for a thread, so that the next time is not left
				// out.
				if (!begun) {
					running.set(false);
				}
			}
		};
	}

	private static void run(ScheduledWork work, AtomicBoolean running) {
		try {
			work.work().run();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("The {} failed unexpectedly. This is a bug in Quartermaster Backup. Please report it.",
					work.name(), Secrets.mask(ex));
		}
		finally {
			running.set(false);
		}
	}

	private TaskScheduler schedulerOf(ApplicationContext context) {
		TaskScheduler only = context.getBeanProvider(TaskScheduler.class).getIfUnique();
		if (only != null) {
			return only;
		}
		if (context.containsBean(DEFAULT_SCHEDULER) && context.isTypeMatch(DEFAULT_SCHEDULER, TaskScheduler.class)) {
			return context.getBean(DEFAULT_SCHEDULER, TaskScheduler.class);
		}
		ThreadPoolTaskScheduler existing = this.own;
		if (existing == null) {
			existing = create();
			this.own = existing;
		}
		return existing;
	}

	private static CustomizableThreadFactory threads() {
		CustomizableThreadFactory threads = new CustomizableThreadFactory("quartermaster-scheduled-work-");
		threads.setDaemon(true);
		return threads;
	}

	private static ThreadPoolTaskScheduler create() {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setThreadNamePrefix("quartermaster-schedule-");
		scheduler.setDaemon(true);
		scheduler.setRemoveOnCancelPolicy(true);
		scheduler.initialize();
		return scheduler;
	}

	/**
	 * What is at work is told to end, and nobody waits for it: a snapshot that is being
	 * made never gets its name, and the next one removes what is left.
	 */
	@Override
	public void destroy() {
		this.scheduled.forEach((future) -> future.cancel(false));
		this.workers.shutdownNow();
		ThreadPoolTaskScheduler existing = this.own;
		if (existing != null) {
			existing.shutdown();
		}
	}

}
