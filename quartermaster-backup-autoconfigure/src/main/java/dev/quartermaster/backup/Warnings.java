/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.MessageFormatter;

/**
 * The warnings of backups and restores. They go to the log at once, and to the listener
 * of the one that is under way on the thread when that has ended: in between the database
 * may be locked, or SQLite's native code be waiting.
 */
final class Warnings {

	private static final Logger logger = LoggerFactory.getLogger(Warnings.class);

	private static final ThreadLocal<@Nullable List<String>> HEARD = new ThreadLocal<>();

	private Warnings() {
	}

	/**
	 * Do something whose warnings a listener hears afterwards.
	 */
	static <T> T heardBy(BackupListener listener, Supplier<T> work) {
		List<String> outer = HEARD.get();
		List<String> heard = new ArrayList<>();
		HEARD.set(heard);
		try {
			return work.get();
		}
		finally {
			if (outer != null) {
				HEARD.set(outer);
			}
			else {
				HEARD.remove();
			}
			heard.forEach((message) -> deliver(listener, message));
		}
	}

	private static void deliver(BackupListener listener, String message) {
		try {
			listener.onWarning(message);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("A backup listener failed. The backup itself is not affected.", Secrets.mask(ex));
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
		List<String> heard = HEARD.get();
		if (heard != null) {
			heard.add(MessageFormatter.basicArrayFormat(format, arguments));
		}
	}

}
