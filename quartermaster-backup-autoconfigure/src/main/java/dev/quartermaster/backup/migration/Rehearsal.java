/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.CopiedDataSource;
import dev.quartermaster.backup.DatabaseBusyException;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.NoRoomException;
import dev.quartermaster.backup.Secrets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rehearsal of a migration: the same is done on a copy first, and what comes of it is
 * audited. Only if both are well is the database itself touched. That a rehearsal cannot
 * be made stops no migration, unless the user wants none without a snapshot either.
 */
public final class Rehearsal {

	private static final Logger logger = LoggerFactory.getLogger(Rehearsal.class);

	private final MigrationSettings settings;

	Rehearsal(MigrationSettings settings) {
		this.settings = settings;
	}

	/**
	 * Return whether migrations are to be rehearsed at all.
	 * @return whether they are
	 */
	public boolean isWanted() {
		return this.settings.rehearse();
	}

	/**
	 * Rehearse a migration, if that is wanted and there is anything to apply.
	 * @param change the change that has begun, of which the database has a snapshot
	 * @param dataSource the data source that the migration uses
	 * @param pending tells whether there is anything to apply
	 * @param migration does the same with another data source
	 * @throws RehearsalFailedException if the migration is not to be made; the change is
	 * then over
	 */
	public void of(SchemaChange change, DataSource dataSource, BooleanSupplier pending, Migration migration) {
		if (!isWanted() || !isPending(pending)) {
			return;
		}
		List<RehearsalCandidate> databases = change.toRehearse();
		databases.forEach(RehearsalCandidate::suspendNote);
		try {
			rehearse(databases, dataSource, migration);
		}
		catch (RehearsalFailedException ex) {
			change.refuse();
			throw ex;
		}
		databases.forEach(RehearsalCandidate::resumeNote);
	}

	/**
	 * Handle a migration that changes a database in a way in which it cannot be
	 * rehearsed.
	 * @param change the change that has begun
	 * @param why what is in the way, as a sentence without its full stop
	 * @throws RehearsalFailedException if the migration is not to be made then
	 */
	public void cannotBeMade(SchemaChange change, String why) {
		RehearsalCandidate database = change.toRehearse().get(0);
		if (isWanted() && !database.isNew()) {
			try {
				notPossible(database.file(),
						new BackupException(why, "Rehearse it with the rehearse command instead.", null));
			}
			catch (RehearsalFailedException ex) {
				change.refuse();
				throw ex;
			}
		}
	}

	/**
	 * Handle a migration that cannot be rehearsed, if there is anything to apply.
	 * @param change the change that has begun
	 * @param pending tells whether there is anything to apply
	 * @param why what is in the way, as a sentence without its full stop
	 * @throws RehearsalFailedException if the migration is not to be made then
	 */
	public void cannotBeMade(SchemaChange change, BooleanSupplier pending, String why) {
		if (isWanted() && isPending(pending)) {
			cannotBeMade(change, why);
		}
	}

	private static boolean isPending(BooleanSupplier pending) {
		try {
			return pending.getAsBoolean();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("It is unknown whether a migration is pending, so it is rehearsed", Secrets.mask(ex));
			return true;
		}
	}

	private void rehearse(List<RehearsalCandidate> databases, DataSource dataSource, Migration migration) {
		Path database = databases.get(0).file();
		long start = System.nanoTime();
		try (RehearsalCopies copies = RehearsalCopies.of(databases);
				CopiedDataSource copied = new CopiedDataSource(dataSource, copies.byFile())) {
			if (copies.isEmpty()) {
				return;
			}
			logger.info("Rehearsing the migration of {} on a copy", database);
			migrate(database, copies, copied, migration);
			List<Path> written = copies.written();
			if (!written.isEmpty()) {
				logger.warn("{}", howWritten(written));
			}
			List<AuditReport> reports = read(database, copies, copied);
			judge(reports, written, Duration.ofNanos(System.nanoTime() - start));
		}
		catch (RehearsalFailedException ex) {
			throw ex;
		}
		catch (BackupException ex) {
			notPossible(database, ex);
		}
		catch (RuntimeException | LinkageError ex) {
			Throwable cause = Secrets.mask(ex);
			logger.warn("The rehearsal failed unexpectedly", cause);
			notPossible(database, new BackupException("The rehearsal failed unexpectedly: " + cause,
					"This is a bug in Quartermaster Backup. Please report it with the stack trace in the log.", cause));
		}
	}

	private static void migrate(Path database, RehearsalCopies copies, CopiedDataSource copied, Migration migration) {
		try {
			migration.run(copied);
		}
		catch (Exception | LinkageError | AssertionError ex) {
			throw copied.becauseOfCopies(ex)
				.orElseGet(() -> RehearsalFailedException.failed(database, touched(copies), ex));
		}
		copied.failure().ifPresent((failure) -> {
			throw failure;
		});
		copied.close();
	}

	/**
	 * Read what the migration left. If that cannot be read, the migration is the reason.
	 */
	private List<AuditReport> read(Path database, RehearsalCopies copies, CopiedDataSource copied) {
		try {
			return read(copies);
		}
		catch (NoRoomException | DatabaseBusyException ex) {
			throw ex;
		}
		catch (BackupException ex) {
			throw copied.becauseOfCopies(ex)
				.orElseGet(() -> RehearsalFailedException.unreadable(database, touched(copies), ex));
		}
	}

	private List<AuditReport> read(RehearsalCopies copies) {
		List<AuditReport> reports = new ArrayList<>();
		for (RehearsalCopies.Copied copied : copies.all()) {
			copied.copy().settle();
			if (this.settings.audit()) {
				MigrationComparison compared = new MigrationAudit(this.settings.expectedLoss())
					.compare(copied.copy().file(), copied.before());
				reports.add(new AuditReport(
						new MigrationComparison(copied.database().file(), copied.before(), compared.versionBefore(),
								compared.versionAfter(), compared.tables(), compared.losses(), compared.expected())));
			}
		}
		return reports;
	}

	private static void judge(List<AuditReport> reports, List<Path> written, Duration took) {
		List<AuditReport> losses = reports.stream().filter(AuditReport::hasLosses).toList();
		if (!losses.isEmpty()) {
			throw RehearsalFailedException.lossy(
					losses.stream()
						.map(AuditReport::problemOfRehearsal)
						.collect(Collectors.joining(System.lineSeparator())),
					touched(written), losses.stream().map(AuditReport::action).collect(Collectors.joining(" ")));
		}
		reports.forEach((report) -> report.logRehearsed(took));
	}

	private static String touched(RehearsalCopies copies) {
		try {
			return touched(copies.written());
		}
		catch (RuntimeException ex) {
			// What failed matters more than this.
			logger.debug("It is unknown whether a database was written to while it was rehearsed", ex);
			return "Whether the database was touched is unknown";
		}
	}

	private static String touched(List<Path> written) {
		return written.isEmpty() ? "The database was not touched" : howWritten(written);
	}

	private static String howWritten(List<Path> written) {
		return written.stream().map(Path::toString).collect(Collectors.joining(" and "))
				+ " was written to while its migration was rehearsed on a copy: by another process, or by a migration,"
				+ " a callback or a strategy in Java that uses another DataSource than the one that it is given. What"
				+ " such code does is not rehearsed, but done to the database itself each time";
	}

	private void notPossible(Path database, BackupException failure) {
		if (this.settings.onFailure() == OnBackupFailure.ABORT) {
			throw RehearsalFailedException.notPossible(database, failure);
		}
		logger.warn("The migration of {} was NOT REHEARSED, and is made all the same. {}", database,
				failure.getMessage());
	}

	/**
	 * A migration that can be made with any data source.
	 */
	@FunctionalInterface
	public interface Migration {

		/**
		 * Migrate.
		 * @param dataSource the data source of the database
		 * @throws Exception if it fails
		 */
		void run(DataSource dataSource) throws Exception;

	}

}
