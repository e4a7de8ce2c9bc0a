/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.PlannedRestore;
import dev.quartermaster.backup.PlannedRestores;
import dev.quartermaster.backup.SchemaFit;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;

/**
 * The restore that the next start of the application carries out: planned, shown and
 * taken back by {@code restore --at-next-start}. The application may be running.
 */
final class RestoreAtNextStart {

	private final PlannedRestores restores;

	private final SqliteBackupService backups;

	private final Console console;

	private final boolean switchedOff;

	/**
	 * Create a new instance.
	 * @param settings the settings that the application starts with, whatever the command
	 * was told
	 * @param migrations the migrations that this release has
	 * @param backups the service of the database
	 * @param console where to print the result
	 * @param switchedOff whether the application starts without this
	 */
	RestoreAtNextStart(BackupSettings settings, MigrationsOfRelease migrations, SqliteBackupService backups,
			Console console, boolean switchedOff) {
		this.restores = new PlannedRestores(settings, (snapshot) -> fit(migrations, snapshot), (database) -> true);
		this.backups = backups;
		this.console = console;
		this.switchedOff = switchedOff;
	}

	private static Optional<SchemaFit> fit(MigrationsOfRelease migrations, Path snapshot) {
		return migrations.fits().inside(snapshot, SnapshotManifests.find(snapshot));
	}

	/**
	 * Plan to restore a snapshot.
	 * @return the exit code
	 */
	int plan(Path snapshot, boolean force) {
		if (this.switchedOff) {
			throw new BackupException(
					"The application is configured with quartermaster.backup.enabled=false, so that no start would restore "
							+ this.backups.database(),
					"Stop the application and restore it with the command.", null);
		}
		Optional<String> foreign = !force ? this.backups.signOfAnotherDatabase(snapshot) : Optional.empty();
		if (foreign.isPresent()) {
			throw new BackupException(
					"The file " + snapshot + " does not seem to be a snapshot of " + this.backups.database() + ": "
							+ foreign.get() + ", so no restore of it was planned",
					"Choose a snapshot of this database, or add --force to restore this one anyway.", null);
		}
		PlannedRestore plan = this.restores.plan(this.backups, snapshot, force, System.getProperty("user.name"));
		this.console.result("The next start of the application is going to restore %s from %s.%n".formatted(
				this.backups.database(), plan.snapshot()) + "Stop every other process that uses the database before."
				+ " To take that back: restore --at-next-start --cancel", describe(plan));
		return ExitCode.OK;
	}

	/**
	 * Show what is planned.
	 * @return the exit code
	 */
	int show() {
		Optional<PlannedRestore> found = this.restores.find(this.backups);
		if (found.isEmpty()) {
			this.console.result(none(), data("none"));
			return ExitCode.OK;
		}
		this.console.result(sentence(this.backups, found.get()), describe(found.get()));
		return ExitCode.OK;
	}

	private static String sentence(SqliteBackupService backups, PlannedRestore plan) {
		String origin = "planned " + plan.origin();
		return switch (plan.stage()) {
			case PLANNED -> "The next start of the application is going to restore %s from %s, %s."
				.formatted(backups.database(), plan.snapshot(), origin);
			case BEGUN -> "A start of the application has begun to restore %s from %s, %s."
				.formatted(backups.database(), plan.snapshot(), origin);
			case FAILED -> "No restore of %s is planned. The last one, from %s, %s, was not carried out. %s".formatted(
					backups.database(), plan.snapshot(), origin,
					(plan.failure() != null) ? plan.failure() : "The log of that start says why.");
		};
	}

	/**
	 * Return what to say of a restore that is planned, to whoever looks at the snapshots.
	 * @param settings the settings that the application starts with
	 */
	static Optional<String> note(BackupSettings settings, SqliteBackupService backups) {
		try {
			return new PlannedRestores(settings, (snapshot) -> Optional.empty(), (database) -> true).find(backups)
				.map((plan) -> sentence(backups, plan));
		}
		catch (BackupException ex) {
			return Optional.of(ex.getProblem() + ".");
		}
	}

	/**
	 * Take back what is planned, since another restore has come in between: the next
	 * start would undo that one.
	 * @param settings the settings that the application starts with
	 * @return what to say of it, or empty if nothing was planned
	 */
	static Optional<String> replaced(BackupSettings settings, SqliteBackupService backups) {
		PlannedRestores restores = new PlannedRestores(settings, (snapshot) -> Optional.empty(), (database) -> true);
		try {
			Optional<PlannedRestore> planned = restores.find(backups)
				.filter((plan) -> plan.stage() != PlannedRestore.Stage.FAILED);
			if (planned.isEmpty() || !restores.cancel(backups)) {
				return Optional.empty();
			}
			return planned.map((plan) -> "Taken back: the restore from %s at the next start, planned %s."
				.formatted(plan.snapshot(), plan.origin()));
		}
		catch (BackupException ex) {
			return Optional.of("A restore at the next start may be planned, and could not be taken back. "
					+ ex.getMessage() + " Before the application starts: restore --at-next-start --cancel");
		}
	}

	/**
	 * Take back what is planned.
	 * @return the exit code
	 */
	int cancel() {
		boolean cancelled = this.restores.cancel(this.backups);
		this.console.result(cancelled
				? "Taken back: no restore of %s is planned any more.".formatted(this.backups.database()) : none(),
				data(cancelled ? "cancelled" : "none"));
		return ExitCode.OK;
	}

	private String none() {
		return "No restore of %s is planned.".formatted(this.backups.database());
	}

	private Map<String, @Nullable Object> data(String result) {
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("database", this.backups.database().toString());
		data.put("result", result);
		return data;
	}

	private Map<String, @Nullable Object> describe(PlannedRestore plan) {
		Map<String, @Nullable Object> data = data(plan.stage().name().toLowerCase(Locale.ROOT));
		data.put("snapshot", plan.snapshot().toString());
		data.put("plannedAt", plan.plannedAt().toString());
		data.put("plannedBy", plan.plannedBy());
		data.put("failure", plan.failure());
		return data;
	}

}
