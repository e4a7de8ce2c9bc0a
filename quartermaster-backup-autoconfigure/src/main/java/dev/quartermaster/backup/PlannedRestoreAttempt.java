/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a start to carry out a planned restore, which nobody else can carry out
 * meanwhile. The order of its steps is that of {@link RestoreAtStart}.
 */
final class PlannedRestoreAttempt {

	private static final Logger logger = LoggerFactory.getLogger(PlannedRestoreAttempt.class);

	private final HeldRestore held;

	private final BackupContext context;

	private final Function<Path, Optional<SchemaFit>> fits;

	private final boolean filled;

	private final Set<Path> databases;

	/**
	 * Create a new instance.
	 * @param held the plan
	 * @param context what it has in common with the backups of the database
	 * @param fits tells whether this release of the application can take a snapshot
	 * @param filled whether the pool of the application is connected already
	 * @param databases the files of the databases of the application that are known
	 */
	PlannedRestoreAttempt(HeldRestore held, BackupContext context, Function<Path, Optional<SchemaFit>> fits,
			boolean filled, Set<Path> databases) {
		this.held = held;
		this.context = context;
		this.fits = fits;
		this.filled = filled;
		this.databases = databases;
	}

	/**
	 * Carry it out, unless an earlier attempt has.
	 * @throws BackupException if it was not carried out, or that is unknown, which
	 * {@link HeldRestore#mayBeWritten()} tells
	 */
	void run() {
		PlannedRestore plan = plan();
		BackupContext own = this.context.withDirectories((file) -> directoryFor(plan, file));
		requireSnapshot(plan);
		if (this.held.isWriting() && isDone(own, plan)) {
			PlannedRestoreLog.doneBefore(own, plan);
			remove();
			return;
		}
		check(plan);
		LiveDatabase live = own.live();
		OpenState open = OpenState.of(live);
		if (this.filled && open == OpenState.OPEN && !plan.forced()) {
			throw new BackupException(
					"The database " + live.file() + " is open. The connection pool of this application was connected"
							+ " when it was made, so that nobody can tell whether another process has it open as well",
					"Stop the application and restore with the command, or plan it there with --force"
							+ " if no other process uses the database.",
					null);
		}
		boolean mayBeOpen = open == OpenState.UNKNOWN && !FileState.ofDatabase(live.file()).isEmpty();
		RestoreResult result = restore(own, plan);
		PlannedRestoreLog.done(own, plan, result, mayBeOpen);
		remove();
	}

	private PlannedRestore plan() {
		try {
			return this.held.plan();
		}
		catch (IOException ex) {
			throw new BackupException("The file " + this.held.file() + " says nothing that can be carried out ("
					+ FileFailures.describe(ex) + ")", "Plan the restore again.", ex);
		}
	}

	/**
	 * What is kept goes where the snapshot is, if the snapshots of the database go there:
	 * bean names may tell, which are not known yet.
	 */
	private Path directoryFor(PlannedRestore plan, Path database) {
		Path chosen = this.context.settings().directoryFor(database);
		Path directory = plan.snapshot().resolveSibling("");
		return directory.startsWith(RealPath.of(chosen)) && new SnapshotOwner(directory, database).isThisDatabase()
				? directory : chosen;
	}

	/**
	 * The locks of a database are gone when it is opened as a file and closed.
	 */
	private void requireSnapshot(PlannedRestore plan) {
		Path kept = plan.kept();
		for (Path snapshot : (kept != null) ? Set.of(plan.snapshot(), kept) : Set.of(plan.snapshot())) {
			RestorableSnapshot file = RestorableSnapshot.of(snapshot);
			file.requireOtherThan(this.context.live().file());
			this.databases.forEach(file::requireOtherThan);
		}
	}

	private boolean isDone(BackupContext own, PlannedRestore plan) {
		return switch (InterruptedRestore.of(own, plan)) {
			case DONE -> true;
			case NOT_DONE -> {
				this.held.foundAsBefore();
				yield false;
			}
			case WRITTEN_SINCE -> throw new BackupException(
					"An earlier start was killed while it restored the database, and somebody has written to it since",
					"Look at the data. To restore it all the same, plan that again.", null);
		};
	}

	private void check(PlannedRestore plan) {
		Path database = this.context.live().file();
		if (!RealPath.of(plan.database()).equals(RealPath.of(database))) {
			throw new BackupException("It is planned for another database, " + plan.database(),
					"If that is the same one under a new path, plan the restore again.", null);
		}
		RestorableSnapshot.of(plan.snapshot()).requireWhole();
		requireUnchanged(plan);
		if (!plan.forced()) {
			PlannedRestores.requireKnownSchema(this.fits, plan.snapshot());
		}
	}

	private static void requireUnchanged(PlannedRestore plan) {
		try {
			if (FileState.of(plan.snapshot()).size() != plan.bytes()
					|| !ContentDigest.of(plan.snapshot()).equals(plan.sha256())) {
				throw new BackupException(
						"The snapshot " + plan.snapshot() + " is not what it was when the restore was planned",
						"Check it with verify, and choose another one if it is damaged.", null);
			}
		}
		catch (IOException ex) {
			throw new BackupException(
					"The snapshot " + plan.snapshot() + " could not be read (" + FileFailures.describe(ex) + ")",
					"Check the disk that it is on.", ex);
		}
	}

	private RestoreResult restore(BackupContext own, PlannedRestore plan) {
		UnchangedContent same = this.held.isBegun() ? InterruptedRestore.alreadyKept(plan)
				: UnchangedContent.NEWEST_LINKED;
		record(this.held::begin);
		try {
			return Restore.onRequest(own, plan.snapshot(), plan.forced(), same,
					(kept) -> record(() -> this.held.write(kept.map(Snapshot::file).orElse(null))));
		}
		catch (RuntimeException ex) {
			if (this.held.mayBeWritten() && isAsBefore(own)) {
				this.held.foundAsBefore();
			}
			throw ex;
		}
	}

	private boolean isAsBefore(BackupContext own) {
		try {
			return InterruptedRestore.of(own, this.held.plan()) == InterruptedRestore.NOT_DONE;
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("It is unknown whether {} was written to", own.live().file(), Secrets.mask(ex));
			return false;
		}
	}

	private void record(Step step) {
		try {
			step.take();
		}
		catch (IOException ex) {
			throw DirectoryFailures.notWritable(this.held.file().resolveSibling(""), ex);
		}
	}

	private void remove() {
		try {
			this.held.remove();
		}
		catch (IOException ex) {
			PlannedRestoreLog.notRemoved(this.held, ex);
		}
	}

	/**
	 * A step that is recorded on disk.
	 */
	@FunctionalInterface
	private interface Step {

		/**
		 * Take it.
		 */
		void take() throws IOException;

	}

}
