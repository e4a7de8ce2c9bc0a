/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.autoconfigure;

import java.util.Map;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.DatabaseCandidates;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.actuate.SwitchedOffException;

/**
 * The candidates for databases of an application that was built ahead of time, and so has
 * an endpoint, but runs with everything switched off: to ask for one is an error.
 */
final class SwitchedOff implements DatabaseCandidates {

	private SwitchedOff() {
	}

	static SqliteBackupRegistry create() {
		return new SqliteBackupRegistry(new SwitchedOff(), BackupSettings.DEFAULTS, BackupListener.NONE);
	}

	@Override
	public Map<String, DataSource> dataSources() {
		throw new SwitchedOffException();
	}

	@Override
	public Map<String, SqliteBackupService> services() {
		throw new SwitchedOffException();
	}

}
