/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.time.OffsetDateTime;
import java.util.List;

import dev.quartermaster.backup.BackupResult;
import dev.quartermaster.backup.Snapshot;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.Verification;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} to take a snapshot of the application's database, and to see
 * which there are.
 */
@Endpoint(id = "dbbackup")
public final class DatabaseBackupEndpoint {

	private final SqliteBackupService backups;

	/**
	 * Create a new instance.
	 * @param backups the door to the snapshots
	 */
	public DatabaseBackupEndpoint(SqliteBackupService backups) {
		this.backups = backups;
	}

	/**
	 * Return the snapshots of the database.
	 * @return the snapshots, newest first
	 */
	@ReadOperation
	public SnapshotsDescriptor snapshots() {
		return new SnapshotsDescriptor(this.backups.list().stream().map(SnapshotDescriptor::of).toList());
	}

	/**
	 * Return one snapshot.
	 * @param name its file name
	 * @return the snapshot, or {@code null} if there is none of that name
	 */
	@ReadOperation
	public @Nullable SnapshotDescriptor snapshot(@Selector String name) {
		return this.backups.find(name).map(SnapshotDescriptor::of).orElse(null);
	}

	/**
	 * Take a snapshot.
	 * @param reason why, in any words; {@code manual} if there is none
	 * @return the snapshot, or that there was nothing to back up
	 */
	@WriteOperation
	public BackupDescriptor backup(@Nullable String reason) {
		return BackupDescriptor.of(this.backups.backup(reason));
	}

	/**
	 * The snapshots of the database.
	 *
	 * @param snapshots the snapshots, newest first
	 */
	public record SnapshotsDescriptor(List<SnapshotDescriptor> snapshots) {
	}

	/**
	 * A snapshot.
	 *
	 * @param name its file name
	 * @param reason why it was taken, as a slug
	 * @param takenAt when it was taken
	 * @param size its size in bytes
	 */
	public record SnapshotDescriptor(String name, String reason, OffsetDateTime takenAt, long size) {

		static SnapshotDescriptor of(Snapshot snapshot) {
			return new SnapshotDescriptor(snapshot.name().toString(), snapshot.name().reason(),
					snapshot.takenAt().toOffsetDateTime(), snapshot.size());
		}

	}

	/**
	 * What a request for a snapshot came to.
	 */
	public sealed interface BackupDescriptor {

		static BackupDescriptor of(BackupResult result) {
			if (result instanceof BackupResult.Created created) {
				SnapshotDescriptor snapshot = SnapshotDescriptor.of(created.snapshot());
				return new CreatedDescriptor(snapshot.name(), snapshot.reason(), snapshot.takenAt(), snapshot.size(),
						VerificationDescriptor.of(created.verification()));
			}
			return new NothingDescriptor("Nothing to back up: there is no data in " + result.database() + " yet.");
		}

	}

	/**
	 * A new snapshot.
	 *
	 * @param name its file name
	 * @param reason why it was taken, as a slug
	 * @param takenAt when it was taken
	 * @param size its size in bytes
	 * @param verification what the check of it found
	 */
	public record CreatedDescriptor(String name, String reason, OffsetDateTime takenAt, long size,
			VerificationDescriptor verification) implements BackupDescriptor {
	}

	/**
	 * There is no database yet.
	 *
	 * @param message says so
	 */
	public record NothingDescriptor(String message) implements BackupDescriptor {
	}

	/**
	 * What the check of a snapshot found.
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
