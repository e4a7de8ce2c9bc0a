/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.util.Optional;
import java.util.function.Function;

import javax.sql.DataSource;

import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.RehearsalFailedException;
import dev.quartermaster.backup.migration.SchemaChange;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;

/**
 * A {@link FlywayMigrationStrategy} that takes a snapshot of the database that Flyway is
 * about to migrate, then goes on with another strategy.
 * <p>
 * A strategy and not a {@code beforeMigrate} callback, because that comes after the
 * history table is written and with a connection of Flyway's in use, which leaves none
 * for anybody else in a pool of one.
 */
public final class BackupFlywayMigrationStrategy implements FlywayMigrationStrategy {

	/**
	 * Migrates, and does nothing else.
	 */
	public static final FlywayMigrationStrategy MIGRATE = Flyway::migrate;

	private final FlywayMigrationStrategy strategy;

	private final Function<DataSource, SqliteBackupService> backups;

	private final MigrationGuard guard;

	/**
	 * Create a new instance.
	 * @param strategy migrates, once there is a snapshot
	 * @param backups gives the service of the database behind a data source
	 * @param guard decides about the snapshot
	 */
	public BackupFlywayMigrationStrategy(FlywayMigrationStrategy strategy,
			Function<DataSource, SqliteBackupService> backups, MigrationGuard guard) {
		this.strategy = strategy;
		this.backups = backups;
		this.guard = guard;
	}

	@Override
	public void migrate(Flyway flyway) {
		DataSource dataSource = flyway.getConfiguration().getDataSource();
		if (dataSource == null) {
			this.strategy.migrate(flyway);
			return;
		}
		// The callback of a Flyway bean tells of the same change.
		MigrationGuard.Begun change = this.guard.begin();
		try {
			migrate(flyway, dataSource, this.backups.apply(dataSource));
		}
		finally {
			change.end();
		}
	}

	private void migrate(Flyway flyway, DataSource dataSource, SqliteBackupService backups) {
		Optional<SchemaChange> change = this.guard.beforeChange(backups, SnapshotReason.FLYWAY, pending(flyway));
		change.ifPresent((begun) -> rehearse(flyway, dataSource, backups, begun));
		try {
			this.strategy.migrate(flyway);
			change.ifPresent(SchemaChange::end);
		}
		catch (RuntimeException | Error ex) {
			change.ifPresent(SchemaChange::fail);
			NewerDatabase.find(flyway, backups).ifPresent(ex::addSuppressed);
			throw ex;
		}
		if (change.isPresent() || this.guard.isRecentlySaved(backups)) {
			NewerDatabase.warn(flyway, backups);
		}
	}

	/**
	 * Rehearse what the strategy does, with a Flyway of the copy: what is migrated, and
	 * how often, only the strategy knows.
	 */
	private void rehearse(Flyway flyway, DataSource dataSource, SqliteBackupService backups, SchemaChange change) {
		try {
			this.guard.rehearsal().of(change, dataSource, pending(flyway)::areAny, (copy) -> migrate(flyway, copy));
		}
		catch (RehearsalFailedException ex) {
			Throwable cause = ex.getCause();
			if (cause != null) {
				NewerDatabase.find(flyway, backups).ifPresent(cause::addSuppressed);
			}
			throw ex;
		}
	}

	private void migrate(Flyway flyway, DataSource copy) {
		try {
			this.strategy.migrate(RehearsedFlyway.of(flyway, copy));
		}
		catch (FlywayException ex) {
			throw FailedStatement.nameIn(ex, flyway.getConfiguration().getPlaceholders());
		}
	}

	private PendingMigrations pending(Flyway flyway) {
		return new PendingMigrations(flyway, this.strategy == MIGRATE);
	}

}
