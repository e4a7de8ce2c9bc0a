/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.nio.file.Path;

import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.Verification;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.support.BackupServices;

/**
 * Takes snapshots the way that an application does.
 */
public final class Snapshots {

	private Snapshots() {
	}

	/**
	 * Take one, into a directory that has none.
	 */
	static void take(Path database, Path directory, VerificationMode verification) {
		SqliteBackupService service = BackupServices.service(SqliteDatabase.of(database),
				BackupServices.settings(directory, verification));
		BackupResult.Created created = BackupServices.backup(service, "benchmark");
		if (created.verification() instanceof Verification.Corrupt corrupt) {
			throw new IllegalStateException(corrupt.summary());
		}
	}

	/**
	 * Take one and tell the peak of the process's memory.
	 */
	public static void main(String[] args) throws Exception {
		take(Path.of(args[0]), Path.of(args[1]), VerificationMode.QUICK);
		System.out.println(Memory.peak());
	}

}
