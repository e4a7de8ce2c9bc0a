/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.Bytes;
import dev.quartermaster.backup.Count;
import dev.quartermaster.backup.PruneResult;
import dev.quartermaster.backup.RetentionDecision;
import dev.quartermaster.backup.SnapshotPruning;
import dev.quartermaster.backup.SqliteBackupService;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/**
 * The subcommand that removes the snapshots that the retention policy lets go.
 */
@Command(name = "prune",
		description = "Remove the snapshots that the retention policy of the application lets go, once there is one of"
				+ " the database as it is. Says of each why it stays or goes.")
final class PruneCommand extends SingleDatabaseCommand {

	@Option(names = "--dry-run", description = "Only say why each stays or would go.")
	private boolean dryRun;

	@Override
	int run(SqliteBackupService backups, BackupSettings settings, Console console, ProgressBar progress) {
		SnapshotPruning pruning = new SnapshotPruning(backups);
		if (!pruning.isConfigured()) {
			console.note("There is no retention policy, so every snapshot stays. To have one, set a property such as "
					+ ApplicationProperties.RETENTION + ".thin=true.");
		}
		if (this.dryRun || !pruning.isConfigured()) {
			List<RetentionDecision> decisions = pruning.decide();
			progress.erase();
			console.result(table(decisions), data(decisions));
			return ExitCode.OK;
		}
		SnapshotPruning.Pruned pruned = pruning.prune();
		progress.erase();
		if (pruned.notBackedUp() != null) {
			console.note("No snapshot of the database was taken first: " + pruned.notBackedUp().getMessage());
		}
		PruneResult result = pruned.result();
		Map<String, Object> data = data(pruned.decisions());
		data.put("removed", names(result.removed()));
		data.put("stuck", names(result.stuck()));
		console.result(table(pruned.decisions()) + System.lineSeparator() + "Removed "
				+ Count.of(result.removed().size(), "snapshot") + " of " + result.database() + ".", data);
		return result.stuck().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
	}

	@Override
	boolean mayRemoveSnapshotsOfAnyDatabase() {
		return true;
	}

	private static String table(List<RetentionDecision> decisions) {
		List<List<String>> rows = new ArrayList<>();
		rows.add(List.of("NAME", "SIZE", "DECISION", "WHY"));
		for (RetentionDecision decision : decisions) {
			rows.add(List.of(decision.name().toString(), Bytes.format(decision.size()),
					decision.kept() ? "stays" : "goes", decision.why()));
		}
		return Console.table(rows);
	}

	private static Map<String, Object> data(List<RetentionDecision> decisions) {
		List<Map<String, Object>> snapshots = new ArrayList<>();
		for (RetentionDecision decision : decisions) {
			Map<String, Object> entry = new LinkedHashMap<>();
			entry.put("name", decision.name().toString());
			entry.put("size", decision.size());
			entry.put("stays", decision.kept());
			entry.put("why", decision.why());
			snapshots.add(entry);
		}
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("snapshots", snapshots);
		return data;
	}

	private static List<String> names(List<Path> files) {
		return files.stream().map((file) -> Objects.toString(file.getFileName())).toList();
	}

}
