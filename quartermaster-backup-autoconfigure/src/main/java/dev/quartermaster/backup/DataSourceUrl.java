/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * Reads the URL that a data source is configured with, where it shows it. Pools have no
 * type in common for that, but nearly all have one of two getters.
 */
final class DataSourceUrl {

	private static final String[] GETTERS = { "getJdbcUrl", "getUrl" };

	private DataSourceUrl() {
	}

	/**
	 * Return the URL of a data source. Nothing is opened.
	 * @param dataSource the data source
	 * @return the URL, or {@code null} if the data source does not show one
	 */
	static @Nullable String of(DataSource dataSource) {
		for (String getter : GETTERS) {
			try {
				if (dataSource.getClass().getMethod(getter).invoke(dataSource) instanceof String url) {
					return url;
				}
			}
			catch (ReflectiveOperationException | RuntimeException ex) {
				// It has no such getter, or not for us. A connection will tell.
			}
		}
		return null;
	}

}
