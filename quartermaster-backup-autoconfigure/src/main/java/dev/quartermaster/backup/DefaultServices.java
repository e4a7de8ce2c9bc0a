/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import javax.sql.DataSource;

/**
 * The services of those data sources of an application for which it does not define one:
 * one for each, as long as the application has the data source.
 */
final class DefaultServices {

	private final Map<DataSource, SqliteBackupService> services = new IdentityHashMap<>();

	private final Function<DataSource, SqliteBackupService> factory;

	/**
	 * Create a new instance.
	 * @param factory makes the service of a data source
	 */
	DefaultServices(Function<DataSource, SqliteBackupService> factory) {
		this.factory = factory;
	}

	/**
	 * Return the service of a data source, which is made unless there is one.
	 */
	synchronized SqliteBackupService of(DataSource dataSource) {
		return this.services.computeIfAbsent(dataSource, this.factory);
	}

	/**
	 * Return the service of a data source if there is one.
	 */
	synchronized Optional<SqliteBackupService> existing(DataSource dataSource) {
		return Optional.ofNullable(this.services.get(dataSource));
	}

	synchronized boolean contains(SqliteBackupService service) {
		return this.services.containsValue(service);
	}

	/**
	 * Forget the services of all other data sources. Those of a router may be other ones
	 * with every tenant that comes or goes.
	 * @param dataSources those that the application has
	 * @param defined the services that it has defined, which are kept in any case
	 */
	synchronized void retain(Collection<DataSource> dataSources, Collection<SqliteBackupService> defined) {
		Set<DataSource> current = Collections.newSetFromMap(new IdentityHashMap<>());
		current.addAll(dataSources);
		this.services.entrySet()
			.removeIf((entry) -> !current.contains(entry.getKey()) && !defined.contains(entry.getValue()));
	}

}
