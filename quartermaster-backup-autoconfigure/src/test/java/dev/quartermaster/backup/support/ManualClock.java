/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A clock in nanoseconds that stands still unless it is set forward.
 */
public final class ManualClock implements LongSupplier {

	/**
	 * More often than anybody looks at it who does not wait.
	 */
	private static final int MANY = 20;

	private final AtomicLong nanos = new AtomicLong();

	private final Semaphore readings = new Semaphore(0);

	@Override
	public long getAsLong() {
		this.readings.release();
		return this.nanos.get();
	}

	public void advance(Duration time) {
		this.nanos.addAndGet(time.toNanos());
	}

	/**
	 * Return when somebody is waiting by this clock, who looks at it again and again.
	 */
	void awaitWaiting() {
		this.readings.drainPermits();
		try {
			if (!this.readings.tryAcquire(MANY, 1, TimeUnit.MINUTES)) {
				throw new IllegalStateException("Nobody is waiting");
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
