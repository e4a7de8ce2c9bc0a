/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.PlannedRestore;
import dev.quartermaster.backup.PlannedRestores;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} to have a snapshot restored at the next start of the
 * application. Whoever may use it decides what data the application has, so that to
 * expose it is not enough.
 */
@Endpoint(id = "dbbackuprestore", defaultAccess = Access.NONE)
public final class DatabaseRestoreEndpoint {

	private final SqliteBackupRegistry services;

	private final PlannedRestores restores;

	/**
	 * Create a new instance.
	 * @param services the services of the databases
	 * @param restores the planned restores
	 */
	public DatabaseRestoreEndpoint(SqliteBackupRegistry services, PlannedRestores restores) {
		this.services = services;
		this.restores = restores;
	}

	/**
	 * Return the restores that are planned, and those that were not carried out.
	 * @return one of each database at the most
	 */
	@ReadOperation
	public PlannedRestoresDescriptor restores() {
		List<PlannedRestoreDescriptor> planned = new ArrayList<>();
		this.services.all()
			.forEach((name, backups) -> this.restores.find(backups)
				.ifPresent((plan) -> planned.add(PlannedRestoreDescriptor.of(name, plan))));
		return new PlannedRestoresDescriptor(planned);
	}

	/**
	 * Plan a restore for the next start.
	 * @param name the file name of the snapshot
	 * @param database the name of its database, or {@code null} if no other one has a
	 * snapshot of that name
	 * @return what is planned
	 */
	@WriteOperation
	public PlannedRestoreDescriptor plan(String name, @Nullable String database) {
		PlannedRestoreDescriptor planned = plan(name, database, null);
		if (planned == null) {
			throw new BackupException("There is no snapshot of that name", "List the snapshots and choose one of them.",
					null);
		}
		return planned;
	}

	/**
	 * Plan a restore for the next start.
	 * @param by who asks for it, or {@code null}
	 * @return what is planned, or {@code null} if there is no snapshot of that name
	 */
	@Nullable PlannedRestoreDescriptor plan(String name, @Nullable String database, @Nullable String by) {
		Map<String, Snapshot> found = new LinkedHashMap<>();
		Map<String, SqliteBackupService> selected = this.services.select(database);
		selected.forEach((of, backups) -> backups.find(name).ifPresent((snapshot) -> found.put(of, snapshot)));
		if (found.size() > 1) {
			List<String> names = List.copyOf(found.keySet());
			throw new AmbiguousSnapshotException(name, names, "\"database\": \"" + names.get(0) + "\"");
		}
		if (found.isEmpty()) {
			return null;
		}
		Map.Entry<String, Snapshot> only = found.entrySet().iterator().next();
		SqliteBackupService backups = Objects.requireNonNull(selected.get(only.getKey()));
		this.services.located().forEach((each) -> PlannedRestores.requireNotDatabase(only.getValue().file(), each));
		return PlannedRestoreDescriptor.of(only.getKey(),
				this.restores.plan(backups, only.getValue().file(), false, by));
	}

	/**
	 * Take back what is planned, and forget what was not carried out.
	 * @param database the name of the database, or {@code null} for all
	 * @return the names of the databases of which something was
	 */
	@DeleteOperation
	public CancelledDescriptor cancel(@Nullable String database) {
		List<String> cancelled = new ArrayList<>();
		this.services.select(database).forEach((name, backups) -> {
			if (this.restores.cancel(backups)) {
				cancelled.add(name);
			}
		});
		return new CancelledDescriptor(cancelled);
	}

	/**
	 * The restores that are planned.
	 *
	 * @param restores the restores, one of each database at the most
	 */
	public record PlannedRestoresDescriptor(List<PlannedRestoreDescriptor> restores) implements OperationResponseBody {
	}

	/**
	 * A planned restore.
	 *
	 * @param database the name of the database
	 * @param name the file name of the snapshot
	 * @param state {@code planned}, {@code begun} or {@code failed}
	 * @param plannedAt when it was planned
	 * @param plannedBy by whom, or {@code null} if that is not known
	 * @param failure why it was not carried out, or {@code null}
	 */
	public record PlannedRestoreDescriptor(String database, String name, String state, OffsetDateTime plannedAt,
			@Nullable String plannedBy, @Nullable String failure) implements OperationResponseBody {

		static PlannedRestoreDescriptor of(String database, PlannedRestore plan) {
			return new PlannedRestoreDescriptor(database, String.valueOf(plan.snapshot().getFileName()),
					plan.stage().name().toLowerCase(Locale.ROOT), plan.plannedAt(), plan.plannedBy(), plan.failure());
		}

	}

	/**
	 * What was taken back.
	 *
	 * @param databases the names of the databases of which a restore was planned, or not
	 * carried out
	 */
	public record CancelledDescriptor(List<String> databases) implements OperationResponseBody {
	}

}
