/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.liquibase;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.util.List;

import liquibase.Liquibase;
import liquibase.integration.spring.SpringLiquibase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/**
 * The parts of a {@link SpringLiquibase} that it keeps to itself, and the hints with
 * which they are found in a native image, too.
 */
public final class SpringLiquibaseInternals implements RuntimeHintsRegistrar {

	private static final Logger logger = LoggerFactory.getLogger(SpringLiquibaseInternals.class);

	private static final String SHOULD_RUN = "shouldRun";

	private static final String CREATE_LIQUIBASE = "createLiquibase";

	/**
	 * Create a new instance. For Spring, which asks it for the hints.
	 */
	public SpringLiquibaseInternals() {
	}

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection()
			.registerType(SpringLiquibase.class, (type) -> type.withField(SHOULD_RUN)
				.withMethod(CREATE_LIQUIBASE, List.of(TypeReference.of(Connection.class)), ExecutableMode.INVOKE));
	}

	/**
	 * Return whether a Liquibase is to run, for which there is only a setter.
	 * @return {@code true} as well if that cannot be determined
	 */
	static boolean mayRun(SpringLiquibase liquibase) {
		try {
			Field field = SpringLiquibase.class.getDeclaredField(SHOULD_RUN);
			field.setAccessible(true);
			return !Boolean.FALSE.equals(field.get(liquibase));
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			logger.debug("It could not be determined whether Liquibase will run", ex);
			return true;
		}
	}

	/**
	 * Create what a Liquibase runs, since nothing else knows the parameters of its change
	 * log.
	 */
	static Liquibase create(SpringLiquibase liquibase, Connection connection) throws ReflectiveOperationException {
		Method method = SpringLiquibase.class.getDeclaredMethod(CREATE_LIQUIBASE, Connection.class);
		method.setAccessible(true);
		return (Liquibase) method.invoke(liquibase, connection);
	}

}
