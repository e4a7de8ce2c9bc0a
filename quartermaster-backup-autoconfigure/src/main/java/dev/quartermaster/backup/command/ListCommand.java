/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.Bytes;
import dev.quartermaster.backup.CopyEntry;
import dev.quartermaster.backup.CopyLedger;
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

	private static final int COPIES = 4;

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
		Map<String, List<CopyEntry>> elsewhere = new CopyLedger(backups).read().copies();
		for (Snapshot snapshot : snapshots) {
			Optional<SnapshotManifest> manifest = Optional.ofNullable(manifests.get(snapshot));
			Optional<SchemaFit> fit = manifest.flatMap((known) -> fits.of(snapshot.file(), known));
			List<String> copies = elsewhere.getOrDefault(snapshot.name().toString(), List.of())
				.stream()
				.map(CopyEntry::location)
				.toList();
			Map<String, Object> described = new LinkedHashMap<>(describe().snapshot(snapshot, manifest, fit));
			if (!copies.isEmpty()) {
				described.put("copies", copies);
			}
			data.add(described);
			rows.add(List.of(snapshot.name().toString(), describe().time(snapshot, manifest),
					Bytes.format(snapshot.size()), schema(manifest, fit), String.join(" ", copies),
					reason(snapshot, manifest)));
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
		table.add(List.of("NAME", "TAKEN", "SIZE", "SCHEMA", "COPIES", "REASON"));
		table.addAll(rows);
		for (int column = COPIES; column >= SCHEMA; column--) {
			int optional = column;
			if (rows.stream().allMatch((row) -> row.get(optional).isEmpty())) {
				table.replaceAll((row) -> without(row, optional));
			}
		}
		return Console.table(table);
	}

	private static List<String> without(List<String> row, int column) {
		List<String> others = new ArrayList<>(row);
		others.remove(column);
		return others;
	}

	static void noteNone(SqliteBackupService backups, Console console) {
		console.note("There are no snapshots of " + backups.database() + " in " + backups.directory() + ".");
	}

}
