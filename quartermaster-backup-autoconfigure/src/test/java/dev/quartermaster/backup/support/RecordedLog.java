/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.util.List;
import java.util.regex.Pattern;

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

	/**
	 * The connection pool and the server, which warn of a machine that is slow.
	 */
	private static final Pattern WATCHING_THE_CLOCK = Pattern.compile("com\\.zaxxer\\.hikari\\..*|org\\.apache\\..*");

	private static final String SUMMARY = "Guarded against changes of the schema: ";

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
	 * Return what we said, at the level of information and above, but for the summary of
	 * what is guarded.
	 */
	public List<ILoggingEvent> ours() {
		return events().stream()
			.filter((event) -> event.getLoggerName().startsWith(OURS) && event.getLevel().isGreaterOrEqual(Level.INFO)
					&& !event.getFormattedMessage().startsWith(SUMMARY))
			.toList();
	}

	/**
	 * Return what we said is guarded, without the introduction.
	 */
	public List<String> guarded() {
		return events().stream()
			.map(ILoggingEvent::getFormattedMessage)
			.filter((message) -> message.startsWith(SUMMARY))
			.map((message) -> message.substring(SUMMARY.length()))
			.toList();
	}

	/**
	 * Return all warnings and errors, whoever they are from, but for those that depend on
	 * how busy the machine is.
	 */
	public List<ILoggingEvent> warnings() {
		return events().stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN)
					&& !WATCHING_THE_CLOCK.matcher(event.getLoggerName()).matches())
			.toList();
	}

	/**
	 * Return everything, whoever it is from.
	 */
	public List<ILoggingEvent> all() {
		return events();
	}

	private List<ILoggingEvent> events() {
		return List.copyOf(this.appender.list);
	}

}
