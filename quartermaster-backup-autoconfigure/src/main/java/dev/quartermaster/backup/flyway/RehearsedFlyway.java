/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.util.Arrays;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.configuration.Configuration;

/**
 * A {@link Flyway} for rehearsals: the same as the application's in all but its data
 * source, and without the callback that takes snapshots, which a copy needs none of.
 */
final class RehearsedFlyway {

	private RehearsedFlyway() {
	}

	/**
	 * Return a Flyway that migrates a copy.
	 * @param flyway the one that migrates the database itself
	 * @param copy the data source of the copy
	 */
	static Flyway of(Flyway flyway, DataSource copy) {
		Configuration configuration = flyway.getConfiguration();
		return Flyway.configure(configuration.getClassLoader())
			.configuration(configuration)
			.dataSource(copy)
			.callbacks(Arrays.stream(configuration.getCallbacks())
				.filter((callback) -> !(callback instanceof BackupCallback))
				.toArray(Callback[]::new))
			.load();
	}

}
