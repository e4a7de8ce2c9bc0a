/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.DataLoss;
import dev.quartermaster.backup.LastWrite;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audits of the changes of one database. The first is compared with the snapshot from
 * before it, any further one with what the last one left. Where nobody wrote, nothing is
 * read.
 */
final class ChangeAudit {

	private static final Logger logger = LoggerFactory.getLogger(ChangeAudit.class);

	private final SqliteBackupService backups;

	private final MigrationSettings settings;

	private final BackupListener listener;

	private final Path database;

	private @Nullable LastWrite lastWrite;

	private boolean afterFailure;

	private boolean lossOfEarlierStart;

	private @Nullable Supplier<DatabaseContent> inSnapshot;

	private @Nullable DatabaseContent content;

	private final Set<DataLoss> told = new HashSet<>();

	/**
	 * Create a new instance.
	 * @param backups the service of the database
	 * @param database the file of the database, for which no connection is to be asked
	 * @param settings whether to audit, and what a loss is
	 * @param listener hears of each comparison
	 */
	ChangeAudit(SqliteBackupService backups, Path database, MigrationSettings settings, BackupListener listener) {
		this.backups = backups;
		this.database = database;
		this.settings = settings;
		this.listener = listener;
	}

	/**
	 * A change begins.
	 * @param afterFailure whether the snapshot is from before an earlier start, which
	 * failed: what that changed counts as well
	 */
	void begin(boolean afterFailure) {
		if (this.settings.audit()) {
			this.afterFailure = afterFailure && this.content == null;
			this.lastWrite = LastWrite.of(this.database);
		}
	}

	/**
	 * A change has come to its end.
	 * @param before the snapshot from before the first one
	 * @param ifMigrated whether only a migration counts, and not rows that the
	 * application may have changed by itself
	 * @return the loss for which it is to fail, or {@code null}
	 */
	@Nullable DataLossException end(Snapshot before, boolean ifMigrated) {
		LastWrite earlier = this.lastWrite;
		if (earlier == null) {
			return null;
		}
		try {
			boolean nothingWritten = LastWrite.of(this.database).isStill(earlier);
			if (nothingWritten && !this.afterFailure) {
				return null;
			}
			DataLossException loss = audit(before.file(), ifMigrated);
			this.lossOfEarlierStart = loss != null && nothingWritten;
			return loss;
		}
		catch (BackupException ex) {
			logger.warn("The migration could not be audited, so it is unknown whether it lost data. {}",
					ex.getMessage());
		}
		catch (RuntimeException | LinkageError ex) {
			// The migration is done, and what it did is not undone by that.
			logger.warn("The migration could not be audited, so it is unknown whether it lost data."
					+ " This is a bug in Quartermaster Backup. Please report it.", Secrets.mask(ex));
		}
		return null;
	}

	/**
	 * Return whether the last change failed for a loss without having written anything:
	 * an earlier start did. The application may have been used since, so that to put the
	 * snapshot back could cost more than it brings.
	 */
	boolean isLossOfEarlierStart() {
		return this.lossOfEarlierStart;
	}

	private @Nullable DataLossException audit(Path snapshot, boolean ifMigrated) {
		if (this.inSnapshot == null) {
			this.inSnapshot = MigrationAudit.read(snapshot);
		}
		MigrationAudit.Audited audited = new MigrationAudit(this.settings.expectedLoss()).compare(this.backups,
				this.database, snapshot, this.inSnapshot, this.content);
		this.content = audited.content();
		if (ifMigrated ? !audited.migrated() : !audited.changed()) {
			logger.debug("No change of {}", this.database);
			return null;
		}
		MigrationComparison comparison = audited.comparison().without(this.told);
		this.told.addAll(comparison.losses());
		tell(comparison);
		AuditReport report = new AuditReport(comparison);
		if (!comparison.hasLosses()) {
			report.logNothingLost();
			return null;
		}
		if (this.settings.onDataLoss() == OnDataLoss.FAIL) {
			return report.toException();
		}
		report.logLosses(this.backups.urlParameters());
		return null;
	}

	private void tell(MigrationComparison comparison) {
		try {
			this.listener.onMigrated(comparison);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("A backup listener failed. The migration is not affected.", Secrets.mask(ex));
		}
	}

}
