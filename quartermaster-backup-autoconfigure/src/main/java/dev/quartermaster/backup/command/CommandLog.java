/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.function.Consumer;

import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPLogger;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

import org.springframework.boot.logging.LoggingSystem;

/**
 * The log of the command, in place of the application's: warnings of the core are
 * sentences for whoever typed the command, and all the rest is noise.
 */
public final class CommandLog implements SLF4JServiceProvider, ILoggerFactory {

	private static final String CORE = SqliteBackupService.class.getPackageName() + ".";

	private static volatile Consumer<String> reader = System.err::println;

	private final Logger warnings = new Warnings();

	private final IMarkerFactory markers = new BasicMarkerFactory();

	private final MDCAdapter contexts = new NOPMDCAdapter();

	/**
	 * Create a new instance. For SLF4J, which looks for this class by its name.
	 */
	public CommandLog() {
	}

	/**
	 * Log like this from now on, or not at all if something has been logged otherwise
	 * before.
	 */
	static void install() {
		System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, CommandLog.class.getName());
		// Or SLF4J says that it was told so.
		System.setProperty("slf4j.internal.verbosity", Level.WARN.name());
		// As Commons Logging would find out by trying first what else there is.
		System.setProperty("org.apache.commons.logging.LogFactory", "org.apache.commons.logging.impl.Slf4jLogFactory");
		if (!(LoggerFactory.getILoggerFactory() instanceof CommandLog)) {
			LoggingSystem.get(CommandLog.class.getClassLoader()).beforeInitialize();
		}
	}

	/**
	 * Hand warnings to somebody.
	 */
	static void readBy(Consumer<String> reader) {
		CommandLog.reader = reader;
	}

	@Override
	public Logger getLogger(String name) {
		return name.startsWith(CORE) ? this.warnings : NOPLogger.NOP_LOGGER;
	}

	@Override
	public ILoggerFactory getLoggerFactory() {
		return this;
	}

	@Override
	public IMarkerFactory getMarkerFactory() {
		return this.markers;
	}

	@Override
	public MDCAdapter getMDCAdapter() {
		return this.contexts;
	}

	@Override
	public String getRequestedApiVersion() {
		return "2.0.99";
	}

	@Override
	public void initialize() {
	}

	private static final class Warnings extends LegacyAbstractLogger {

		Warnings() {
			this.name = CORE;
		}

		@Override
		public boolean isTraceEnabled() {
			return false;
		}

		@Override
		public boolean isDebugEnabled() {
			return false;
		}

		@Override
		public boolean isInfoEnabled() {
			return false;
		}

		@Override
		public boolean isWarnEnabled() {
			return true;
		}

		@Override
		public boolean isErrorEnabled() {
			return true;
		}

		@Override
		protected @Nullable String getFullyQualifiedCallerName() {
			return null;
		}

		@Override
		protected void handleNormalizedLoggingCall(Level level, @Nullable Marker marker, String message,
				@Nullable Object @Nullable [] arguments, @Nullable Throwable failure) {
			reader.accept(MessageFormatter.basicArrayFormat(message, arguments));
		}

	}

}
