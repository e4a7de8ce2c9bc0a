/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.MessageFormatter;

/**
 * The warnings of backups and restores. They go to the log, and to the listener of the
 * one that is under way on the thread.
 */
final class Warnings {

	private static final Logger logger = LoggerFactory.getLogger(Warnings.class);

	private static final ThreadLocal<BackupListener> LISTENER = ThreadLocal.withInitial(() -> BackupListener.NONE);

	private Warnings() {
	}

	/**
	 * Do something whose warnings a listener hears.
	 */
	static <T> T heardBy(BackupListener listener, Supplier<T> work) {
		BackupListener outer = LISTENER.get();
		LISTENER.set(listener);
		try {
			return work.get();
		}
		finally {
			if (outer == BackupListener.NONE) {
				LISTENER.remove();
			}
			else {
				LISTENER.set(outer);
			}
		}
	}

	/**
	 * Warn of something.
	 * @param log the log of whoever warns
	 * @param format the message, with a pair of braces for each argument
	 * @param arguments the arguments
	 */
	static void warn(Logger log, String format, @Nullable Object... arguments) {
		log.warn(format, arguments);
		try {
			LISTENER.get().onWarning(MessageFormatter.basicArrayFormat(format, arguments));
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("A backup listener failed. The backup itself is not affected.", Secrets.mask(ex));
		}
	}

}
