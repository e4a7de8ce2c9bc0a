/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.DataLoss;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * The migrations since the application began to start, by the snapshots from before them.
 */
public final class AuditedMigrations {

	private final Map<Path, MigrationComparison> comparisons = new ConcurrentHashMap<>();

	/**
	 * Remember a migration. Several may have come after one snapshot.
	 * @param comparison what it changed and lost
	 */
	public void add(MigrationComparison comparison) {
		this.comparisons.merge(comparison.before(), comparison, AuditedMigrations::together);
	}

	/**
	 * Return a listener that remembers migrations here.
	 * @return the listener
	 */
	public BackupListener listener() {
		return new BackupListener() {

			@Override
			public void onMigrated(MigrationComparison comparison) {
				add(comparison);
			}

		};
	}

	private static MigrationComparison together(MigrationComparison first, MigrationComparison then) {
		return new MigrationComparison(then.database(), then.before(), first.versionBefore(), then.versionAfter(),
				then.tables(), concat(first.losses(), then.losses()), concat(first.expected(), then.expected()));
	}

	private static List<DataLoss> concat(List<DataLoss> first, List<DataLoss> then) {
		return Stream.concat(first.stream(), then.stream()).toList();
	}

	@Nullable MigrationComparison after(Snapshot snapshot) {
		return this.comparisons.get(snapshot.file());
	}

}
