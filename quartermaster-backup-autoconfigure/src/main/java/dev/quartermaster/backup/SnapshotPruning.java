/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The removal, on request, of the snapshots of a database that its retention policy lets
 * go. What a backup removes by itself is the same, but in a short time only.
 */
public final class SnapshotPruning {

	/**
	 * What thinning leaves of a year but for the last day: six a week, three a month, and
	 * one of each month.
	 */
	private static final int LEFT_OF_YEAR = 6 + 3 + 12;

	private final BackupContext context;

	/**
	 * Create a new instance. Nothing is looked at yet.
	 * @param backups the service of the database
	 */
	public SnapshotPruning(SqliteBackupService backups) {
		this.context = backups.context();
	}

	/**
	 * Return whether there is a policy that lets anything go.
	 * @return whether there is
	 */
	public boolean isConfigured() {
		return !this.context.settings().retention().isNone();
	}

	/**
	 * Return how many bytes the policy lets snapshots take before it removes as much as
	 * is added.
	 * @param largest how many bytes the largest snapshot has
	 * @param bytesPerDay how many are added a day
	 * @return the number, or {@link Double#POSITIVE_INFINITY} if the policy sets no end
	 * to it, for all reasons
	 */
	public double mostBytes(long largest, double bytesPerDay) {
		RetentionPolicy.Limits limits = this.context.settings().retention().limits();
		double most = Double.POSITIVE_INFINITY;
		if (limits.maxTotalSize() != null) {
			most = Math.min(most, limits.maxTotalSize());
		}
		if (limits.maxCount() != null) {
			most = Math.min(most, (double) limits.maxCount() * largest);
		}
		if (limits.maxAge() != null) {
			most = Math.min(most, limits.maxAge().toSeconds() / (double) Duration.ofDays(1).toSeconds() * bytesPerDay);
		}
		if (Boolean.TRUE.equals(limits.thin())) {
			most = Math.min(most, bytesPerDay + (double) LEFT_OF_YEAR * largest);
		}
		return most;
	}

	/**
	 * Decide about each snapshot. Nothing is removed, and no snapshot is taken, so that
	 * the oldest that stays may be one more than {@link #prune()} leaves.
	 * @return the decisions, newest snapshot first
	 * @throws BackupException if the snapshots cannot be listed
	 */
	public List<RetentionDecision> decide() {
		return new SnapshotRetention(this.context).decide();
	}

	/**
	 * Take a snapshot if the database has changed, and remove what may go. Without a
	 * sound database nothing is removed. If there is no room for a snapshot, it is
	 * removed all the same, since that is what makes room.
	 * @return what was decided and done
	 * @throws BackupException if the database is gone or damaged, or could not be backed
	 * up for another reason than that there is no room
	 */
	public Pruned prune() {
		return this.context.warned(() -> {
			Path database = this.context.live().file();
			BackupResult result;
			try {
				result = Backup.ifChanged(
						this.context.withSettings(this.context.settings().withRetention(RetentionPolicy.NONE)),
						BackupPurpose.of(SnapshotReason.of("before prune")));
			}
			catch (NoRoomException ex) {
				if (isDamaged()) {
					throw noneRemoved(database);
				}
				return pruned(new SnapshotRetention(this.context).run(Deadline.NEVER), ex);
			}
			return pruned(new SnapshotRetention(this.context).after(result, Deadline.NEVER)
				.orElseThrow(() -> noneRemoved(database)), null);
		});
	}

	private boolean isDamaged() {
		return SnapshotVerifier.verifyLive(this.context.live(), this.context.settings().busyTimeout(),
				Progress.NONE) instanceof Verification.Corrupt;
	}

	private static Pruned pruned(SnapshotRetention.Done done, @Nullable BackupException notBackedUp) {
		return new Pruned(done.decisions(), done.result(), notBackedUp);
	}

	private static BackupException noneRemoved(Path database) {
		return new BackupException(
				"No snapshot was removed, because the database " + database
						+ " is damaged or has no data, so that all of its snapshots may be needed",
				"Restore one of them first.", null);
	}

	/**
	 * What was decided about each snapshot, and what was done.
	 *
	 * @param decisions the decisions, newest snapshot first
	 * @param result what was removed
	 * @param notBackedUp why no snapshot could be taken before, or {@code null}
	 */
	public record Pruned(List<RetentionDecision> decisions, PruneResult result, @Nullable BackupException notBackedUp) {

		/**
		 * Create a new instance, which keeps a copy of the list.
		 * @param decisions the decisions
		 * @param result what was removed
		 * @param notBackedUp why no snapshot could be taken, or {@code null}
		 */
		public Pruned {
			decisions = List.copyOf(decisions);
		}

	}

}
