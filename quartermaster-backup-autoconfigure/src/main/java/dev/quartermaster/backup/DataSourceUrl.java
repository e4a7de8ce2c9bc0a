/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * The URL that a data source is configured with, where it shows one. Pools have no type
 * in common for that, but nearly all have one of two getters. What stands before a pool
 * has neither, but mostly shows what it stands before.
 */
final class DataSourceUrl {

	private static final String[] GETTERS = { "getJdbcUrl", "getUrl" };

	private static final String TARGET_GETTER = "getTargetDataSource";

	/**
	 * More than anybody stacks, so that a circle comes to an end.
	 */
	private static final int MAX_DEPTH = 8;

	private DataSourceUrl() {
	}

	/**
	 * Return the URL of a data source, or of the one that it decorates. Nothing is
	 * opened.
	 * @param dataSource the data source
	 * @return the URL, or {@code null} if the data source does not show one
	 */
	static @Nullable String of(DataSource dataSource) {
		return shown(dataSource, String.class, GETTERS).stream().findFirst().orElse(null);
	}

	/**
	 * Return what the getters of a data source answer, and then those of the ones that it
	 * decorates. Nothing is opened.
	 * @param type of which type an answer has to be
	 * @param getters the names of the getters
	 */
	static <T> List<T> shown(DataSource dataSource, Class<T> type, String... getters) {
		List<T> shown = new ArrayList<>();
		DataSource current = dataSource;
		for (int depth = 0; current != null && depth < MAX_DEPTH; depth++) {
			for (String getter : getters) {
				Object value = get(current, getter);
				if (type.isInstance(value)) {
					shown.add(type.cast(value));
				}
			}
			current = behind(current);
		}
		return shown;
	}

	private static @Nullable DataSource behind(DataSource dataSource) {
		if (get(dataSource, TARGET_GETTER) instanceof DataSource target) {
			return target;
		}
		try {
			// Most answer with themselves; a proxy passes the question on. Nobody needs a
			// connection to tell of another data source.
			if (dataSource.isWrapperFor(DataSource.class)) {
				DataSource target = dataSource.unwrap(DataSource.class);
				return (target != dataSource) ? target : null;
			}
		}
		catch (SQLException | RuntimeException ex) {
			// It stands before nothing, or not yet.
		}
		return null;
	}

	private static @Nullable Object get(DataSource dataSource, String getter) {
		try {
			return dataSource.getClass().getMethod(getter).invoke(dataSource);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			// It has no such getter, or not for us.
			return null;
		}
	}

}
