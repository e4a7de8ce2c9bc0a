/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.time.Duration;
import java.util.List;

/**
 * The settings of what is done before and after a migration.
 *
 * @param when before which migrations to take a snapshot
 * @param onFailure what to do when the snapshot cannot be taken
 * @param restoreOnError whether to put the snapshot back when the migration fails
 * @param audit whether to compare the database with the snapshot after the migration
 * @param onDataLoss what to do when the migration lost data
 * @param expectedLoss the names of the tables that may lose data, in any case, in which
 * {@code *} stands for any characters
 * @param rehearse whether to try the migration on a copy first
 * @param quietPeriod how old the newest snapshot must be for a start with nothing to
 * migrate to take a new one; not negative
 */
public record MigrationSettings(When when, OnBackupFailure onFailure, boolean restoreOnError, boolean audit,
		OnDataLoss onDataLoss, List<String> expectedLoss, boolean rehearse, Duration quietPeriod) {

	/**
	 * What is done if nobody says otherwise.
	 */
	public static final MigrationSettings DEFAULTS = new MigrationSettings(When.ALWAYS, OnBackupFailure.CONTINUE, false,
			true, OnDataLoss.WARN, List.of(), false, Duration.ofHours(1));

	/**
	 * Create new settings.
	 * @param when before which migrations to take a snapshot
	 * @param onFailure what to do when the snapshot cannot be taken
	 * @param restoreOnError whether to put the snapshot back when the migration fails
	 * @param audit whether to compare the database with the snapshot afterwards
	 * @param onDataLoss what to do when the migration lost data
	 * @param expectedLoss the tables that may lose data
	 * @param rehearse whether to try the migration on a copy first
	 * @param quietPeriod how old the newest snapshot must be
	 * @throws IllegalArgumentException if the quiet period is negative
	 */
	public MigrationSettings {
		if (quietPeriod.isNegative()) {
			throw new IllegalArgumentException("The quiet period must not be negative, but is " + quietPeriod);
		}
		expectedLoss = List.copyOf(expectedLoss);
	}

	/**
	 * Return these settings with other answers to a failing backup and a failing
	 * migration.
	 * @param onFailure what to do when the snapshot cannot be taken
	 * @param restoreOnError whether to put the snapshot back when the migration fails
	 * @return the settings
	 */
	public MigrationSettings onFailure(OnBackupFailure onFailure, boolean restoreOnError) {
		return new MigrationSettings(this.when, onFailure, restoreOnError, this.audit, this.onDataLoss,
				this.expectedLoss, this.rehearse, this.quietPeriod);
	}

	/**
	 * Return these settings with another quiet period.
	 * @param quietPeriod how old the newest snapshot must be for a start with nothing to
	 * migrate to take a new one; not negative
	 * @return the settings
	 */
	public MigrationSettings withQuietPeriod(Duration quietPeriod) {
		return new MigrationSettings(this.when, this.onFailure, this.restoreOnError, this.audit, this.onDataLoss,
				this.expectedLoss, this.rehearse, quietPeriod);
	}

	/**
	 * Before which migrations to take a snapshot.
	 */
	public enum When {

		/**
		 * Before every one, even if it turns out to change nothing.
		 */
		ALWAYS,

		/**
		 * Only when there is something to apply.
		 */
		PENDING

	}

}
