/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.SqliteBackupService;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What migrates the databases of an application.
 *
 * @param all gives all of it
 * @param backups gives the service of the database behind a data source
 */
record ApplicationFlyways(Supplier<Stream<Flyway>> all, Function<DataSource, SqliteBackupService> backups) {

	private static final Logger logger = LoggerFactory.getLogger(ApplicationFlyways.class);

	/**
	 * Return what migrates one database.
	 * @param database the file of the database
	 */
	Stream<Flyway> of(Path database) {
		return this.all.get().filter((flyway) -> isOf(flyway, database));
	}

	private boolean isOf(Flyway flyway, Path database) {
		DataSource dataSource = flyway.getConfiguration().getDataSource();
		try {
			return dataSource != null && this.backups.apply(dataSource).isOf(database);
		}
		catch (BackupException ex) {
			logger.debug("This Flyway is of another database", ex);
			return false;
		}
	}

}
