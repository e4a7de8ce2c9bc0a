/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The removal of those snapshots of one database that the retention policy lets go, see
 * {@link Retention}. It comes after a backup that succeeded, and is kept apart from other
 * backups and restores of the database in the process by {@link CopyQueue}. Whatever goes
 * wrong, the backup has succeeded.
 */
final class SnapshotRetention {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotRetention.class);

	/**
	 * For how long a start may be held up. What is not done then is done the next time.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final int NAMED = 3;

	private final BackupContext context;

	private final RetentionPolicy policy;

	private final SnapshotDirectory directory;

	private final Consumer<PruneResult> told;

	private final Consumer<String> before;

	private final Map<SnapshotName, Soundness> known = new HashMap<>();

	/**
	 * Create a new instance. Nothing is looked at yet.
	 * @param context what it has in common with the backups of the database
	 */
	SnapshotRetention(BackupContext context) {
		this(context, context.snapshotsOf(context.live().file()), context.report()::pruned, (name) -> {
		});
	}

	private SnapshotRetention(BackupContext context, SnapshotDirectory directory, Consumer<PruneResult> told,
			Consumer<String> before) {
		this.context = context;
		this.policy = context.settings().retention();
		this.directory = directory;
		this.told = told;
		this.before = before;
	}

	/**
	 * Return the retention of copies in another directory, of which nobody is told but by
	 * the log.
	 * @param context what it has in common with the backups of the database
	 * @param directory the other directory
	 * @param before hears the file name of each snapshot before its copy is removed
	 */
	static SnapshotRetention elsewhere(BackupContext context, Path directory, Consumer<String> before) {
		return new SnapshotRetention(context, context.snapshotsOf(context.live().file(), directory), (result) -> {
		}, before);
	}

	/**
	 * Remove what may go, after a backup. Nothing is removed if the database is damaged,
	 * or gone.
	 * @param result what the backup came to
	 */
	static void after(BackupContext context, BackupResult result) {
		if (context.settings().retention().isNone()) {
			return;
		}
		try (CopyQueue.@Nullable Permit permit = CopyQueue.of(result.database()).attempt(result.database())) {
			if (permit != null) {
				new SnapshotRetention(context).after(result, Deadline.after(PATIENCE));
			}
			// Otherwise whoever makes a backup now does it.
		}
		catch (RuntimeException | LinkageError ex) {
			Warnings.warn(logger, "It could not be decided which snapshots of {} may be removed ({}). All are kept.",
					result.database(), Secrets.mask(String.valueOf(ex.getMessage())));
			logger.debug("The retention failed", Secrets.mask(ex));
		}
	}

	/**
	 * Remove what may go, after a backup.
	 * @param result what the backup came to
	 * @param deadline when to stop
	 * @return what was decided and done, or empty if nothing may go after such a backup
	 */
	Optional<Done> after(BackupResult result, Deadline deadline) {
		Snapshot newest = null;
		Verification verification = null;
		if (result instanceof BackupResult.Created created) {
			newest = created.snapshot();
			verification = created.verification();
		}
		else if (result instanceof BackupResult.Unchanged unchanged) {
			newest = unchanged.snapshot();
			verification = unchanged.verification();
		}
		if (newest == null || verification instanceof Verification.Corrupt) {
			logger.debug("Nothing is removed after {}", result);
			return Optional.empty();
		}
		if (verification instanceof Verification.Sound) {
			this.known.put(newest.name(), Soundness.SOUND);
		}
		Path taken = newest.file();
		List<Snapshot> snapshots = this.directory.list();
		if (snapshots.stream().noneMatch((snapshot) -> snapshot.file().equals(taken))) {
			// Another volume was mounted there.
			logger.debug("Nothing is removed, because {} is not there", taken);
			return Optional.empty();
		}
		return Optional.of(run(snapshots, deadline));
	}

	/**
	 * Remove what may go, although no backup could be made.
	 * @return what was decided and done
	 */
	Done run(Deadline deadline) {
		return run(this.directory.list(), deadline);
	}

	private Done run(List<Snapshot> newestFirst, Deadline deadline) {
		RetentionInspection inspection = inspect(newestFirst, deadline);
		List<RetentionDecision> decisions = decide(inspection);
		Done done = new Done(decisions, remove(newestFirst, decisions, inspection, deadline));
		inspection.recordChecks();
		report(done.result());
		return done;
	}

	/**
	 * Decide what may go, and remove nothing.
	 */
	List<RetentionDecision> decide() {
		return decide(inspect(this.directory.list(), Deadline.NEVER));
	}

	private RetentionInspection inspect(List<Snapshot> newestFirst, Deadline deadline) {
		Path database = this.directory.database();
		UUID installation = Installation.of(this.context.directoryFor(database), database).existing().orElse(null);
		return new RetentionInspection(newestFirst, installation, bookmarked(), planned(), deadline);
	}

	private Optional<String> bookmarked() {
		return new SnapshotBookmark(this.context).requireName();
	}

	private Set<Path> planned() {
		Path database = this.directory.database();
		Path directory = this.directory.path();
		return SnapshotsNeeded.of(database, directory, directory.getParent(),
				this.context.settings().directoryFor(database));
	}

	private List<RetentionDecision> decide(RetentionInspection inspection) {
		List<RetentionCandidate> names = inspection.byNames();
		if (Retention.isClockDoubtful(names, this.context.now())) {
			Warnings.warn(logger,
					"More than a year has passed since the last snapshot of {} before today, as the clock has it ({})."
							+ " In case the clock is wrong, none is removed for its age until there is one of a later day.",
					this.directory.database(), this.context.now());
		}
		List<RetentionDecision> decisions = Retention.decide(names, this.policy, this.context.now(),
				(candidate) -> Soundness.SOUND);
		if (decisions.stream().allMatch(RetentionDecision::kept)) {
			return decisions;
		}
		List<RetentionCandidate> candidates = inspection.candidates(this.known);
		return Retention.decide(candidates, this.policy, this.context.now(), inspection::check);
	}

	private PruneResult remove(List<Snapshot> newestFirst, List<RetentionDecision> decisions,
			RetentionInspection inspection, Deadline deadline) {
		SnapshotRemoval removal = new SnapshotRemoval(this.directory.path());
		Set<SnapshotName> going = new HashSet<>();
		decisions.stream().filter((decision) -> !decision.kept()).map(RetentionDecision::name).forEach(going::add);
		if (!going.isEmpty()) {
			// Another process may have begun a change of the schema while these were
			// looked at.
			Optional<String> bookmarked = bookmarked();
			going.removeIf((name) -> bookmarked.filter(name.toString()::equals).isPresent());
		}
		for (int i = newestFirst.size() - 1; i >= 0 && !deadline.isOver(); i--) {
			Snapshot snapshot = newestFirst.get(i);
			// Somebody may plan a restore between any two of them.
			if (going.contains(snapshot.name()) && !PinnedSnapshots.contains(snapshot)
					&& !planned().contains(RestorableSnapshot.behindLinks(snapshot.file()))) {
				inspection.identityOf(snapshot).ifPresent((identity) -> {
					this.before.accept(snapshot.name().toString());
					removal.remove(snapshot, identity);
				});
			}
		}
		return removal.finish(this.directory.database());
	}

	private void report(PruneResult result) {
		List<Path> removed = result.removed();
		if (!removed.isEmpty()) {
			List<String> names = removed.stream()
				.limit((removed.size() > NAMED + 1) ? NAMED : removed.size())
				.map((file) -> Objects.toString(file.getFileName()))
				.toList();
			logger.info("Removed {} of {} by the retention policy: {}{}", Count.of(removed.size(), "snapshot"),
					result.database(), String.join(", ", names),
					(names.size() < removed.size()) ? " and " + (removed.size() - names.size()) + " more" : "");
		}
		if (!result.stuck().isEmpty()) {
			Warnings.warn(logger, "{}", result.problem());
		}
		this.told.accept(result);
	}

	/**
	 * What was decided about each snapshot, and what came of it.
	 *
	 * @param decisions the decisions, newest snapshot first
	 * @param result what was removed
	 */
	record Done(List<RetentionDecision> decisions, PruneResult result) {
	}

}
