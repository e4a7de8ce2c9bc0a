/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import dev.quartermaster.backup.migration.MigrationGuard;
import dev.quartermaster.backup.migration.MigrationSettings;
import dev.quartermaster.backup.migration.OnBackupFailure;

/**
 * Settings of guards that differ from the defaults in what a test is about.
 */
public final class MigrationGuards {

	private MigrationGuards() {
	}

	public static MigrationSettings settings(MigrationSettings.When when, OnBackupFailure onFailure,
			boolean restoreOnError) {
		MigrationSettings defaults = MigrationSettings.DEFAULTS;
		return new MigrationSettings(when, onFailure, restoreOnError, defaults.audit(), defaults.onDataLoss(),
				defaults.expectedLoss(), defaults.rehearse(), defaults.quietPeriod());
	}

}
