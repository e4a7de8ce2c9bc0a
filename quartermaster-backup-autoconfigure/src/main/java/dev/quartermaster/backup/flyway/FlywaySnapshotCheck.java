/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.RestoredSnapshot;
import dev.quartermaster.backup.SnapshotCheck;
import dev.quartermaster.backup.SqliteBackupService;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.ValidateResult;
import org.flywaydb.core.api.pattern.ValidatePattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link SnapshotCheck} by Flyway's {@code validate}: whether the migrations that were
 * applied to a snapshot are those that the application has. What it has besides is
 * applied when the application starts with it.
 */
public final class FlywaySnapshotCheck implements SnapshotCheck {

	private static final Logger logger = LoggerFactory.getLogger(FlywaySnapshotCheck.class);

	private static final ValidatePattern PENDING = ValidatePattern.fromPattern("*:pending");

	private final Supplier<Stream<Flyway>> flyways;

	private final Function<DataSource, SqliteBackupService> backups;

	/**
	 * Create a new instance.
	 * @param flyways gives what migrates the databases of the application
	 * @param backups gives the service of the database behind a data source
	 */
	public FlywaySnapshotCheck(Supplier<Stream<Flyway>> flyways, Function<DataSource, SqliteBackupService> backups) {
		this.flyways = flyways;
		this.backups = backups;
	}

	@Override
	public void check(RestoredSnapshot restored) {
		this.flyways.get()
			.filter((flyway) -> isOf(flyway, restored))
			.forEach((flyway) -> validate(flyway, restored.dataSource()));
	}

	private boolean isOf(Flyway flyway, RestoredSnapshot restored) {
		DataSource dataSource = flyway.getConfiguration().getDataSource();
		try {
			return dataSource != null && this.backups.apply(dataSource).database().equals(restored.database());
		}
		catch (BackupException ex) {
			logger.debug("This Flyway is of another database", ex);
			return false;
		}
	}

	private static void validate(Flyway flyway, DataSource restored) {
		ValidatePattern[] ignored = Stream
			.concat(Stream.of(flyway.getConfiguration().getIgnoreMigrationPatterns()), Stream.of(PENDING))
			.toArray(ValidatePattern[]::new);
		ValidateResult result = NewerDatabase.apart(flyway)
			.dataSource(restored)
			.ignoreMigrationPatterns(ignored)
			.load()
			.validateWithResult();
		if (!result.validationSuccessful) {
			throw new FlywayException(result.getAllErrorMessages().strip().replaceAll("\\s*\\R\\s*", " "));
		}
	}

}
