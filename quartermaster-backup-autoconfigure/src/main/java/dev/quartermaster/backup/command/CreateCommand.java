/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.Bytes;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.StagedFiles;
import dev.quartermaster.backup.Verification;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/**
 * The subcommand that takes a snapshot.
 */
@Command(name = "create", description = "Take a snapshot now.")
final class CreateCommand extends SingleDatabaseCommand {

	@Parameters(arity = "0..1", paramLabel = "REASON",
			description = "Why the snapshot is taken, in any words. Becomes the last part of its name. By default, manual.")
	private @Nullable String reason;

	@Override
	int run(SqliteBackupService backups, BackupSettings settings, Console console, ProgressBar progress) {
		BackupResult result;
		try (ProcessEnd end = new ProcessEnd()) {
			end.add(StagedFiles::removeAll);
			result = backups.backup(this.reason);
		}
		progress.erase();
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("database", result.database().toString());
		if (!(result instanceof BackupResult.Created created)) {
			data.put("result", "nothing-to-back-up");
			String origin = origin();
			if (origin != null) {
				data.put("configuredBy", origin);
			}
			console
				.result("Nothing to back up: there is no data in " + result.database() + " yet."
						+ ((origin != null) ? " It is configured by " + origin
								+ ". If the application keeps its data elsewhere, specify the database with --url."
								: ""),
						data);
			return ExitCode.OK;
		}
		Snapshot snapshot = created.snapshot();
		data.put("result", "created");
		data.put("snapshot", describe().snapshot(snapshot));
		data.put("verification", Descriptions.verification(created.verification()));
		console.result("Backed up " + result.database() + " to " + snapshot.file() + " ("
				+ Bytes.format(snapshot.size()) + ", " + created.verification().summary() + ")", data);
		if (created.verification() instanceof Verification.Corrupt) {
			return ExitCode.SOFTWARE;
		}
		return ExitCode.OK;
	}

}
