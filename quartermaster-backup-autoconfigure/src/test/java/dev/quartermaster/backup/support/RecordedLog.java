/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * All that is logged during a test, with what a console does not tell apart: the level,
 * and whether there is a stack trace. To be registered as an extension.
 */
public final class RecordedLog implements BeforeEachCallback, AfterEachCallback {

	private static final String OURS = "dev.quartermaster.";

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	@Override
	public void beforeEach(ExtensionContext context) {
		this.appender.list.clear();
		this.appender.start();
		this.root.addAppender(this.appender);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		this.root.detachAppender(this.appender);
		this.appender.stop();
	}

	/**
	 * Return what we said, at the level of information and above.
	 */
	public List<ILoggingEvent> ours() {
		return events().stream()
			.filter((event) -> event.getLoggerName().startsWith(OURS) && event.getLevel().isGreaterOrEqual(Level.INFO))
			.toList();
	}

	/**
	 * Return all warnings and errors, whoever they are from.
	 */
	public List<ILoggingEvent> warnings() {
		return events().stream().filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN)).toList();
	}

	private List<ILoggingEvent> events() {
		return List.copyOf(this.appender.list);
	}

}
