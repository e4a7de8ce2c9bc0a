/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.OpenState;
import dev.quartermaster.backup.FileState;
import dev.quartermaster.backup.RestoreCommandLine;
import dev.quartermaster.backup.RestoreResult;
import dev.quartermaster.backup.SchemaFit;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifests;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.Terminal;
import dev.quartermaster.backup.Verification;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The subcommand that puts a snapshot back.
 */
@Command(name = "restore", description = { "Put a snapshot back.", "The current data is kept in a snapshot with the"
		+ " reason pre-restore. If it is damaged, the file itself is kept as well. The snapshot is copied, never moved." })
final class RestoreCommand extends SingleDatabaseCommand {

	@Parameters(arity = "0..1", paramLabel = "NAME|latest|FILE", description = "Which snapshot.")
	private @Nullable String which;

	@Option(names = "--before-version", paramLabel = "VERSION",
			description = "The newest snapshot from before Flyway's migration to this version, or Liquibase's change set"
					+ " with this ID or ID::AUTHOR.")
	private @Nullable String beforeVersion;

	@Option(names = "--yes", description = "Do not ask for confirmation.")
	private boolean yes;

	@Option(names = "--force",
			description = "Restore even if the application has the database open, or the snapshot is of another database.")
	private boolean force;

	@Option(names = "--dry-run", description = "Only show what would change.")
	private boolean dryRun;

	@Option(names = "--at-next-start",
			description = "Let the next start of the application do it, before it opens the database. It may be running"
					+ " now. Without a snapshot: show what is planned.")
	private boolean atNextStart;

	@Option(names = "--cancel", description = "With --at-next-start: take back what is planned.")
	private boolean cancel;

	@Override
	int run(SqliteBackupService backups, BackupSettings settings, Console console, ProgressBar progress) {
		if (this.atNextStart || this.cancel) {
			return atNextStart(backups, console);
		}
		Path database = backups.database();
		Path snapshot = choose(backups);
		Optional<String> about = SnapshotChoice.LATEST.equals(this.which)
				? new NewestSnapshot(backups, SnapshotChoice.latestToRestore(backups)).remarks() : Optional.empty();
		Optional<String> newer = newer(snapshot);
		if (this.dryRun) {
			newer.ifPresent((sentence) -> console.note(sentence + "."));
			about.ifPresent(console::note);
			backups.requireSound(snapshot);
			if (!this.force && backups.openState() == OpenState.OPEN) {
				console.note("The database " + database + " is open in another process."
						+ " It would not be restored without --force.");
			}
			RestorePreview.print(backups, snapshot, console);
			return ExitCode.OK;
		}
		if (newer.isPresent() && !this.force) {
			throw new BackupException(newer.get() + ", so it was not restored",
					"Restore it with the release that wrote it, or a later one, or add --force to restore it anyway.",
					null);
		}
		boolean replaces = !FileState.ofDatabase(database).isEmpty();
		Optional<String> foreign = replaces ? backups.signOfAnotherDatabase(snapshot) : Optional.empty();
		if (foreign.isPresent()) {
			requireMeant(database, snapshot, foreign.get(), console);
		}
		boolean unknown = replaces && !this.force && backups.openState() == OpenState.UNKNOWN;
		if (!this.yes) {
			if (Terminal.isThere()) {
				about.ifPresent(console::note);
			}
			confirm(database, snapshot, replaces, unknown, console);
		}
		else if (!replaces && !this.force && origin() != null && !isOwn(backups, snapshot)) {
			throw new BackupException(
					"Not restored: there is no data in " + database + ", which is configured by " + origin() + ", and "
							+ snapshot + " is not one of its snapshots",
					"Specify the database to restore with --url, or add --force if this is the right one.", null);
		}
		// Asked before, so that nothing denies what is done.
		String urlParameters = backups.urlParameters();
		RestoreResult result = backups.restore(snapshot, this.force);
		Optional<String> replaced = RestoreAtNextStart.replaced(settingsOfStart(), backups);
		progress.erase();
		report(result, urlParameters, console);
		replaced.ifPresent(console::note);
		if (this.yes) {
			about.ifPresent(console::note);
		}
		if (unknown && this.yes) {
			console.note(cannotTell(database) + "Restart the application if it is running.");
		}
		return ExitCode.OK;
	}

	private int atNextStart(SqliteBackupService backups, Console console) {
		boolean chosen = this.which != null || this.beforeVersion != null;
		if (!this.atNextStart || this.dryRun || (this.cancel && chosen)) {
			throw new UsageException("Say restore NAME --at-next-start to plan a restore, restore --at-next-start to"
					+ " show what is planned, or restore --at-next-start --cancel to take it back.");
		}
		RestoreAtNextStart planned = new RestoreAtNextStart(settingsOfStart(), migrations(), backups, console,
				isSwitchedOff());
		return this.cancel ? planned.cancel() : chosen ? planned.plan(choose(backups), this.force) : planned.show();
	}

	private Path choose(SqliteBackupService backups) {
		if ((this.which == null) == (this.beforeVersion == null)) {
			throw new UsageException("Say which snapshot to restore: NAME, latest, FILE or --before-version VERSION.");
		}
		if (this.which != null) {
			return SnapshotChoice.file(backups, this.which);
		}
		return SnapshotBefore.find(backups, Objects.requireNonNull(this.beforeVersion)).file();
	}

	/**
	 * Return the sentence that tells that this release does not know the schema of a
	 * snapshot, if it does not.
	 */
	private Optional<String> newer(Path snapshot) {
		return migrations().fits()
			.inside(snapshot, SnapshotManifests.find(snapshot))
			.filter(SchemaFit::isNewer)
			.map((fit) -> fit.describeNewer(snapshot));
	}

	/**
	 * What is plainly of another database would replace all that there is with something
	 * that the application cannot use.
	 */
	private void requireMeant(Path database, Path snapshot, String sign, Console console) {
		String what = "The file " + snapshot + " does not seem to be a snapshot of " + database + ": " + sign;
		if (this.yes && !this.force) {
			throw new BackupException(what + ", so it was not restored",
					"Choose a snapshot of this database, or add --force to restore this one anyway.", null);
		}
		console.note(what + ".");
	}

	private static boolean isOwn(SqliteBackupService backups, Path snapshot) {
		return backups.list().stream().anyMatch((own) -> own.file().equals(snapshot));
	}

	private void confirm(Path database, Path snapshot, boolean replaces, boolean unknown, Console console) {
		if (!Terminal.isThere()) {
			throw new UsageException("Not restored: "
					+ (replaces ? "this would replace the data in " + database
							: "there is no data in " + database + configured())
					+ ", and there is no terminal to ask for confirmation. Add --yes to confirm.");
		}
		if (unknown) {
			console.note(cannotTell(database) + "Stop the application if it is running.");
		}
		if (!replaces) {
			console.note("There is no data in " + database + configured() + ".");
		}
		String question = replaces ? "Replace the data in " + database + " with " + snapshot.getFileName() + "?"
				: "Restore " + database + " from " + snapshot.getFileName() + "?";
		if (!console.confirm(question)) {
			throw new BackupException("Not restored", "The answer was not yes.", null);
		}
	}

	private String configured() {
		return (origin() != null) ? ", which is configured by " + origin() : "";
	}

	private static String cannotTell(Path database) {
		return "It is unknown whether the application has " + database + " open,"
				+ " because that only shows in WAL mode. ";
	}

	private void report(RestoreResult result, String urlParameters, Console console) {
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("database", result.database().toString());
		data.put("result", "restored");
		data.put("restored", result.snapshot().toString());
		data.put("verification", Descriptions.verification(result.verification()));
		Snapshot kept = result.kept();
		Path setAside = result.setAside();
		StringBuilder text = new StringBuilder();
		text.append("Restored %s from %s (%s).".formatted(result.database(), result.snapshot(),
				result.verification().summary()));
		if (result.verification() instanceof Verification.Unverifiable unverifiable) {
			text.append(
					(unverifiable.needsApplication() ? "%nNot checked, because only the application can do that: %s."
							: "%nNot checked, because it cannot be read: %s.")
						.formatted(unverifiable.what()));
		}
		if (setAside != null) {
			data.put("setAside", setAside.toString());
			text.append(
					"%nThe old file could not be used as a database. It is kept unchanged as %s.".formatted(setAside));
		}
		if (kept != null) {
			data.put("kept", describe().snapshot(kept));
			text.append((setAside != null)
					? "%nWhat could still be read of it is kept in the snapshot %s, which is damaged as well."
						.formatted(kept.file())
					: "%nThe data that was replaced is kept in %s. To undo the restore:%s".formatted(kept.file(),
							RestoreCommandLine.below(kept.file(), result.database(), urlParameters)));
		}
		if (result.journalModeUnknown()) {
			data.put("journalMode", "delete");
			text.append(
					("%nIts previous journal mode is unknown, so it now has a rollback journal. If it was in WAL mode,"
							+ " and its URL does not turn that on, run: PRAGMA journal_mode = WAL")
						.formatted());
		}
		console.result(text.toString(), data);
	}

}
