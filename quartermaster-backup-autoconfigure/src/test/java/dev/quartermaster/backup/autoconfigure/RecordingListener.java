/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.MigrationComparison;

/**
 * Remembers what it was told.
 */
class RecordingListener implements BackupListener {

	final List<BackupResult> results = new ArrayList<>();

	final List<String> warnings = new ArrayList<>();

	final List<MigrationComparison> migrations = new ArrayList<>();

	final List<BackupException> failures = new ArrayList<>();

	@Override
	public void onResult(BackupResult result) {
		this.results.add(result);
	}

	@Override
	public void onWarning(String message) {
		this.warnings.add(message);
	}

	@Override
	public void onMigrated(MigrationComparison comparison) {
		this.migrations.add(comparison);
	}

	@Override
	public void onFailure(BackupException failure) {
		this.failures.add(failure);
	}

}
