/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.Bytes;
import dev.quartermaster.backup.ManifestReading;
import dev.quartermaster.backup.SchemaFit;
import dev.quartermaster.backup.SchemaFits;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifest;
import dev.quartermaster.backup.SqliteBackupService;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/**
 * The subcommand that lists the snapshots.
 */
@Command(name = "list", description = "List the snapshots, newest first.")
final class ListCommand extends SingleDatabaseCommand {

	private static final int SCHEMA = 3;

	@Override
	int run(SqliteBackupService backups, BackupSettings settings, Console console, ProgressBar progress) {
		List<Snapshot> snapshots = backups.list();
		if (snapshots.isEmpty() && !console.isJson()) {
			noteNone(backups, console);
			return ExitCode.OK;
		}
		List<List<String>> rows = new ArrayList<>();
		List<Map<String, Object>> data = new ArrayList<>();
		SchemaFits fits = migrations().fits();
		Map<Snapshot, SnapshotManifest> manifests = ManifestReading.summaries(snapshots);
		for (Snapshot snapshot : snapshots) {
			Optional<SnapshotManifest> manifest = Optional.ofNullable(manifests.get(snapshot));
			Optional<SchemaFit> fit = manifest.flatMap((known) -> fits.of(snapshot.file(), known));
			data.add(describe().snapshot(snapshot, manifest, fit));
			rows.add(List.of(snapshot.name().toString(), describe().time(snapshot, manifest),
					Bytes.format(snapshot.size()), schema(manifest, fit), reason(snapshot, manifest)));
		}
		console.result(table(rows), Map.of("snapshots", data));
		if (!console.isJson()) {
			RestoreAtNextStart.note(settingsOfStart(), backups).ifPresent(console::note);
		}
		return ExitCode.OK;
	}

	private static String schema(Optional<SnapshotManifest> manifest, Optional<SchemaFit> fit) {
		String version = manifest.map((known) -> known.schema().version()).orElse("");
		return fit.map((answer) -> version + " (" + answer + ")").orElse(version);
	}

	/**
	 * Return the reason in full on one line.
	 */
	private static String reason(Snapshot snapshot, Optional<SnapshotManifest> manifest) {
		return manifest.map(SnapshotManifest::reason)
			.map((words) -> words.replaceAll("[\\p{Cntrl}\\s]+", " "))
			.orElse(snapshot.name().reason().slug());
	}

	private static String table(List<List<String>> rows) {
		List<List<String>> table = new ArrayList<>();
		table.add(List.of("NAME", "TAKEN", "SIZE", "SCHEMA", "REASON"));
		table.addAll(rows);
		boolean withSchema = rows.stream().anyMatch((row) -> !row.get(SCHEMA).isEmpty());
		return Console.table(withSchema ? table : table.stream().map(ListCommand::withoutSchema).toList());
	}

	private static List<String> withoutSchema(List<String> row) {
		List<String> others = new ArrayList<>(row);
		others.remove(SCHEMA);
		return others;
	}

	static void noteNone(SqliteBackupService backups, Console console) {
		console.note("There are no snapshots of " + backups.database() + " in " + backups.directory() + ".");
	}

}
