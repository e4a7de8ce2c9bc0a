/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.sqlite.SQLiteConfig;

/**
 * The settings of a connection pool that tell how it opens its connections. As with
 * {@link DataSourceUrl}, pools have no type in common for that, but getters.
 */
final class PoolSettings {

	private static final String[] SIZES = { "getMaximumPoolSize", "getMaxActive", "getMaxTotal", "getMaxPoolSize" };

	private static final String[] STATEMENTS = { "getConnectionInitSql", "getInitSQL", "getConnectionInitSqls" };

	private static final String[] PROPERTIES = { "getDataSourceProperties", "getDbProperties", "getConfig" };

	/**
	 * What answers with something as soon as there are connections.
	 */
	private static final String[] POOLS = { "getHikariPoolMXBean", "getPool" };

	private PoolSettings() {
	}

	/**
	 * Return whether a pool has been filled already, as one may be when it is made.
	 */
	static boolean isFilled(DataSource dataSource) {
		return !DataSourceUrl.shown(dataSource, Object.class, POOLS).isEmpty();
	}

	/**
	 * Return whether a pool has one connection at most, so that whoever has it keeps all
	 * others from using the database.
	 */
	static boolean isOfOne(DataSource dataSource) {
		return DataSourceUrl.shown(dataSource, Integer.class, SIZES).stream().anyMatch((size) -> size == 1);
	}

	/**
	 * Return the SQL that each new connection of the pool begins with, as it is run: one
	 * text at a time.
	 */
	static List<String> statements(DataSource dataSource) {
		return DataSourceUrl.shown(dataSource, Object.class, STATEMENTS)
			.stream()
			.flatMap((statements) -> (statements instanceof Collection<?> several) ? several.stream()
					: Stream.of(statements))
			.filter(String.class::isInstance)
			.map(String.class::cast)
			.filter((sql) -> !sql.isBlank())
			.toList();
	}

	/**
	 * Return what the pool tells its connections about opening the file. The URL is not
	 * looked at.
	 */
	static FileAccess access(DataSource dataSource) {
		FileAccess access = FileAccess.STANDARD;
		for (String sql : statements(dataSource)) {
			access = access.and(FileAccess.ofStatements(sql));
		}
		for (Object properties : DataSourceUrl.shown(dataSource, Object.class, PROPERTIES)) {
			if (properties instanceof Map<?, ?> map) {
				access = access.and(FileAccess.ofProperties(map));
			}
			else if (properties instanceof SQLiteConfig config) {
				access = access.and(FileAccess.ofProperties(config.toProperties()));
			}
		}
		return access;
	}

}
