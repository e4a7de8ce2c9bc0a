/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;

import dev.quartermaster.backup.ApplicationRelease;
import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.HistoryTables;
import dev.quartermaster.backup.ReleaseMigrations;
import dev.quartermaster.backup.SchemaFit;
import dev.quartermaster.backup.SchemaFits;
import dev.quartermaster.backup.SchemaHistory;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SnapshotCheck;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SqlText;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;

/**
 * The migrations that this release of the application has, as Flyway or Liquibase finds
 * them by the application's configuration. Without either, nothing is known of them.
 */
public final class MigrationsOfRelease {

	private static final Logger logger = LoggerFactory.getLogger(MigrationsOfRelease.class);

	private static final ClassLoader LOADER = MigrationsOfRelease.class.getClassLoader();

	private final Map<String, String> properties;

	private final ApplicationRelease release;

	/**
	 * Create a new instance.
	 * @param properties the properties of the application
	 * @param release the release
	 */
	MigrationsOfRelease(Map<String, String> properties, ApplicationRelease release) {
		this.properties = properties;
		this.release = release;
	}

	/**
	 * Return whether a release that is starting can take a snapshot, before any bean
	 * tells of its migrations.
	 * @param environment the environment of the application
	 * @param release the release
	 * @param snapshot the file of the snapshot
	 * @return the answer, or empty if that is not known
	 */
	public static Optional<SchemaFit> fitOf(ConfigurableEnvironment environment, ApplicationRelease release,
			Path snapshot) {
		return new MigrationsOfRelease(ApplicationProperties.of(environment, null).values(), release).fits()
			.inside(snapshot, SnapshotManifests.find(snapshot));
	}

	/**
	 * Return the answers to which snapshots this release can take.
	 */
	SchemaFits fits() {
		return new SchemaFits((tool) -> switch (tool) {
			case SchemaHistory.FLYWAY -> hasFlyway()
					? Optional.of(new WithoutBeans(FlywayInJar.migrations(this.properties, LOADER), this.release))
					: Optional.empty();
			case SchemaHistory.LIQUIBASE -> hasLiquibase()
					? Optional.of(new WithoutBeans(LiquibaseInJar.migrations(this.properties, LOADER), this.release))
					: Optional.empty();
			default -> Optional.empty();
		});
	}

	/**
	 * Return the check that Flyway makes of a restored snapshot, or empty if there is no
	 * Flyway.
	 * @param backups the service of the database
	 */
	Optional<SnapshotCheck> checkOf(SqliteBackupService backups) {
		try {
			return hasFlyway() ? Optional.of(FlywayInJar.check(this.properties, LOADER, backups)) : Optional.empty();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("Flyway cannot be asked about the snapshot, so its validate is left out: {}",
					Secrets.mask(String.valueOf(ex.getMessage())));
			return Optional.empty();
		}
	}

	private boolean hasFlyway() {
		return isPresent("org.flywaydb.core.Flyway") && isEnabled(ApplicationProperties.FLYWAY);
	}

	private boolean hasLiquibase() {
		return isPresent("liquibase.integration.spring.SpringLiquibase") && isEnabled(ApplicationProperties.LIQUIBASE);
	}

	private static boolean isPresent(String name) {
		return ClassUtils.isPresent(name, LOADER);
	}

	private boolean isEnabled(String prefix) {
		return !"false".equalsIgnoreCase(this.properties.get(prefix + "enabled"));
	}

	/**
	 * {@link ReleaseMigrations} of which those are missing that only beans know. What the
	 * same release wrote is not newer than it.
	 *
	 * @param found the others
	 * @param release the release
	 */
	private record WithoutBeans(ReleaseMigrations found, ApplicationRelease release) implements ReleaseMigrations {

		@Override
		public Optional<SchemaFit> fitOf(Path snapshot, String version, @Nullable String writer) {
			boolean same = writer != null && writer.equals(this.release.version());
			return this.found.fitOf(snapshot, version, writer)
				.filter((fit) -> !fit.isNewer() || !(same || isMigrationInJava(snapshot, version)));
		}

		private static boolean isMigrationInJava(Path snapshot, String version) {
			try {
				return SqliteReader.readSnapshot(snapshot, (statement) -> classOf(statement, version))
					.filter(MigrationsOfRelease::isPresent)
					.isPresent();
			}
			catch (BackupException ex) {
				logger.debug("The history in {} is unknown", snapshot, ex);
				return false;
			}
		}

		private static Optional<String> classOf(Statement statement, String version) throws SQLException {
			Optional<String> table = HistoryTables.ofFlyway(statement);
			if (table.isEmpty()) {
				return Optional.empty();
			}
			try (ResultSet result = statement.executeQuery("SELECT script FROM " + SqlText.identifier(table.get())
					+ " WHERE type = 'JDBC' AND version = " + SqlText.literal(version))) {
				return result.next() ? Optional.ofNullable(result.getString(1)) : Optional.empty();
			}
		}

	}

}
