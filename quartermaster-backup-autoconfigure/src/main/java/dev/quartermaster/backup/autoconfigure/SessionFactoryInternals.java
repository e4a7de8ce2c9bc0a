/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.lang.reflect.Field;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.orm.jpa.hibernate.LocalSessionFactoryBean;
import org.springframework.util.ReflectionUtils;

/**
 * The parts of a {@link LocalSessionFactoryBean} for which there are only setters, and
 * the hints with which they are found in a native image, too.
 */
final class SessionFactoryInternals implements RuntimeHintsRegistrar {

	private static final String DATA_SOURCE = "dataSource";

	private static final String BOOTSTRAP_EXECUTOR = "bootstrapExecutor";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection()
			.registerType(LocalSessionFactoryBean.class,
					(type) -> type.withField(DATA_SOURCE).withField(BOOTSTRAP_EXECUTOR));
	}

	static @Nullable Object dataSource(LocalSessionFactoryBean bean) {
		return valueOf(DATA_SOURCE, bean);
	}

	static @Nullable Object bootstrapExecutor(LocalSessionFactoryBean bean) {
		return valueOf(BOOTSTRAP_EXECUTOR, bean);
	}

	private static @Nullable Object valueOf(String name, LocalSessionFactoryBean bean) {
		Field field = ReflectionUtils.findField(LocalSessionFactoryBean.class, name);
		if (field == null) {
			return null;
		}
		ReflectionUtils.makeAccessible(field);
		return ReflectionUtils.getField(field, bean);
	}

}
