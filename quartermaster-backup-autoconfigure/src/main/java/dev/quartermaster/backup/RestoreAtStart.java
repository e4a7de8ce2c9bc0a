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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

import javax.sql.DataSource;

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
 * <li>Rename it to begun.</li>
 * <li>Keep what is there, as a snapshot. Killed before the end of that, the database is
 * what it was, and the next start begins anew.</li>
 * <li>Record what was kept, rename the plan to writing, and flush both. From here on the
 * next start asks what came of it.</li>
 * <li>Restore, in one transaction. Killed before its end, the database is what it was as
 * soon as somebody opens it; killed after its end, it is what was wished for. So
 * {@link InterruptedRestore} can tell the two apart by what the database holds. In the
 * first case the restore is done once more, and keeps nothing that is kept already; in
 * the second one nothing is left to do but to say so.</li>
 * <li>Say so, and remove the plan. Killed in between, the next start says it once
 * more.</li>
 * </ol>
 * Between the kill and that next start somebody may have written to the database: another
 * program, or an application that does not use this one. Then nobody can tell, what was
 * written last counts, and the plan is set aside. So it is when the next start cannot
 * look: what may have been done is never done again.
 */
public final class RestoreAtStart {

	private static final Logger logger = LoggerFactory.getLogger(RestoreAtStart.class);

	/**
	 * For how long a start waits for another one that is restoring the database.
	 */
	private static final Duration PATIENCE = Duration.ofMinutes(5);

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

	private void carryOut(LiveDatabase live, boolean filled, List<Consumer<BackupListener>> heard) {
		BackupListener recording = new RecordingListener(heard);
		BackupContext context = BackupContext.of(SqliteDatabase.of(live), this.settings, recording);
		context.warned(() -> {
			withPlan(live.file(), (
					held) -> new PlannedRestoreAttempt(held, context, this.fits, filled, Set.copyOf(this.seen.keySet()))
						.run());
			return true;
		});
	}

	private void withPlan(Path database, Consumer<HeldRestore> work) {
		try {
			PlannedRestoreFile file = PlannedRestoreFile.of(this.settings, database);
			synchronized (PlannedRestoreFile.ONE_AT_A_TIME) {
				try (HeldRestore held = file.hold(PATIENCE)) {
					if (held != null) {
						doOrSetAside(database, held, work);
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

	private static void doOrSetAside(Path database, HeldRestore held, Consumer<HeldRestore> work) {
		try {
			work.accept(held);
		}
		catch (BackupException ex) {
			setAside(database, held, String.valueOf(ex.getMessage()));
		}
		catch (RuntimeException | LinkageError ex) {
			Throwable cause = Secrets.mask(ex);
			setAside(database, held, "This is a bug in Quartermaster Backup. Please report it: " + cause);
			logger.warn("This is why the planned restore of {} was not carried out", database, cause);
		}
	}

	private static void setAside(Path database, HeldRestore held, String why) {
		PlannedRestore plan = null;
		String reason = why;
		try {
			plan = held.plan();
		}
		catch (IOException ex) {
			reason = "The file " + held.file() + " says nothing that can be carried out (" + FileFailures.describe(ex)
					+ ").";
		}
		String where;
		try {
			held.setAside((plan != null) ? plan.withFailure(reason) : null);
			where = "and is not tried again: the plan is now " + held.file();
		}
		catch (IOException ex) {
			where = "and the plan could not be set aside (" + FileFailures.describe(ex) + "), so that the next start"
					+ " finds it again";
		}
		PlannedRestoreLog.failed(database, held, plan, where, reason);
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
