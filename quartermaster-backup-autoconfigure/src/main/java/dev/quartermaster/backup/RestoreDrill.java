/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import org.sqlite.SQLiteDataSource;

/**
 * A restore drill of one snapshot: it is restored as it would be if it were needed, but
 * into a file of its own, which is checked and removed. These are its steps:
 * <ol>
 * <li>Check the snapshot, like a restore does.</li>
 * <li>Restore it into a hidden file beside it, for which there is room.</li>
 * <li>Check that thoroughly.</li>
 * <li>Compare the rows of each table with the manifest, where there is one.</li>
 * <li>Let the checks of the application look at it.</li>
 * </ol>
 * The database itself is neither opened nor touched.
 */
public final class RestoreDrill {

	private final BackupContext context;

	private final List<SnapshotCheck> checks;

	private RestoreDrill(BackupContext context, List<SnapshotCheck> checks) {
		this.context = context;
		this.checks = checks;
	}

	/**
	 * Return a drill of a database.
	 * @param backups the service of the database
	 * @param checks the checks of the application
	 * @return the drill
	 */
	public static RestoreDrill of(SqliteBackupService backups, List<SnapshotCheck> checks) {
		return new RestoreDrill(backups.context(), List.copyOf(checks));
	}

	/**
	 * Restore a snapshot and check it. The listener of the service hears of it; nothing
	 * is logged.
	 * @param snapshot the file of the snapshot
	 * @return what came of it, also if it failed
	 * @throws BackupException if the thread was interrupted, which says nothing of the
	 * snapshot
	 */
	public DrillResult run(Path snapshot) {
		return run(snapshot, (removal) -> {
		});
	}

	/**
	 * Restore a snapshot and check it, in a process that may be ended meanwhile.
	 * @param snapshot the file of the snapshot
	 * @param begun is handed what removes the restored file, before that is written, so
	 * that whoever ends this process can do so
	 * @return what came of it, also if it failed
	 * @throws BackupException if the thread was interrupted, which says nothing of the
	 * snapshot
	 */
	public DrillResult run(Path snapshot, Consumer<? super Runnable> begun) {
		Path database = this.context.live().file();
		boolean there = isThere(snapshot);
		long start = System.nanoTime();
		DrillResult result;
		try {
			result = this.context.warned(() -> drill(database, RestorableSnapshot.of(snapshot), begun));
		}
		catch (NoRoomException ex) {
			requireNotInterrupted(snapshot);
			result = notMade(database, snapshot, ex);
		}
		catch (BackupException ex) {
			requireNotInterrupted(snapshot);
			boolean removed = there && !isThere(snapshot);
			result = removed ? notMade(database, snapshot, ex)
					: new DrillResult(database, snapshot, DrillResult.Outcome.FAILED,
							"it could not be restored: " + ex.getMessage(),
							Duration.ofNanos(System.nanoTime() - start));
		}
		this.context.report().drilled(result);
		return result;
	}

	private DrillResult drill(Path database, RestorableSnapshot source, Consumer<? super Runnable> begun) {
		source.requireOtherThan(database);
		source.requireWhole();
		SnapshotDirectory directory = this.context.snapshotsOf(database);
		long size = FileState.ofDatabase(source.file()).size();
		PartialFile staged;
		try {
			directory.prepare("restore drill", size, this.context.settings().minFreeSpace());
			staged = directory.stage();
		}
		catch (BackupException ex) {
			requireNotInterrupted(source.file());
			return notMade(database, source.file(), ex);
		}
		try (PartialFile restored = staged) {
			begun.accept((Runnable) restored::close);
			long start = System.nanoTime();
			restore(database, source, restored.path());
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			requireNotInterrupted(source.file());
			Findings findings = new Findings();
			findings.done.add("restored %s in %.1f s".formatted(Bytes.format(size), took.toMillis() / 1000.0));
			check(restored.path(), findings);
			if (findings.problems.isEmpty()) {
				compareRows(source.file(), restored.path(), findings);
				runChecks(new RestoredSnapshot(database, source.file(), dataSource(restored.path())), findings);
			}
			requireNotInterrupted(source.file());
			return new DrillResult(database, source.file(), findings.outcome(), findings.summary(), took);
		}
	}

	private static boolean isThere(Path snapshot) {
		try {
			return !FileState.of(snapshot).isMissing();
		}
		catch (IOException ex) {
			// Whoever reads it says what is wrong with it.
			return true;
		}
	}

	private static DrillResult notMade(Path database, Path snapshot, BackupException failure) {
		return new DrillResult(database, snapshot, DrillResult.Outcome.NOT_MADE,
				"there was no drill: " + failure.getMessage(), Duration.ZERO);
	}

	private static void requireNotInterrupted(Path snapshot) {
		if (Thread.currentThread().isInterrupted()) {
			throw FileFailures.interrupted("The restore drill of " + snapshot + " was ended",
					new InterruptedException());
		}
	}

	private void restore(Path database, RestorableSnapshot source, Path restored) {
		source.requireSound(this.context.report().checkOf(source.file()));
		Progress progress = (bytes,
				totalBytes) -> this.context.report().listener().onProgress(database, bytes, totalBytes);
		OnlineRestore restore = new OnlineRestore(source.file(), fileOf(restored), LiveDatabase.of(restored),
				this.context.settings().busyTimeout(), progress);
		if (!restore.run(false, (current) -> true)) {
			throw new BackupException("The snapshot " + source.file() + " could not be restored into " + restored,
					"Check the disk. The database was not touched.", null);
		}
	}

	private static DatabaseFile fileOf(Path restored) {
		try {
			return DatabaseFile.of(restored);
		}
		catch (IOException ex) {
			throw DirectoryFailures.notWritable(restored.resolveSibling(""), ex);
		}
	}

	private void check(Path restored, Findings findings) {
		Verification verification = SnapshotVerifier.verify(restored, VerificationMode.FULL,
				this.context.report().checkOf(restored));
		if (verification instanceof Verification.Corrupt corrupt) {
			findings.problems.add("full check: " + String.join("; ", corrupt.findings()));
		}
		else if (verification instanceof Verification.Unverifiable) {
			findings.unverifiable = true;
			findings.done.add(verification.summary());
		}
		else {
			findings.done.add("full check ok");
		}
	}

	private static void compareRows(Path snapshot, Path restored, Findings findings) {
		SqliteReader.readSnapshot(restored, (statement) -> {
			Map<String, Long> expected = manifest(snapshot).map(SnapshotManifest::rows).orElse(Map.of());
			List<String> tables = TableNames.all(statement);
			for (Map.Entry<String, Long> table : expected.entrySet()) {
				if (!tables.contains(table.getKey())) {
					findings.problems.add("the table " + table.getKey() + " is missing");
				}
				RowCount.of(statement, table.getKey())
					.filter((rows) -> !rows.equals(table.getValue()))
					.ifPresent((rows) -> findings.problems.add("the table " + table.getKey() + " has "
							+ Count.of(rows, "row") + " instead of " + table.getValue()));
			}
			SchemaHistory.in(statement).ifPresent((history) -> findings.done.add("schema " + history.version()));
			return findings;
		});
	}

	private static Optional<SnapshotManifest> manifest(Path snapshot) {
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			return manifests.beside(snapshot);
		}
	}

	private static SQLiteDataSource dataSource(Path restored) {
		SQLiteDataSource dataSource = new SQLiteDataSource();
		dataSource.setUrl(SqliteUrl.of(restored, ""));
		return dataSource;
	}

	private void runChecks(RestoredSnapshot restored, Findings findings) {
		for (SnapshotCheck check : this.checks) {
			try {
				check.check(restored);
			}
			catch (Exception | LinkageError ex) {
				Throwable masked = Secrets.mask(ex);
				findings.problems.add(
						name(check) + ": " + ((masked.getMessage() != null) ? masked.getMessage() : masked.toString()));
			}
		}
	}

	private static String name(SnapshotCheck check) {
		return check.getClass().isHidden() ? "a check of the application" : check.getClass().getSimpleName();
	}

	/**
	 * What was found so far.
	 */
	private static final class Findings {

		private final List<String> done = new ArrayList<>();

		private final List<String> problems = new ArrayList<>();

		private boolean unverifiable;

		DrillResult.Outcome outcome() {
			if (!this.problems.isEmpty()) {
				return DrillResult.Outcome.FAILED;
			}
			return this.unverifiable ? DrillResult.Outcome.UNVERIFIABLE : DrillResult.Outcome.PASSED;
		}

		String summary() {
			String done = String.join(", ", this.done);
			return this.problems.isEmpty() ? done
					: done + ", but not all is as it should be: " + String.join("; ", this.problems);
		}

	}

}
