/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.migration.DatabaseSummary;
import dev.quartermaster.backup.RestoreCommandLine;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database that is newer than the application, as it is after the application was put
 * back to an earlier version but not the database.
 */
final class NewerDatabase {

	private static final Logger logger = LoggerFactory.getLogger(NewerDatabase.class);

	private static final Set<MigrationState> FUTURE = EnumSet.of(MigrationState.FUTURE_SUCCESS,
			MigrationState.FUTURE_FAILED);

	/**
	 * Those which are missing but not the newest as well: they make Flyway fail, but
	 * where it lets them pass they were removed on purpose.
	 */
	private static final Set<MigrationState> UNKNOWN = EnumSet.of(MigrationState.FUTURE_SUCCESS,
			MigrationState.FUTURE_FAILED, MigrationState.MISSING_SUCCESS, MigrationState.MISSING_FAILED);

	private NewerDatabase() {
	}

	/**
	 * Find out after a migration that Flyway let pass, and say so in the log.
	 */
	static void warn(Flyway flyway, SqliteBackupService backups) {
		try {
			if (!new AppliedMigrations(flyway.getConfiguration()).newestIsKnown()) {
				find(flyway, backups, FUTURE).ifPresent(NewerDatabase::log);
			}
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("It could not be determined whether the database is newer than the application",
					Secrets.mask(ex));
		}
	}

	private static void log(NewerDatabaseException newer) {
		Snapshot snapshot = newer.getSnapshot();
		logger.warn("{}{}", newer.getMessage(),
				(snapshot != null) ? " To restore it, stop the application and run:"
						+ RestoreCommandLine.below(snapshot.file(), newer.getDatabase(), newer.getUrlParameters())
						: "");
	}

	/**
	 * Find out after a migration that Flyway refused.
	 */
	static Optional<NewerDatabaseException> find(Flyway flyway, SqliteBackupService backups) {
		return find(flyway, backups, UNKNOWN);
	}

	private static Optional<NewerDatabaseException> find(Flyway flyway, SqliteBackupService backups,
			Set<MigrationState> unknown) {
		try {
			MigrationInfo[] migrations = apart(flyway).load().info().all();
			return Arrays.stream(migrations)
				.filter((migration) -> unknown.contains(migration.getState()) && migration.getVersion() != null)
				.reduce((first, second) -> second)
				.map((migration) -> new NewerDatabaseException(backups.database(), backups.urlParameters(),
						migration.getVersion() + " (" + migration.getDescription() + ")",
						newestKnown(migrations, flyway.getConfiguration().getTable(), backups)));
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("It could not be determined whether the database is newer than the application",
					Secrets.mask(ex));
			return Optional.empty();
		}
	}

	/**
	 * Return the configuration of one that runs nothing of the application when it is
	 * only asked.
	 */
	static FluentConfiguration apart(Flyway flyway) {
		return Flyway.configure(flyway.getConfiguration().getClassLoader())
			.configuration(flyway.getConfiguration())
			.connectRetries(0)
			.callbacks(new Callback[0])
			.skipDefaultCallbacks(true)
			.initSql(null);
	}

	private static @Nullable Snapshot newestKnown(MigrationInfo[] migrations, String table,
			SqliteBackupService backups) {
		Set<MigrationVersion> known = Arrays.stream(migrations)
			.filter((migration) -> migration.getState().isResolved())
			.map(MigrationInfo::getVersion)
			.filter(Objects::nonNull)
			.collect(Collectors.toSet());
		return backups.list()
			.stream()
			.filter((snapshot) -> snapshot.isCandidate() && isKnown(snapshot, table, known))
			.findFirst()
			.orElse(null);
	}

	private static boolean isKnown(Snapshot snapshot, String table, Set<MigrationVersion> known) {
		try {
			return DatabaseSummary.migrationsOf(snapshot.file(), table)
				.map((versions) -> versions.stream().map(MigrationVersion::fromVersion).allMatch(known::contains))
				.orElse(false);
		}
		catch (BackupException ex) {
			logger.debug("The version of {} could not be determined", snapshot.file(), ex);
			return false;
		}
	}

}
