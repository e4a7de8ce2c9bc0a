/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.quartermaster.backup.RestoredSnapshot;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SnapshotCheck;
import dev.quartermaster.backup.SqliteBackupService;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreMigrationType;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
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

	private static final ValidatePattern MISSING = ValidatePattern.fromPattern("*:missing");

	private static final Set<MigrationState> MISSING_STATES = EnumSet.of(MigrationState.MISSING_SUCCESS,
			MigrationState.MISSING_FAILED);

	private final ApplicationFlyways flyways;

	private final boolean complete;

	/**
	 * Create a new instance.
	 * @param flyways gives what migrates the databases of the application
	 * @param backups gives the service of the database behind a data source
	 */
	public FlywaySnapshotCheck(Supplier<Stream<Flyway>> flyways, Function<DataSource, SqliteBackupService> backups) {
		this(new ApplicationFlyways(flyways, backups), true);
	}

	private FlywaySnapshotCheck(ApplicationFlyways flyways, boolean complete) {
		this.flyways = flyways;
		this.complete = complete;
	}

	/**
	 * Return a check by a Flyway that does not know the migrations which are beans of the
	 * application. If one in Java is missing, no other that is missing counts either, and
	 * if it cannot be asked, which is logged, the snapshot has not failed.
	 * @param flyway what has the locations of the application, and any data source
	 * @param backups the service of the database that it migrates
	 * @return the check
	 */
	public static FlywaySnapshotCheck withoutBeans(Flyway flyway, SqliteBackupService backups) {
		return new FlywaySnapshotCheck(new ApplicationFlyways(() -> Stream.of(flyway), (dataSource) -> backups), false);
	}

	@Override
	public void check(RestoredSnapshot restored) {
		this.flyways.of(restored.database()).forEach((flyway) -> validate(flyway, restored.dataSource()));
	}

	private void validate(Flyway flyway, DataSource restored) {
		ValidateResult result;
		try {
			result = ask(flyway, restored);
		}
		catch (RuntimeException | LinkageError ex) {
			if (this.complete) {
				throw ex;
			}
			// It may lack what beans of the application would give it.
			logger.warn("Flyway cannot be asked about the snapshot, so its validate is left out: {}",
					Secrets.mask(String.valueOf(ex.getMessage())));
			return;
		}
		if (!result.validationSuccessful) {
			throw new FlywayException(result.getAllErrorMessages().strip().replaceAll("\\s*\\R\\s*", " "));
		}
	}

	private ValidateResult ask(Flyway flyway, DataSource restored) {
		FluentConfiguration configuration = NewerDatabase.apart(flyway).dataSource(restored);
		Stream<ValidatePattern> ignored = Stream
			.concat(Stream.of(flyway.getConfiguration().getIgnoreMigrationPatterns()), Stream.of(PENDING));
		if (!this.complete && isMigrationInJavaMissing(configuration.load())) {
			ignored = Stream.concat(ignored, Stream.of(MISSING));
		}
		return configuration.ignoreMigrationPatterns(ignored.toArray(ValidatePattern[]::new))
			.load()
			.validateWithResult();
	}

	private static boolean isMigrationInJavaMissing(Flyway flyway) {
		return Arrays.stream(flyway.info().all())
			.anyMatch((migration) -> MISSING_STATES.contains(migration.getState())
					&& migration.getType() == CoreMigrationType.JDBC);
	}

}
