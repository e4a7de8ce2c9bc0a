/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * Something that is done if this process is interrupted, until this is closed.
 */
final class ProcessEnd implements AutoCloseable {

	private final List<Runnable> tasks = new CopyOnWriteArrayList<>();

	private final Thread hook = new Thread(() -> this.tasks.forEach(Runnable::run), "end of this process");

	ProcessEnd() {
		Runtime.getRuntime().addShutdownHook(this.hook);
	}

	/**
	 * Add what is to be done then, on another thread.
	 */
	void add(Runnable task) {
		this.tasks.add(task);
	}

	/**
	 * Nothing of it is needed any more. If the process is ending already, this never
	 * returns: nothing more is to be said.
	 */
	@Override
	public void close() {
		try {
			Runtime.getRuntime().removeShutdownHook(this.hook);
		}
		catch (IllegalStateException ex) {
			// This process is ending.
			await();
		}
	}

	/**
	 * Wait for the end of this process.
	 */
	static void await() {
		try {
			new CountDownLatch(1).await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
