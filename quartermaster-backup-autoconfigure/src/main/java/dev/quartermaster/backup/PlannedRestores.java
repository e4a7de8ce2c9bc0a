/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The restores that are planned for the next start of the application, one of each
 * database at the most. {@link RestoreAtStart} carries them out.
 */
public final class PlannedRestores {

	private static final Logger logger = LoggerFactory.getLogger(PlannedRestores.class);

	/**
	 * More often than others can come in between.
	 */
	private static final int MOST_ATTEMPTS = 10;

	private final BackupSettings settings;

	private final Function<Path, Optional<SchemaFit>> fits;

	private final Predicate<Path> foundAtStart;

	/**
	 * Create a new instance.
	 * @param settings the settings that the application starts with
	 * @param fits tells whether the release of the application can take a snapshot
	 * @param foundAtStart tells whether the next start is going to find the file of a
	 * database in time
	 */
	public PlannedRestores(BackupSettings settings, Function<Path, Optional<SchemaFit>> fits,
			Predicate<Path> foundAtStart) {
		this.settings = settings;
		this.fits = fits;
		this.foundAtStart = foundAtStart;
	}

	/**
	 * Plan a restore. The snapshot is checked now; when it is restored, it has to be the
	 * same still.
	 * @param backups the service of the database
	 * @param snapshot the file of the snapshot
	 * @param forced whether it is to be restored even if the database is open elsewhere
	 * by then, or the schema is newer than the release of the application knows
	 * @param by who asks for it, or {@code null} if that is not known
	 * @return the plan, which is on disk
	 * @throws RestoreRefusedException if the snapshot is damaged, missing or newer than
	 * the release, or the next start is not going to find the database
	 * @throws RestoreAlreadyPlannedException if that of another snapshot is planned
	 * @throws BackupException if the plan cannot be written
	 */
	public PlannedRestore plan(SqliteBackupService backups, Path snapshot, boolean forced, @Nullable String by) {
		Path database = backups.database();
		check(backups, snapshot, forced);
		PlannedRestore plan = describe(database, RestorableSnapshot.behindLinks(snapshot), forced,
				(by != null) ? Secrets.maskName(by) : null);
		PlannedRestoreFile file = PlannedRestoreFile.of(this.settings, database);
		PlannedRestore planned;
		try {
			planned = write(plan, file);
		}
		catch (IOException ex) {
			throw DirectoryFailures.notWritable(this.settings.directoryFor(database), ex);
		}
		if (!planned.isSameWish(plan)) {
			throw new RestoreAlreadyPlannedException(database, planned.snapshot(),
					planned.origin() + (planned.forced() ? " with --force" : ""));
		}
		if (planned == plan) {
			logger.info("At the next start of the application, {} is going to be restored from {}, as was planned {}."
					+ " No other process may use the database then.", database, plan.snapshot(), plan.origin());
		}
		return planned;
	}

	/**
	 * Check that a file is not a live database, under whichever name.
	 * @param file the file, which is not opened
	 * @param backups the service of the database
	 * @throws RestoreRefusedException if it is, or that cannot be determined
	 */
	public static void requireNotDatabase(Path file, SqliteBackupService backups) {
		try {
			RestorableSnapshot.of(file).requireOtherThan(backups.database());
		}
		catch (BackupException ex) {
			throw new RestoreRefusedException(ex.getProblem(), ex.getAction(), ex);
		}
	}

	/**
	 * Write a plan, unless there is one.
	 * @return the one that is on disk
	 */
	private static PlannedRestore write(PlannedRestore plan, PlannedRestoreFile file) throws IOException {
		for (int i = 0; i < MOST_ATTEMPTS; i++) {
			if (file.write(plan)) {
				// Somebody may have removed it while nothing told what it is needed for.
				if (FileState.of(plan.snapshot()).size() != plan.bytes()) {
					file.remove();
					throw new RestoreRefusedException(
							"The snapshot " + plan.snapshot() + " was removed or changed while its restore was planned",
							"Choose another one.", null);
				}
				return plan;
			}
			Optional<PlannedRestore> planned = file.findOpen();
			if (planned.isPresent()) {
				return planned.get();
			}
		}
		throw new IOException("others plan restores and take them back at the same time");
	}

	private void check(SqliteBackupService backups, Path snapshot, boolean forced) {
		LiveDatabase live = backups.context().live();
		Path database = backups.database();
		if (!forced && !live.allowsSecondConnection()) {
			throw new RestoreRefusedException(
					"The application opens the database " + database + " without locks (" + live.access().whyUnlocked()
							+ "), so that its next start could not tell whether it is in use",
					"Stop the application and restore with the command, or plan it there with --force.", null);
		}
		if (!this.foundAtStart.test(database)) {
			throw new RestoreRefusedException(
					"The next start would not restore the database " + database
							+ ", because where it is only shows once it is open",
					"Stop the application and restore it with the command.", null);
		}
		requireSound(backups, snapshot);
		if (!forced) {
			requireKnownSchema(this.fits, snapshot);
		}
	}

	/**
	 * What cannot be looked at is another matter than what is not fit.
	 */
	private static void requireSound(SqliteBackupService backups, Path snapshot) {
		try {
			backups.requireSound(snapshot);
		}
		catch (NoRoomException | DatabaseBusyException ex) {
			throw ex;
		}
		catch (BackupException ex) {
			if (ex.getCause() != null) {
				throw ex;
			}
			throw new RestoreRefusedException(ex.getProblem(), ex.getAction(), ex);
		}
	}

	/**
	 * Check that a release is not too old for a snapshot.
	 * @throws RestoreRefusedException if it is
	 */
	static void requireKnownSchema(Function<Path, Optional<SchemaFit>> fits, Path snapshot) {
		fits.apply(snapshot).filter(SchemaFit::isNewer).ifPresent((fit) -> {
			throw new RestoreRefusedException(fit.describeNewer(snapshot),
					"Plan it with the release that wrote it, or a later one, or with the command and --force.", null);
		});
	}

	private static PlannedRestore describe(Path database, Path snapshot, boolean forced, @Nullable String by) {
		try {
			return new PlannedRestore(database, snapshot, FileState.of(snapshot).size(), ContentDigest.of(snapshot),
					forced, OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS), by, PlannedRestore.Stage.PLANNED,
					null, null);
		}
		catch (IOException ex) {
			throw new BackupException("The snapshot " + snapshot + " could not be read (" + FileFailures.describe(ex)
					+ "), so no restore of it was planned", "Check the disk that it is on.", ex);
		}
	}

	/**
	 * Return the planned restore of a database, or if there is none, the last one that
	 * was not carried out.
	 * @param backups the service of the database
	 * @return the plan, or empty if there is none
	 * @throws BackupException if it cannot be read
	 */
	public Optional<PlannedRestore> find(SqliteBackupService backups) {
		Path database = backups.database();
		try {
			return PlannedRestoreFile.of(this.settings, database).find();
		}
		catch (IOException ex) {
			throw PlannedRestoreFile.unreadable(database, ex);
		}
	}

	/**
	 * Take the planned restore of a database back, also one that a start has begun if
	 * that start is gone, and forget one that was not carried out.
	 * @param backups the service of the database
	 * @return whether there was one
	 * @throws BackupException if it cannot be taken back
	 */
	public boolean cancel(SqliteBackupService backups) {
		Path database = backups.database();
		try {
			PlannedRestoreFile file = PlannedRestoreFile.of(this.settings, database);
			String kept = kept(file);
			boolean cancelled = file.remove();
			if (cancelled) {
				logger.info("No restore of {} is planned any more.{}", database, kept);
			}
			return cancelled;
		}
		catch (IOException ex) {
			throw DirectoryFailures.notWritable(this.settings.directoryFor(database), ex);
		}
	}

	private static String kept(PlannedRestoreFile file) {
		try {
			return file.find()
				.filter((plan) -> plan.kept() != null)
				.map((plan) -> " It was begun, and may have been carried out." + PlannedRestoreLog.kept(plan))
				.orElse("");
		}
		catch (IOException ex) {
			logger.debug("It is unknown what was planned", ex);
			return "";
		}
	}

}
