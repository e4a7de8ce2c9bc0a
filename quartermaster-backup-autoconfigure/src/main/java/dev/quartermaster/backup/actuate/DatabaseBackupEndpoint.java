/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.DataLoss;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.ReleaseMigrations;
import dev.quartermaster.backup.SchemaFit;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SnapshotManifest;
import dev.quartermaster.backup.SqliteBackupRegistry;
import dev.quartermaster.backup.Verification;
import dev.quartermaster.backup.actuate.DescribedSnapshots.DescribedSnapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} to take snapshots of the application's databases, and to see
 * which there are.
 */
@Endpoint(id = "dbbackup")
public final class DatabaseBackupEndpoint {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseBackupEndpoint.class);

	private final SqliteBackupRegistry services;

	private final AdmittedRequests requests = new AdmittedRequests();

	private final DescribedSnapshots described;

	/**
	 * Create a new instance.
	 * @param services the services of the databases
	 * @param migrations the migrations that are known
	 * @param sources give the migrations that the application has
	 */
	public DatabaseBackupEndpoint(SqliteBackupRegistry services, AuditedMigrations migrations,
			Supplier<Stream<ReleaseMigrations.Source>> sources) {
		this.services = services;
		this.described = new DescribedSnapshots(services, migrations, sources);
	}

	/**
	 * Return the snapshots that there are.
	 * @param database the name of the database, or {@code null} for all
	 * @return the snapshots, newest first
	 */
	@ReadOperation
	public SnapshotsDescriptor snapshots(@Nullable String database) {
		return new SnapshotsDescriptor(this.described.of(database).stream().map(SnapshotDescriptor::of).toList());
	}

	/**
	 * Return one snapshot.
	 * @param name its file name
	 * @param database the name of its database, or {@code null} to look in all
	 * @return the snapshot, or {@code null} if there is none of that name
	 */
	@ReadOperation
	public @Nullable SnapshotDescriptor snapshot(@Selector String name, @Nullable String database) {
		List<DescribedSnapshot> found = this.described.named(name, database);
		if (found.size() > 1) {
			throw new AmbiguousSnapshotException(name, found.stream().map(DescribedSnapshot::database).toList());
		}
		return found.isEmpty() ? null : SnapshotDescriptor.of(found.get(0));
	}

	/**
	 * Take a snapshot of one database, or of each.
	 * @param reason why, in any words; {@code manual} if there is none
	 * @param database the name of the database, or {@code null} for all
	 * @return the snapshot, or that there was nothing to back up; if there are several
	 * databases, what became of each, failures included
	 */
	@WriteOperation
	public BackupDescriptor backup(@Nullable String reason, @Nullable String database) {
		List<BackupOutcome> outcomes = backupEach(reason, database);
		UnexpectedFailureException unexpected = UnexpectedFailureException.among(BackupOutcome.failures(outcomes));
		if (unexpected != null) {
			logger.warn("{}", unexpected.getMessage(), unexpected);
		}
		if (outcomes.size() == 1 && outcomes.get(0) instanceof BackupOutcome.Failed failed) {
			throw failed.failure();
		}
		return BackupDescriptor.of(outcomes);
	}

	List<BackupOutcome> backupEach(@Nullable String reason, @Nullable String database) {
		return this.requests.answer(() -> this.services.select(database),
				(selected) -> selected.entrySet()
					.stream()
					.map((entry) -> BackupOutcome.of(entry.getKey(), entry.getValue(), reason))
					.toList());
	}

	/**
	 * The snapshots of a database, or of all.
	 *
	 * @param snapshots the snapshots, newest first
	 */
	public record SnapshotsDescriptor(List<SnapshotDescriptor> snapshots) implements OperationResponseBody {
	}

	/**
	 * A snapshot.
	 *
	 * @param database the name of its database
	 * @param name its file name
	 * @param reason why it was taken, as a slug
	 * @param takenAt when it was taken
	 * @param size its size in bytes
	 * @param reasonInFull why, as it was given, or {@code null} if that is not known
	 * @param schemaVersion the version of the schema in it, or {@code null}
	 * @param applicationVersion the release that took it, or {@code null}
	 * @param fit whether the application can take it, in a few words, or {@code null} if
	 * that is not known
	 * @param migration what came of the migration before which it was taken, or
	 * {@code null} if that is not known, or was before the application started
	 * @param copies the locations of its copies elsewhere, or {@code null} if there are
	 * none
	 */
	public record SnapshotDescriptor(String database, String name, String reason, OffsetDateTime takenAt, long size,
			@Nullable String reasonInFull, @Nullable String schemaVersion, @Nullable String applicationVersion,
			@Nullable String fit, @Nullable MigrationDescriptor migration,
			@Nullable List<String> copies) implements OperationResponseBody {

		static SnapshotDescriptor of(DescribedSnapshot described) {
			Snapshot snapshot = described.snapshot();
			SnapshotManifest manifest = described.manifest();
			SchemaFit fit = described.fit();
			MigrationComparison migration = described.migration();
			return new SnapshotDescriptor(described.database(), snapshot.name().toString(),
					snapshot.name().reason().slug(),
					(manifest != null) ? manifest.takenAt() : snapshot.takenAt().toOffsetDateTime(), snapshot.size(),
					(manifest != null) ? manifest.reason() : null,
					(manifest != null) ? manifest.schema().version() : null,
					(manifest != null) ? manifest.application().version() : null, (fit != null) ? fit.toString() : null,
					(migration != null) ? MigrationDescriptor.of(migration) : null,
					described.copies().isEmpty() ? null : described.copies());
		}

	}

	/**
	 * The comparison of a database after a migration with its snapshot from before.
	 *
	 * @param versionBefore the version of the schema before, or {@code null} if there was
	 * none
	 * @param versionAfter the version of the schema after, or {@code null}
	 * @param tables how many tables there are
	 * @param rows how many rows there are
	 * @param lost what was lost unexpectedly, in words
	 * @param expected what was lost and may be, in words
	 */
	public record MigrationDescriptor(@Nullable String versionBefore, @Nullable String versionAfter, long tables,
			long rows, List<String> lost, List<String> expected) {

		static MigrationDescriptor of(MigrationComparison comparison) {
			return new MigrationDescriptor(comparison.versionBefore(), comparison.versionAfter(),
					comparison.tablesAfter(), comparison.rowsAfter(),
					comparison.losses().stream().map(DataLoss::toString).toList(),
					comparison.expected().stream().map(DataLoss::toString).toList());
		}

	}

	/**
	 * The answer to a request for snapshots.
	 */
	public sealed interface BackupDescriptor extends OperationResponseBody {

		/**
		 * Return the only result, or all.
		 * @param outcomes what became of each database
		 * @return what to answer
		 */
		static BackupDescriptor of(List<BackupOutcome> outcomes) {
			List<BackupDescriptor> results = outcomes.stream().map(BackupDescriptor::of).toList();
			return (results.size() == 1) ? results.get(0) : new ResultsDescriptor(results);
		}

		private static BackupDescriptor of(BackupOutcome outcome) {
			if (outcome instanceof BackupOutcome.Failed failed) {
				return FailedDescriptor.of(failed.database(), failed.failure());
			}
			BackupResult result = ((BackupOutcome.Done) outcome).result();
			return (result instanceof BackupResult.Created created) ? CreatedDescriptor.of(outcome.database(), created)
					: NothingDescriptor.of(outcome.database(), result);
		}

	}

	/**
	 * The answers for each of several databases.
	 *
	 * @param results the results, one for each
	 */
	public record ResultsDescriptor(List<BackupDescriptor> results) implements BackupDescriptor {
	}

	/**
	 * A new snapshot.
	 *
	 * @param database the name of its database
	 * @param name its file name
	 * @param reason why it was taken, as a slug
	 * @param takenAt when it was taken
	 * @param size its size in bytes
	 * @param verification what the check of it found
	 */
	public record CreatedDescriptor(String database, String name, String reason, OffsetDateTime takenAt, long size,
			VerificationDescriptor verification) implements BackupDescriptor {

		static CreatedDescriptor of(String database, BackupResult.Created created) {
			SnapshotDescriptor snapshot = SnapshotDescriptor.of(DescribedSnapshot.of(database, created.snapshot()));
			return new CreatedDescriptor(database, snapshot.name(), snapshot.reason(), snapshot.takenAt(),
					snapshot.size(), VerificationDescriptor.of(created.verification()));
		}

	}

	/**
	 * The answer for a database without data.
	 *
	 * @param database the name of the database
	 * @param message says so
	 */
	public record NothingDescriptor(String database, String message) implements BackupDescriptor {

		static NothingDescriptor of(String database, BackupResult result) {
			return new NothingDescriptor(database,
					"Nothing to back up: there is no data in " + result.database() + " yet.");
		}

	}

	/**
	 * The answer for one of several databases of which there is no snapshot.
	 *
	 * @param database the name of the database
	 * @param error what happened, to which file and what it means
	 * @param action what to do
	 */
	public record FailedDescriptor(String database, String error, String action) implements BackupDescriptor {

		static FailedDescriptor of(String database, BackupException failure) {
			return new FailedDescriptor(database, failure.getProblem() + ".", failure.getAction());
		}

	}

	/**
	 * The finding of the check of a snapshot.
	 *
	 * @param status {@code sound}, {@code corrupt}, {@code unverifiable} or, when checks
	 * are turned off, {@code none}
	 * @param detail the finding in words
	 */
	public record VerificationDescriptor(String status, String detail) {

		static VerificationDescriptor of(Verification verification) {
			return new VerificationDescriptor(verification.status(), verification.summary());
		}

	}

}
