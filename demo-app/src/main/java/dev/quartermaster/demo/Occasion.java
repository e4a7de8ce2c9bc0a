/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifest;
import dev.quartermaster.backup.SnapshotReason;
import org.jspecify.annotations.Nullable;

/**
 * The occasion on which a snapshot was taken.
 *
 * @param kind of which kind it was
 * @param words why the snapshot was taken, in words
 */
record Occasion(Kind kind, String words) {

	private static final Map<SnapshotReason, String> OWN = new LinkedHashMap<>();

	static {
		OWN.put(SnapshotReason.FLYWAY, "Before a migration");
		OWN.put(SnapshotReason.FLYWAY_CLEAN, "Before Flyway's clean");
		OWN.put(SnapshotReason.FLYWAY_REPAIR, "Before Flyway's repair");
		OWN.put(SnapshotReason.FLYWAY_BASELINE, "Before Flyway's baseline");
		OWN.put(SnapshotReason.FLYWAY_UNDO, "Before Flyway's undo");
		OWN.put(SnapshotReason.LIQUIBASE, "Before a change by Liquibase");
		OWN.put(SnapshotReason.HIBERNATE, "Before a change by Hibernate");
		OWN.put(SnapshotReason.SQL_INIT, "Before SQL scripts");
		OWN.put(SnapshotReason.DATABASE_INIT, "Before an initializer");
		OWN.put(SnapshotReason.SCHEDULE, "On schedule");
		OWN.put(SnapshotReason.PRE_RESTORE, "Before a restore");
		OWN.put(SnapshotReason.FAILED_MIGRATION, "What a failed migration left");
	}

	static Occasion of(Snapshot snapshot, @Nullable SnapshotManifest manifest) {
		SnapshotReason reason = snapshot.name().reason();
		for (Map.Entry<SnapshotReason, String> own : OWN.entrySet()) {
			if (reason.isNumberOf(own.getKey())) {
				return new Occasion(snapshot.isReplacedState() ? Kind.REPLACED : Kind.AUTOMATIC, own.getValue());
			}
		}
		return new Occasion(Kind.REQUESTED, (manifest != null) ? manifest.reason() : reason.slug());
	}

	/**
	 * A kind of occasion.
	 */
	enum Kind {

		/**
		 * Somebody asked for the snapshot.
		 */
		REQUESTED,

		/**
		 * It was time for one, or something was going to change the schema.
		 */
		AUTOMATIC,

		/**
		 * It keeps what an older snapshot replaced.
		 */
		REPLACED

	}

}
