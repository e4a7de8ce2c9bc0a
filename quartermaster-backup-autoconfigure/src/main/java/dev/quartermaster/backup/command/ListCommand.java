/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.Bytes;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/**
 * The subcommand that lists the snapshots.
 */
@Command(name = "list", description = "List the snapshots, newest first.")
final class ListCommand extends SingleDatabaseCommand {

	@Override
	int run(SqliteBackupService backups, BackupSettings settings, Console console, ProgressBar progress) {
		List<Snapshot> snapshots = backups.list();
		if (snapshots.isEmpty() && !console.isJson()) {
			noteNone(backups, console);
			return ExitCode.OK;
		}
		List<List<String>> rows = new ArrayList<>();
		rows.add(List.of("NAME", "TAKEN", "SIZE", "REASON"));
		for (Snapshot snapshot : snapshots) {
			rows.add(List.of(snapshot.name().toString(), describe().time(snapshot), Bytes.format(snapshot.size()),
					snapshot.name().reason().slug()));
		}
		console.result(Console.table(rows), Map.of("snapshots", snapshots.stream().map(describe()::snapshot).toList()));
		return ExitCode.OK;
	}

	static void noteNone(SqliteBackupService backups, Console console) {
		console.note("There are no snapshots of " + backups.database() + " in " + backups.directory() + ".");
	}

}
