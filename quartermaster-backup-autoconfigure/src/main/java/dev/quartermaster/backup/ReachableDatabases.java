/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The further databases that can be changed through the data source of one: those that
 * its connections attach, those that it chooses from, and what those attach.
 */
final class ReachableDatabases {

	private final BackupContext context;

	private final Supplier<List<SqliteBackupService>> targets;

	/**
	 * Create a new instance. Nobody is asked yet.
	 * @param context what the backups of the database have in common
	 * @param targets gives the services of what its data source chooses from
	 */
	ReachableDatabases(BackupContext context, Supplier<List<SqliteBackupService>> targets) {
		this.context = context;
		this.targets = targets;
	}

	/**
	 * Return the services of what the connections of the data source attach, by the names
	 * of the schemas.
	 * @throws BackupException if only a connection can tell, and there is none
	 */
	Map<String, SqliteBackupService> attached() {
		return like(this.context.database().attached());
	}

	/**
	 * Return what the connections attach like {@link #attached()}, but never ask for one.
	 */
	Map<String, SqliteBackupService> attachedAsFarAsKnown() {
		return like(this.context.database().attachedAsFarAsKnown());
	}

	private Map<String, SqliteBackupService> like(Map<String, LiveDatabase> databases) {
		Map<String, SqliteBackupService> services = new LinkedHashMap<>();
		databases.forEach((name, live) -> services.put(name,
				new SqliteBackupService(this.context.withDatabase(SqliteDatabase.of(live)), List::of)));
		return services;
	}

	/**
	 * Return the services of all of them.
	 * @throws BackupException if only a connection can tell, and there is none
	 */
	List<SqliteBackupService> all() {
		List<SqliteBackupService> reachable = new ArrayList<>(attached().values());
		for (SqliteBackupService target : this.targets.get()) {
			if (target.context().database().isKnownToBeUnsupported()) {
				// Nobody needs to wait for a server.
				continue;
			}
			reachable.add(target);
			reachable.addAll(target.reachableDatabases().attached().values());
		}
		return reachable;
	}

}
