/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.util.List;

/**
 * The threads of this process that run under a name of ours.
 */
public final class RunningThreads {

	private static final int PATIENCE = 60_000;

	private RunningThreads() {
	}

	public static List<Thread> named(String prefix) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(prefix))
			.toList();
	}

	public static void awaitEndOf(List<Thread> threads) {
		for (Thread thread : threads) {
			try {
				thread.join(PATIENCE);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			if (thread.isAlive()) {
				throw new AssertionError(thread.getName() + " has not ended");
			}
		}
	}

}
