/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;

import javax.sql.DataSource;

import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.AbstractScriptDatabaseInitializer;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;
import org.springframework.util.ReflectionUtils;

/**
 * The parts of a {@link DataSourceScriptDatabaseInitializer} that it keeps to itself, and
 * the hints with which they are found in a native image, too.
 */
final class ScriptInitializerInternals implements RuntimeHintsRegistrar {

	private static final Logger logger = LoggerFactory.getLogger(ScriptInitializerInternals.class);

	private static final String SETTINGS = "settings";

	private static final String DATA_SOURCE = "getDataSource";

	private static final String EMBEDDED = "isEmbeddedDatabase";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection()
			.registerType(AbstractScriptDatabaseInitializer.class, (type) -> type.withField(SETTINGS))
			.registerType(DataSourceScriptDatabaseInitializer.class,
					(type) -> type.withMethod(DATA_SOURCE, List.of(), ExecutableMode.INVOKE)
						.withMethod(EMBEDDED, List.of(), ExecutableMode.INVOKE));
	}

	/**
	 * Return what an initializer was made with, or {@code null} if that cannot be
	 * determined.
	 */
	static @Nullable DatabaseInitializationSettings settings(DataSourceScriptDatabaseInitializer initializer) {
		try {
			Field field = AbstractScriptDatabaseInitializer.class.getDeclaredField(SETTINGS);
			ReflectionUtils.makeAccessible(field);
			return (field.get(initializer) instanceof DatabaseInitializationSettings settings) ? settings : null;
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			logger.debug("The settings of an initializer could not be determined", Secrets.mask(ex));
			return null;
		}
	}

	/**
	 * Return the data source of an initializer, or {@code null} if that cannot be
	 * determined.
	 */
	static @Nullable DataSource dataSource(DataSourceScriptDatabaseInitializer initializer) {
		return (call(initializer, DATA_SOURCE) instanceof DataSource dataSource) ? dataSource : null;
	}

	/**
	 * Return whether an initializer takes its database for an embedded one.
	 * @return {@code true} as well if that cannot be determined
	 */
	static boolean mayBeEmbedded(DataSourceScriptDatabaseInitializer initializer) {
		return !Boolean.FALSE.equals(call(initializer, EMBEDDED));
	}

	private static @Nullable Object call(DataSourceScriptDatabaseInitializer initializer, String name) {
		try {
			Method method = DataSourceScriptDatabaseInitializer.class.getDeclaredMethod(name);
			ReflectionUtils.makeAccessible(method);
			return method.invoke(initializer);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			logger.debug("The method {} of an initializer could not be called", name, Secrets.mask(ex));
			return null;
		}
	}

}
