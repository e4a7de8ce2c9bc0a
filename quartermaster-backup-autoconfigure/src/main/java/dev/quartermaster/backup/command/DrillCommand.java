/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.DrillResult;
import dev.quartermaster.backup.RestoreDrill;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotCheck;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.copies.CopiesSnapshotCheck;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The subcommand that restores a snapshot to see whether it could be restored.
 */
@Command(name = "drill",
		description = { "Restore a snapshot into a file of its own, check that thoroughly, and remove it.",
				"The database is neither opened nor touched. Exits with 1 if the snapshot could not be relied on." })
final class DrillCommand extends SingleDatabaseCommand {

	@Parameters(arity = "0..1", paramLabel = "NAME|latest", defaultValue = SnapshotChoice.LATEST,
			description = "Which snapshot. By default, ${DEFAULT-VALUE}.")
	private String which = SnapshotChoice.LATEST;

	@Option(names = "--copies",
			description = "Also read the copies elsewhere back whole, and compare them with what was copied.")
	private boolean copies;

	@Override
	int run(SqliteBackupService backups, BackupSettings settings, Console console, ProgressBar progress) {
		Snapshot snapshot = this.which.equals(SnapshotChoice.LATEST) ? SnapshotChoice.latestToRestore(backups)
				: SnapshotChoice.named(backups, this.which);
		List<SnapshotCheck> checks = new ArrayList<>(migrations().checkOf(backups).stream().toList());
		boolean migrationsChecked = !checks.isEmpty();
		if (this.copies) {
			checks.add(new CopiesSnapshotCheck((restored) -> backups, resources()));
		}
		DrillResult result;
		try (ProcessEnd end = new ProcessEnd()) {
			result = RestoreDrill.of(backups, checks).run(snapshot.file(), end::add);
		}
		progress.erase();
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("result", result.outcome().name().toLowerCase(Locale.ROOT));
		data.put("database", result.database().toString());
		data.put("snapshot", describe().snapshot(snapshot));
		data.put("summary", result.summary());
		data.put("millis", result.took().toMillis());
		data.put("checks", checks.stream().map((check) -> check.getClass().getSimpleName()).toList());
		boolean failed = result.outcome() == DrillResult.Outcome.FAILED
				|| result.outcome() == DrillResult.Outcome.NOT_MADE;
		console.result(
				snapshot.name() + "  " + coloured(result, console) + System.lineSeparator() + extent(migrationsChecked),
				data);
		return failed ? ExitCode.SOFTWARE : ExitCode.OK;
	}

	/**
	 * Return what looked at the snapshot, and what could not since no application runs.
	 */
	private static String extent(boolean migrationsChecked) {
		return (!migrationsChecked ? "" : "Flyway's validate was part of it. ")
				+ "The SnapshotCheck beans of the application are part of drills on a schedule only.";
	}

	private static String coloured(DrillResult result, Console console) {
		return switch (result.outcome()) {
			case PASSED -> console.good(result.summary());
			case UNVERIFIABLE, NOT_MADE -> result.summary();
			case FAILED -> console.bad("FAILED: " + result.summary());
		};
	}

}
