/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The further databases that can be changed through the data source of one: those that
 * its connections attach, those that it chooses from, and what those attach.
 */
public final class ReachableDatabases {

	private ReachableDatabases() {
	}

	/**
	 * Return the services of all of them.
	 * @param backups the service of the database
	 * @return the services
	 * @throws BackupException if only a connection can tell, and there is none
	 */
	public static List<SqliteBackupService> of(SqliteBackupService backups) {
		List<SqliteBackupService> reachable = new ArrayList<>(attachedTo(backups).values());
		for (SqliteBackupService target : backups.targets()) {
			if (target.context().database().isKnownToBeUnsupported()) {
				// Nobody needs to wait for a server.
				continue;
			}
			reachable.add(target);
			reachable.addAll(attachedTo(target).values());
		}
		return reachable;
	}

	/**
	 * Return the services of what the connections of the data source attach, by the names
	 * of the schemas.
	 * @throws BackupException if only a connection can tell, and there is none
	 */
	static Map<String, SqliteBackupService> attachedTo(SqliteBackupService backups) {
		return like(backups, backups.context().database().attached());
	}

	/**
	 * Return what the connections attach like {@link #attachedTo}, but never ask for one.
	 */
	static Map<String, SqliteBackupService> attachedAsFarAsKnown(SqliteBackupService backups) {
		return like(backups, backups.context().database().attachedAsFarAsKnown());
	}

	private static Map<String, SqliteBackupService> like(SqliteBackupService backups,
			Map<String, LiveDatabase> databases) {
		Map<String, SqliteBackupService> services = new LinkedHashMap<>();
		databases.forEach((name, live) -> services.put(name,
				new SqliteBackupService(backups.context().withDatabase(SqliteDatabase.of(live)), List::of)));
		return services;
	}

}
