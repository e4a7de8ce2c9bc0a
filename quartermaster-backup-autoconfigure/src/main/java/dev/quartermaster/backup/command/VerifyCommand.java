/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.Bytes;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.Verification;
import dev.quartermaster.backup.copies.CopyCheck;
import dev.quartermaster.backup.VerificationMode;
import dev.quartermaster.backup.VerifiedSnapshot;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The subcommand that checks snapshots again.
 */
@Command(name = "verify",
		description = "Check snapshots again. Changes none of them. Exits with 1 if any of them is not sound.")
final class VerifyCommand extends SingleDatabaseCommand {

	private static final String ALL = "all";

	@Parameters(arity = "0..1", paramLabel = "NAME|latest|all", defaultValue = SnapshotChoice.LATEST,
			description = "Which snapshots. By default, ${DEFAULT-VALUE}.")
	private String which = SnapshotChoice.LATEST;

	@Option(names = "--full",
			description = "Also check that every index agrees with its table. Takes several times as long.")
	private boolean full;

	@Option(names = "--copies",
			description = "Also read the copies elsewhere back whole, and compare them with what was copied.")
	private boolean copies;

	@Override
	int run(SqliteBackupService backups, BackupSettings settings, Console console, ProgressBar progress) {
		List<Snapshot> snapshots = choose(backups);
		if (snapshots.isEmpty() && !console.isJson()) {
			ListCommand.noteNone(backups, console);
			return ExitCode.OK;
		}
		SqliteDatabase.requireDriver();
		List<List<String>> rows = new ArrayList<>();
		List<Map<String, Object>> data = new ArrayList<>();
		Map<Snapshot, Verification> told = new LinkedHashMap<>();
		boolean sound = true;
		boolean copied = false;
		for (Snapshot snapshot : snapshots) {
			progress.working("Checking " + snapshot.name() + " (" + Bytes.format(snapshot.size()) + ")");
			Verification verification;
			try {
				verification = check(backups, snapshot);
				sound &= !(verification instanceof Verification.Corrupt
						|| verification instanceof Verification.Differs);
			}
			catch (BackupException ex) {
				if (snapshots.size() == 1) {
					throw ex;
				}
				// The others are worth a look all the same.
				verification = new Verification.Unverifiable(ex.getProblem(), List.of());
				sound = false;
			}
			rows.add(List.of(snapshot.name().toString(), coloured(verification, console)));
			told.put(snapshot, verification);
			Map<String, Object> entry = new LinkedHashMap<>(describe().snapshot(snapshot));
			entry.put("verification", Descriptions.verification(verification));
			if (this.copies) {
				sound &= checkCopies(backups, snapshot, console, rows, entry);
				copied |= !List.of().equals(entry.get("copies"));
			}
			data.add(entry);
		}
		// That nothing was found wrong with no copy at all is no answer.
		sound &= copied || !this.copies;
		progress.erase();
		console.result(Console.table(rows), Map.of("snapshots", data));
		told.forEach(VerifiedSnapshot::told);
		return sound ? ExitCode.OK : ExitCode.SOFTWARE;
	}

	/**
	 * Check the copies of a snapshot.
	 * @return whether all are whole
	 */
	private boolean checkCopies(SqliteBackupService backups, Snapshot snapshot, Console console,
			List<List<String>> rows, Map<String, Object> entry) {
		CopyCheck check = new CopyCheck(resources());
		List<CopyCheck.Finding> found = check.check(backups, snapshot.name().toString());
		found.forEach((copy) -> rows
			.add(List.of("  " + copy.location(), copy.whole() ? console.good("whole") : console.bad(copy.detail()))));
		List<String> pending = check.pending(backups, snapshot.name().toString(), copyLocations());
		pending.forEach((place) -> rows.add(List.of("  " + place, "no copy there yet")));
		if (found.isEmpty() && pending.isEmpty()) {
			rows.add(List.of("  no copy elsewhere", ""));
		}
		entry.put("copies",
				found.stream()
					.map((copy) -> Map.of("location", copy.location(), "whole", copy.whole(), "detail", copy.detail()))
					.toList());
		entry.put("pending", pending);
		// The application has it still to do, and its health says if it cannot.
		return found.stream().allMatch(CopyCheck.Finding::whole);
	}

	private static String coloured(Verification verification, Console console) {
		if (verification instanceof Verification.Sound) {
			return console.good(verification.summary());
		}
		return (verification instanceof Verification.Corrupt || verification instanceof Verification.Differs)
				? console.bad(verification.summary()) : verification.summary();
	}

	private Verification check(SqliteBackupService backups, Snapshot snapshot) {
		if (snapshot.size() == 0) {
			return new Verification.Corrupt(List.of("the file is empty"));
		}
		return backups.verify(snapshot.file(), this.full ? VerificationMode.FULL : VerificationMode.QUICK);
	}

	private List<Snapshot> choose(SqliteBackupService backups) {
		if (this.which.equals(ALL)) {
			return backups.list();
		}
		return List.of(this.which.equals(SnapshotChoice.LATEST) ? SnapshotChoice.latest(backups)
				: SnapshotChoice.named(backups, this.which));
	}

}
