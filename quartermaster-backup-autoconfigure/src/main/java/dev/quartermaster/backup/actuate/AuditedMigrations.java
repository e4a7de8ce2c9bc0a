/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * The migrations since the application began to start, by the snapshots from before them.
 */
public final class AuditedMigrations implements BackupListener {

	private final Map<Path, MigrationComparison> comparisons = new ConcurrentHashMap<>();

	@Override
	public void onMigrated(MigrationComparison comparison) {
		this.comparisons.put(comparison.before(), comparison);
	}

	@Nullable MigrationComparison after(Snapshot snapshot) {
		return this.comparisons.get(snapshot.file());
	}

}
