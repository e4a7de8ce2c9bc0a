/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Function;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.SchemaChange;
import dev.quartermaster.backup.SnapshotReason;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.UnsupportedDatabaseException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Callback} that takes a snapshot of the database that Flyway is about to clean,
 * repair, baseline, undo or migrate. The starter adds it to every {@code Flyway} bean.
 * Without Spring it is named in the configuration of Flyway ({@code flyway.callbacks}),
 * and takes the directory from the system property {@code quartermaster.backup.dir} or
 * the environment variable {@code QUARTERMASTER_BACKUP_DIR}.
 * <p>
 * It never asks Flyway's data source for a connection, since Flyway has one in use and a
 * pool of one has no second: the file is asked for with the connection that comes with
 * the event, and copied with one of our own. Flyway opens a second one itself for whoever
 * supports {@code beforeMigrate} or {@code beforeUndo}, so that this does not: the
 * snapshot is taken when Flyway asks.
 */
public final class BackupCallback implements Callback {

	private static final Logger logger = LoggerFactory.getLogger(BackupCallback.class);

	private final Function<SqliteDatabase, SqliteBackupService> backups;

	private final MigrationGuard guard;

	private final Map<DataSource, Operation> operations = Collections.synchronizedMap(new WeakHashMap<>());

	/**
	 * What was connected last by each thread: Flyway before 12 does not tell what it asks
	 * about.
	 */
	private final ThreadLocal<@Nullable Context> connected = new ThreadLocal<>();

	/**
	 * Create a new instance for use without Spring.
	 */
	public BackupCallback() {
		this(SettingsWithoutSpring.backups(), SettingsWithoutSpring.guard());
	}

	/**
	 * Create a new instance.
	 * @param backups gives the service of a database
	 * @param guard decides about the snapshots
	 */
	public BackupCallback(Function<SqliteDatabase, SqliteBackupService> backups, MigrationGuard guard) {
		this.backups = backups;
		this.guard = guard;
	}

	@Override
	public boolean supports(Event event, @Nullable Context context) {
		return switch (event) {
			case AFTER_CONNECT, BEFORE_CLEAN, BEFORE_REPAIR, BEFORE_BASELINE, AFTER_MIGRATE_OPERATION_FINISH,
					AFTER_CLEAN_OPERATION_FINISH, AFTER_REPAIR_OPERATION_FINISH, AFTER_BASELINE_OPERATION_FINISH,
					AFTER_UNDO_OPERATION_FINISH ->
				true;
			case BEFORE_MIGRATE, BEFORE_EACH_MIGRATE, BEFORE_UNDO -> {
				Context known = (context != null) ? context : this.connected.get();
				if (known != null) {
					handle(event, known);
				}
				yield false;
			}
			default -> false;
		};
	}

	@Override
	public boolean canHandleInTransaction(Event event, Context context) {
		// A transaction of Flyway's would be in the way of a copy, and needs none.
		return false;
	}

	@Override
	public void handle(Event event, Context context) {
		DataSource dataSource = context.getConfiguration().getDataSource();
		if (isAfterConnect(event)) {
			this.connected.set(context);
			this.operations.remove(dataSource);
			connected(dataSource, context.getConnection());
			return;
		}
		if (isEnd(event)) {
			this.connected.remove();
		}
		Operation operation = operation(event, dataSource, context);
		if (operation == null) {
			return;
		}
		switch (event) {
			case BEFORE_CLEAN -> beforeChange(operation, SnapshotReason.FLYWAY_CLEAN);
			case BEFORE_REPAIR -> beforeChange(operation, SnapshotReason.FLYWAY_REPAIR);
			case BEFORE_BASELINE -> beforeChange(operation, SnapshotReason.FLYWAY_BASELINE);
			case BEFORE_UNDO -> beforeChange(operation, SnapshotReason.FLYWAY_UNDO);
			case BEFORE_MIGRATE -> {
				if (isNeededInAnyCase(operation)
						|| OtherCallbacks.mayTakePart(context.getConfiguration(), BackupCallback.class)) {
					beforeChange(operation, SnapshotReason.FLYWAY);
				}
			}
			case BEFORE_EACH_MIGRATE -> {
				beforeChange(operation, SnapshotReason.FLYWAY);
				reportNotRehearsed(operation);
			}
			default -> {
				SchemaChange change = operation.change;
				this.operations.remove(dataSource);
				if (change == null) {
					return;
				}
				if (event == Event.AFTER_CLEAN_OPERATION_FINISH || event == Event.AFTER_UNDO_OPERATION_FINISH) {
					change.endOfDeletion();
				}
				else {
					change.end();
				}
			}
		}
	}

	/**
	 * Ask in a way that Flyway before 11.8 can answer, which has no such event.
	 */
	private static boolean isAfterConnect(Event event) {
		return switch (event) {
			case AFTER_CONNECT -> true;
			default -> false;
		};
	}

	private static boolean isEnd(Event event) {
		return switch (event) {
			case AFTER_MIGRATE_OPERATION_FINISH, AFTER_CLEAN_OPERATION_FINISH, AFTER_REPAIR_OPERATION_FINISH,
					AFTER_BASELINE_OPERATION_FINISH, AFTER_UNDO_OPERATION_FINISH ->
				true;
			default -> false;
		};
	}

	/**
	 * Return what Flyway does. Before version 11.11.2 it tells too late that it has
	 * connected, or not at all.
	 */
	private @Nullable Operation operation(Event event, DataSource dataSource, Context context) {
		Operation operation = this.operations.get(dataSource);
		boolean begins = switch (event) {
			case BEFORE_EACH_MIGRATE, BEFORE_CLEAN, BEFORE_REPAIR, BEFORE_BASELINE -> true;
			default -> false;
		};
		if (begins && (operation == null || operation.isOfOtherThan(context.getConnection()))) {
			operation = locate(context.getConnection());
			if (operation != null) {
				operation.connection = new WeakReference<>(context.getConnection());
				this.operations.put(dataSource, operation);
			}
		}
		return operation;
	}

	private boolean isNeededInAnyCase(Operation operation) {
		return operation.backups == null || this.guard.isNeededInAnyCase(operation.backups);
	}

	private void connected(DataSource dataSource, Connection connection) {
		Operation operation = locate(connection);
		if (operation == null) {
			return;
		}
		this.operations.put(dataSource, operation);
		if (!hasData(operation)) {
			// To be said before Flyway makes its history table, which is no data.
			beforeChange(operation, SnapshotReason.FLYWAY);
		}
	}

	private @Nullable Operation locate(Connection connection) {
		try {
			return new Operation(this.backups.apply(SqliteDatabase.of(connection)), null);
		}
		catch (UnsupportedDatabaseException ex) {
			logger.debug("Flyway is connected to a database that cannot be backed up: {}", ex.getMessage());
			return null;
		}
		catch (BackupException ex) {
			// To be said if anything is changed, which Flyway has not told yet.
			return new Operation(null, ex);
		}
	}

	private static boolean hasData(Operation operation) {
		try {
			return operation.backups == null || operation.backups.hasData();
		}
		catch (BackupException ex) {
			// Whoever takes the snapshot says so.
			return true;
		}
	}

	private void beforeChange(Operation operation, SnapshotReason reason) {
		if (operation.asked) {
			return;
		}
		operation.asked = true;
		if (operation.backups != null) {
			operation.change = this.guard.beforeChange(operation.backups, reason, () -> true).orElse(null);
		}
		else if (operation.failure != null) {
			this.guard.noSnapshot(operation.failure);
		}
	}

	/**
	 * Flyway is in the middle of it already, and one that runs another is not made for
	 * that.
	 */
	private void reportNotRehearsed(Operation operation) {
		SchemaChange change = operation.change;
		if (change != null && !operation.reported) {
			operation.reported = true;
			this.guard.rehearsal()
				.cannotBeMade(change, "Flyway was called by the application's own code and not by Spring Boot's"
						+ " FlywayMigrationStrategy");
		}
	}

	@Override
	public String getCallbackName() {
		// Flyway calls in alphabetical order, and nobody should come before the snapshot.
		return "0 Quartermaster Backup";
	}

	/**
	 * What Flyway does between connecting and finishing.
	 */
	private static final class Operation {

		private final @Nullable SqliteBackupService backups;

		private final @Nullable BackupException failure;

		/**
		 * That of the first event, if it was not that it has connected.
		 */
		private volatile @Nullable WeakReference<Connection> connection;

		private volatile boolean asked;

		private volatile boolean reported;

		private volatile @Nullable SchemaChange change;

		Operation(@Nullable SqliteBackupService backups, @Nullable BackupException failure) {
			this.backups = backups;
			this.failure = failure;
		}

		boolean isOfOtherThan(Connection connection) {
			WeakReference<Connection> first = this.connection;
			return first != null && first.get() != connection;
		}

	}

}
