/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of an application that carries out the restores which are planned for it: of
 * each database before anybody can open that, and once. It is the same {@link Restore} as
 * that of the command. Nothing that goes wrong keeps the application from starting.
 * <p>
 * However often a start is killed, and whenever, the plan is neither lost nor carried out
 * twice. This is the order, under a lock that goes with the process, see
 * {@link PlannedRestoreFile}:
 * <ol>
 * <li>Check the plan. What cannot be carried out is set aside by a rename. Killed before
 * it, the next start finds the plan as it was.</li>
 * <li>Rename it to begun, and flush that. From here on the next start asks what came of
 * it.</li>
 * <li>Restore. What is there is on disk, as a snapshot, before the first byte is
 * overwritten, and that is done in one transaction. Killed before its end, the database
 * is what it was as soon as somebody opens it; killed after its end, it is what was
 * wished for. So {@link InterruptedRestore} can tell the two apart by what the database
 * holds. In the first case the restore is done once more, and keeps nothing that is kept
 * already; in the second one nothing is left to do but to say so.</li>
 * <li>Say so, and remove the plan. Killed in between, the next start says it once
 * more.</li>
 * </ol>
 * Between the kill and that next start somebody may have written to the database: another
 * program, or an application that does not use this one. Then nobody can tell, what was
 * written last counts, and the plan is set aside.
 */
public final class RestoreAtStart {

	private static final Logger logger = LoggerFactory.getLogger(RestoreAtStart.class);

	/**
	 * The locks of files are those of the whole process.
	 */
	private static final Object ONE_AT_A_TIME = new Object();

	private final BackupSettings settings;

	private final BackupListener listener;

	private final Function<Path, Optional<SchemaFit>> fits;

	private final Map<Path, Boolean> seen = new ConcurrentHashMap<>();

	/**
	 * Create a new instance for one start.
	 * @param settings the settings that the application starts with
	 * @param listener hears of what is kept
	 * @param fits tells whether this release of the application can take a snapshot
	 */
	public RestoreAtStart(BackupSettings settings, BackupListener listener, Function<Path, Optional<SchemaFit>> fits) {
		this.settings = settings;
		this.listener = listener;
		this.fits = fits;
	}

	/**
	 * Restore the database behind a data source that nobody can have used yet, if that is
	 * planned and the data source shows where it is. Whoever has another one of the same
	 * database waits until that is done. Never fails.
	 * @param dataSource the data source, which is asked for no connection
	 */
	public void beforeFirstConnection(DataSource dataSource) {
		List<Consumer<BackupListener>> heard = new ArrayList<>();
		try {
			SqliteDatabase database = SqliteDatabase.of(dataSource);
			LiveDatabase live = database.liveWithoutConnection();
			if (live != null) {
				this.seen.computeIfAbsent(RealPath.of(live.file()), (file) -> {
					carryOut(live, PoolSettings.isFilled(dataSource), heard);
					return true;
				});
			}
		}
		catch (RuntimeException | LinkageError ex) {
			// Such as of what is not SQLite.
			logger.debug("It is unknown whether a restore is planned", Secrets.mask(ex));
		}
		heard.forEach(this::tell);
	}

	private void tell(Consumer<BackupListener> message) {
		try {
			message.accept(this.listener);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("A backup listener failed. The backup itself is not affected.", Secrets.mask(ex));
		}
	}

	/**
	 * Return whether this start has looked for a planned restore of a database, and so
	 * the next one will.
	 * @param database the file of the database
	 * @return whether it has
	 */
	public boolean hasSeen(Path database) {
		return this.seen.containsKey(RealPath.of(database));
	}

	/**
	 * Say of a database that was opened before anybody knew where it is that its planned
	 * restore was not carried out, and set that aside.
	 * @param backups the service of the database
	 */
	public void missed(SqliteBackupService backups) {
		Path database = backups.database();
		if (!hasSeen(database)) {
			withPlan(database, (held) -> {
				throw new BackupException("The database was opened before this start could know that it is " + database,
						"Restore it with the command while the application is stopped.", null);
			});
		}
	}

	private void carryOut(LiveDatabase live, boolean open, List<Consumer<BackupListener>> heard) {
		BackupListener recording = new RecordingListener(heard);
		BackupContext context = BackupContext.of(SqliteDatabase.of(live), this.settings, recording);
		context.warned(() -> {
			withPlan(live.file(), (held) -> carryOut(held, context, open));
			return true;
		});
	}

	private void withPlan(Path database, Consumer<HeldRestore> work) {
		try {
			PlannedRestoreFile file = PlannedRestoreFile.of(this.settings, database);
			synchronized (ONE_AT_A_TIME) {
				try (HeldRestore held = file.hold()) {
					if (held != null) {
						withPlan(database, held, work);
						return;
					}
				}
			}
			file.ofDatabaseThatIsGone().ifPresent((gone) -> warnOfOther(gone, database));
		}
		catch (IOException | RuntimeException ex) {
			if (ex instanceof BackupException) {
				logger.debug("It is unknown whether a restore of {} is planned", database, ex);
				return;
			}
			Warnings.warn(logger,
					"It is unknown whether a restore of {} is planned ({}). None was carried out, and the application"
							+ " starts with what is there.",
					database, (ex instanceof IOException io) ? FileFailures.describe(io) : ex.toString());
		}
	}

	private static void warnOfOther(Path file, Path database) {
		logger.warn(
				"A restore is planned in {} for a database that is not there. It was not carried out on {}."
						+ " If that is the same database under a new path, remove the file and plan the restore again.",
				file, database);
	}

	private static void withPlan(Path database, HeldRestore held, Consumer<HeldRestore> work) {
		PlannedRestore plan = null;
		try {
			plan = held.plan();
			work.accept(held);
		}
		catch (BackupException ex) {
			setAside(database, held, plan, String.valueOf(ex.getMessage()), null);
		}
		catch (IOException ex) {
			setAside(database, held, plan, "The file " + held.file() + " says nothing that can be carried out ("
					+ FileFailures.describe(ex) + ").", null);
		}
		catch (RuntimeException | LinkageError ex) {
			Throwable cause = Secrets.mask(ex);
			setAside(database, held, plan, "This is a bug in Quartermaster Backup. Please report it: " + cause, cause);
		}
	}

	private static void setAside(Path database, HeldRestore held, @Nullable PlannedRestore plan, String why,
			@Nullable Throwable cause) {
		String from = (plan != null)
				? " It was to be from " + plan.snapshot() + ", as was planned " + plan.origin() + "." : "";
		String what;
		try {
			held.setAside((plan != null) ? plan.withFailure(why) : null);
			what = "and is not tried again: the plan is now " + held.file();
		}
		catch (IOException ex) {
			what = "and the plan could not be set aside (" + FileFailures.describe(ex) + "), so that the next start"
					+ " finds it again";
		}
		Warnings.warn(logger,
				"The planned restore of {} was NOT carried out, {}. The application starts with what is there.{} {}",
				database, what, from, why);
		if (cause != null) {
			logger.warn("This is why the planned restore of {} was not carried out", database, cause);
		}
	}

	private void carryOut(HeldRestore held, BackupContext context, boolean open) {
		try {
			PlannedRestore plan = held.plan();
			BackupContext own = context.withDirectories((file) -> directoryFor(plan, file));
			if (held.isBegun() && isDone(own, plan, held.isFilling())) {
				PlannedRestoreLog.done(own, plan);
				held.remove();
				return;
			}
			check(plan, context.live().file());
			UnchangedContent same = held.isBegun() ? InterruptedRestore.alreadyKept(plan)
					: UnchangedContent.NEWEST_LINKED;
			held.begin(isWithoutData(own));
			RestoreResult result = Restore.onRequest(own, plan.snapshot(), open || plan.forced(), same);
			PlannedRestoreLog.done(own, plan, result);
			held.remove();
		}
		catch (IOException ex) {
			throw DirectoryFailures.notWritable(held.file().resolveSibling(""), ex);
		}
	}

	/**
	 * What is kept goes where the snapshot is, if that is one of the database's.
	 */
	private Path directoryFor(PlannedRestore plan, Path database) {
		Path chosen = this.settings.directoryFor(database);
		Path directory = plan.snapshot().resolveSibling("");
		return directory.startsWith(RealPath.of(chosen)) ? directory : chosen;
	}

	private static boolean isDone(BackupContext context, PlannedRestore plan, boolean filling) {
		return switch (InterruptedRestore.of(context, plan, filling)) {
			case DONE -> true;
			case NOT_DONE -> false;
			case WRITTEN_SINCE -> throw new BackupException(
					"An earlier start was killed while it restored the database, and somebody has written to it since",
					"Look at the data. To restore it all the same, plan that again.", null);
		};
	}

	private void check(PlannedRestore plan, Path database) {
		if (!RealPath.of(plan.database()).equals(RealPath.of(database))) {
			throw new BackupException("It is planned for another database, " + plan.database(),
					"If that is the same one under a new path, plan the restore again.", null);
		}
		RestorableSnapshot source = RestorableSnapshot.of(plan.snapshot());
		source.requireWhole();
		requireUnchanged(plan);
		if (!plan.forced()) {
			this.fits.apply(plan.snapshot()).filter(SchemaFit::isNewer).ifPresent((fit) -> {
				throw new BackupException(fit.describeNewer(plan.snapshot()),
						"Plan it with the release that wrote it, or a later one, or with the command and --force.",
						null);
			});
		}
	}

	private static void requireUnchanged(PlannedRestore plan) {
		try {
			if (FileState.of(plan.snapshot()).size() != plan.bytes()
					|| !PlannedRestores.sha256(plan.snapshot()).equals(plan.sha256())) {
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

	private static boolean isWithoutData(BackupContext context) {
		try {
			return !LiveContent.hasData(context);
		}
		catch (BackupException ex) {
			// What cannot be read is not nothing.
			logger.debug("It is unknown whether there is data in {}", context.live().file(), ex);
			return false;
		}
	}

	/**
	 * A listener that keeps what it hears: beans that hear it may need the data source
	 * that is still being made.
	 */
	private record RecordingListener(List<Consumer<BackupListener>> heard) implements BackupListener {

		@Override
		public void onResult(BackupResult result, BackupAttempt attempt) {
			this.heard.add((listener) -> listener.onResult(result, attempt));
		}

		@Override
		public void onFailure(BackupException failure, BackupAttempt attempt) {
			this.heard.add((listener) -> listener.onFailure(failure, attempt));
		}

		@Override
		public void onWarning(String message) {
			this.heard.add((listener) -> listener.onWarning(message));
		}

	}

}
