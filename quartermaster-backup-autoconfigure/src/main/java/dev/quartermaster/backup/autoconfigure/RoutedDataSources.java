/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import javax.sql.DataSource;

import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/**
 * The data sources behind one that chooses another for each connection. They need not be
 * beans.
 */
final class RoutedDataSources {

	private static final Logger logger = LoggerFactory.getLogger(RoutedDataSources.class);

	private static final boolean PRESENT = ClassUtils.isPresent(
			"org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource",
			RoutedDataSources.class.getClassLoader());

	/**
	 * More than anybody stacks, so that a circle comes to an end.
	 */
	private static final int MAX_DEPTH = 8;

	private RoutedDataSources() {
	}

	/**
	 * Return the data sources that one chooses from.
	 * @param dataSource the data source
	 * @return those that it chooses from, by their keys; empty if it does not choose
	 */
	static Map<String, DataSource> of(DataSource dataSource) {
		Map<String, DataSource> targets = new LinkedHashMap<>();
		if (PRESENT) {
			Spring.collect(dataSource, "", targets, 0);
		}
		return targets;
	}

	/**
	 * Return whether a data source chooses from others and has none for those who do not
	 * say which.
	 */
	static boolean isWithoutDefault(DataSource dataSource) {
		return PRESENT && Spring.isWithoutDefault(dataSource);
	}

	/**
	 * What needs the classes of Spring's module for JDBC.
	 */
	private static final class Spring {

		static void collect(DataSource dataSource, String prefix, Map<String, DataSource> targets, int depth) {
			AbstractRoutingDataSource router = router(dataSource);
			if (router == null || depth == MAX_DEPTH) {
				return;
			}
			try {
				Map<Object, DataSource> chosen = router.getResolvedDataSources();
				chosen.forEach((key, target) -> add(prefix + key, target, targets, depth));
				DataSource standard = router.getResolvedDefaultDataSource();
				if (standard != null && !targets.containsValue(standard) && !chosen.containsValue(standard)) {
					add(prefix + "default", standard, targets, depth);
				}
			}
			catch (RuntimeException ex) {
				logger.debug("The data sources that {} chooses from could not be determined yet",
						dataSource.getClass().getName(), Secrets.mask(ex));
			}
		}

		private static void add(String name, DataSource target, Map<String, DataSource> targets, int depth) {
			if (router(target) == null) {
				targets.put(name, target);
			}
			collect(target, name + ".", targets, depth + 1);
		}

		static boolean isWithoutDefault(DataSource dataSource) {
			AbstractRoutingDataSource router = router(dataSource);
			return router != null && router.getResolvedDefaultDataSource() == null;
		}

		private static @Nullable AbstractRoutingDataSource router(DataSource dataSource) {
			@Nullable DataSource current = dataSource;
			for (int depth = 0; depth < MAX_DEPTH && current instanceof DelegatingDataSource proxy; depth++) {
				current = proxy.getTargetDataSource();
			}
			return (current instanceof AbstractRoutingDataSource router) ? router : null;
		}

	}

}
