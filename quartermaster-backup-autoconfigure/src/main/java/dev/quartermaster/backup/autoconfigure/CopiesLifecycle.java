/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.time.Duration;

import dev.quartermaster.backup.copies.Copies;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;

/**
 * The {@link SmartLifecycle} of the copies elsewhere: they begin when all beans are made,
 * before runners do their work, which may be all that an application does, and come to
 * their end when nothing else is at work any more, while the clients of object stores are
 * still there. Not in a test, whose databases are none to keep.
 */
final class CopiesLifecycle implements SmartLifecycle, EnvironmentAware {

	/**
	 * Less than what Docker waits before it kills: there is more to stop than this.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final ObjectProvider<Copies> copies;

	private final ListableBeanFactory beans;

	private boolean test;

	private @Nullable Copies running;

	/**
	 * Create a new instance. Nothing is looked up yet.
	 * @param copies the copies, if there are any
	 * @param beans the beans of the application
	 */
	CopiesLifecycle(ObjectProvider<Copies> copies, ListableBeanFactory beans) {
		this.copies = copies;
		this.beans = beans;
	}

	@Override
	public void setEnvironment(Environment environment) {
		this.test = EnvironmentCheckListener.isTest(environment);
	}

	@Override
	public synchronized void start() {
		Copies available = this.test ? null : this.copies.getIfAvailable();
		if (available != null && this.running == null) {
			this.running = available;
			if (available.usesObjectStore()) {
				SpooledCopies.warn(this.beans);
			}
			available.start();
		}
	}

	@Override
	public synchronized void stop() {
		Copies stopped = this.running;
		if (stopped != null) {
			this.running = null;
			stopped.stop(PATIENCE);
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running != null;
	}

	/**
	 * Started before all else, in the background, and stopped after it: until then there
	 * may be snapshots.
	 */
	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

}
