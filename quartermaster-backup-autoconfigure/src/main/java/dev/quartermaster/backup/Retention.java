/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The decision which snapshots of a database stay: these snapshots, that policy and this
 * moment, hence these may go, and why each. It needs no disk, but for asking about a
 * snapshot of which it is not known whether it is sound, where that matters.
 * <p>
 * The limits of the policy are looked at one after the other, each at what is left by
 * those before it: age, thinning, count, total size. What one of them would remove stays
 * all the same if
 * <ul>
 * <li>it is the newest sound snapshot, or one of the newest that are to be kept in any
 * case, where two names of one file count once</li>
 * <li>it is the last one of a version of the schema, and that is the current one or one
 * of the last before it</li>
 * <li>it is damaged, and nobody knows yet; such a one does not count as one of those that
 * are kept</li>
 * <li>it is from the future, which tells that a clock is or was wrong.</li>
 * </ul>
 * Where SQLite could not check all of a snapshot, it counts among those that are kept in
 * any case, but takes the place of none that is sound.
 * <p>
 * When more than a year has passed since the last snapshot, it may be the clock that is
 * wrong. Then nothing is removed for its age until there is one of a later day.
 */
final class Retention {

	private static final Duration RECENT = Duration.ofDays(1);

	/**
	 * As far as the names of many that are taken at once may be ahead of the clock.
	 */
	private static final Duration BURST = Duration.ofMinutes(1);

	private static final Duration DOUBTFUL_PAUSE = Duration.ofDays(365);

	private final List<RetentionCandidate> newestFirst;

	private final RetentionPolicy policy;

	private final LocalDateTime now;

	private final Function<RetentionCandidate, Soundness> check;

	/**
	 * Those that are up to the policy, newest first.
	 */
	private final List<RetentionCandidate> regular;

	private final Map<RetentionCandidate, Soundness> checked = new HashMap<>();

	private final Map<RetentionCandidate, RetentionDecision> decided = new LinkedHashMap<>();

	private @Nullable Map<RetentionCandidate, String> floors;

	private Retention(List<RetentionCandidate> newestFirst, RetentionPolicy policy, LocalDateTime now,
			Function<RetentionCandidate, Soundness> check) {
		this.newestFirst = newestFirst;
		this.policy = policy;
		this.now = now;
		this.check = check;
		this.regular = newestFirst.stream()
			.filter((candidate) -> isUpToPolicy(candidate) && !candidate.isReplacedState())
			.toList();
	}

	/**
	 * Decide which snapshots stay.
	 * @param newestFirst the snapshots, newest first
	 * @param policy the policy
	 * @param now what time it is, in the zone of the stamps in the names
	 * @param check checks a snapshot that was not checked yet
	 * @return a decision for each, in the same order
	 */
	static List<RetentionDecision> decide(List<RetentionCandidate> newestFirst, RetentionPolicy policy,
			LocalDateTime now, Function<RetentionCandidate, Soundness> check) {
		return new Retention(newestFirst, policy, now, check).decide();
	}

	/**
	 * Return whether the clock may be wrong: the last snapshot but those of the last day
	 * is from more than a year ago.
	 * @param newestFirst the snapshots, newest first
	 * @param now what time it is
	 */
	static boolean isClockDoubtful(List<RetentionCandidate> newestFirst, LocalDateTime now) {
		return newestFirst.stream()
			.map((candidate) -> candidate.name().stamp())
			.filter((stamp) -> !stamp.isAfter(now.minus(RECENT)))
			.max(LocalDateTime::compareTo)
			.filter((previous) -> previous.isBefore(now.minus(DOUBTFUL_PAUSE)))
			.isPresent();
	}

	private List<RetentionDecision> decide() {
		if (!isClockDoubtful(this.newestFirst, this.now)) {
			this.newestFirst.forEach(this::limitAge);
			forEachGroup(RetentionPolicy.Limits::thin, (thin, group) -> {
				if (thin) {
					thin(group);
				}
			});
		}
		forEachGroup(RetentionPolicy.Limits::maxCount, this::limitCount);
		forEachGroup(RetentionPolicy.Limits::maxTotalSize, this::limitTotalSize);
		return this.newestFirst.stream()
			.map((candidate) -> this.decided.getOrDefault(candidate, candidate.decision(true, whyLeft(candidate))))
			.toList();
	}

	private String whyLeft(RetentionCandidate candidate) {
		if (candidate.keptFor() != null) {
			return candidate.keptFor();
		}
		if (isAhead(candidate)) {
			return "it is from the future, so that a clock is or was wrong";
		}
		return "within the limits";
	}

	private boolean isUpToPolicy(RetentionCandidate candidate) {
		return candidate.keptFor() == null && !isAhead(candidate);
	}

	private boolean isAhead(RetentionCandidate candidate) {
		return candidate.name().stamp().isAfter(this.now.plus(BURST));
	}

	private void limitAge(RetentionCandidate candidate) {
		if (!isUpToPolicy(candidate)) {
			return;
		}
		Duration maxAge = candidate.isReplacedState() ? this.policy.replacedMaxAge()
				: this.policy.limitFor(candidate.name().reason(), RetentionPolicy.Limits::maxAge)
					.map(RetentionPolicy.Applied::value)
					.orElse(null);
		if (maxAge != null && isBefore(candidate, maxAge)) {
			remove(candidate, "older than " + RetentionPeriod.describe(maxAge) + " ("
					+ (candidate.isReplacedState() ? "replaced.max-age" : "max-age") + ")");
		}
	}

	/**
	 * Of each period the last one stays. A week ends with its month, so that the last one
	 * of a period is that of a shorter one within it, too, and what stays does not depend
	 * on how often this is done.
	 */
	private void thin(List<RetentionCandidate> group) {
		Map<RetentionPeriod, List<RetentionCandidate>> periods = new HashMap<>();
		for (RetentionCandidate candidate : group) {
			for (RetentionPeriod.Length length : RetentionPeriod.Length.values()) {
				periods.computeIfAbsent(RetentionPeriod.of(candidate, length), (period) -> new ArrayList<>())
					.add(candidate);
			}
		}
		for (RetentionCandidate candidate : group) {
			if (isBefore(candidate, RECENT)) {
				RetentionPeriod period = RetentionPeriod.of(candidate, RetentionPeriod.Length.on(candidate, this.now));
				List<RetentionCandidate> same = periods.getOrDefault(period, List.of());
				if (same.size() > 1 && lastReliable(same).filter((last) -> last != candidate).isPresent()) {
					remove(candidate, "another one of the same " + period.length().word() + " is kept (thin)");
				}
			}
		}
	}

	private Optional<RetentionCandidate> lastReliable(List<RetentionCandidate> candidates) {
		return candidates.stream().filter((candidate) -> soundness(candidate).isUsable()).findFirst();
	}

	private boolean isBefore(RetentionCandidate candidate, Duration age) {
		return candidate.name().stamp().isBefore(this.now.minus(age));
	}

	private void limitCount(int maxCount, List<RetentionCandidate> group) {
		int kept = 0;
		for (RetentionCandidate candidate : group) {
			if (kept == maxCount) {
				remove(candidate, "there " + ((maxCount == 1) ? "is a newer one" : "are " + maxCount + " newer ones")
						+ " (max-count)");
			}
			else if (mayBeUsable(candidate)) {
				kept++;
			}
		}
	}

	/**
	 * What must stay takes the space first, then the newest, and what is damaged the
	 * rest. A second name of a file that stays takes none.
	 */
	private void limitTotalSize(long maxTotalSize, List<RetentionCandidate> group) {
		RetentionSpace space = new RetentionSpace(maxTotalSize);
		group.forEach(space::take);
		if (space.left() >= 0) {
			return;
		}
		space = new RetentionSpace(maxTotalSize);
		group.stream().filter(floors()::containsKey).forEach(space::take);
		List<RetentionCandidate> damaged = group.stream().filter(this::isKnownCorrupt).toList();
		List<RetentionCandidate> others = group.stream().filter((candidate) -> !damaged.contains(candidate)).toList();
		for (List<RetentionCandidate> some : List.of(others, damaged)) {
			space.fill(some)
				.forEach((candidate) -> remove(candidate,
						"with it there would be more than " + Bytes.format(maxTotalSize) + " (max-total-size)"));
		}
	}

	private boolean mayBeUsable(RetentionCandidate candidate) {
		Soundness known = this.checked.getOrDefault(candidate, candidate.soundness());
		return known.isUsable() || known == Soundness.UNCHECKED;
	}

	private boolean isKnownCorrupt(RetentionCandidate candidate) {
		return this.checked.getOrDefault(candidate, candidate.soundness()) == Soundness.KNOWN_CORRUPT;
	}

	/**
	 * Do something with all that a limit holds for and that are left, by the groups that
	 * are counted together.
	 */
	private <T> void forEachGroup(Function<RetentionPolicy.Limits, @Nullable T> limit,
			BiConsumer<T, List<RetentionCandidate>> action) {
		Map<RetentionPolicy.Applied<T>, List<RetentionCandidate>> groups = new LinkedHashMap<>();
		for (RetentionCandidate candidate : this.regular) {
			if (!isRemoved(candidate)) {
				this.policy.limitFor(candidate.name().reason(), limit)
					.ifPresent((applied) -> groups.computeIfAbsent(applied, (key) -> new ArrayList<>()).add(candidate));
			}
		}
		groups.forEach((applied, group) -> action.accept(applied.value(), group));
	}

	private boolean isRemoved(RetentionCandidate candidate) {
		RetentionDecision decision = this.decided.get(candidate);
		return decision != null && !decision.kept();
	}

	/**
	 * Remove one, unless it must stay.
	 */
	private void remove(RetentionCandidate candidate, String why) {
		String whyKept = whyKept(candidate);
		this.decided.put(candidate, candidate.decision(whyKept != null, (whyKept != null) ? whyKept : why));
	}

	private @Nullable String whyKept(RetentionCandidate candidate) {
		String floor = floors().get(candidate);
		return (floor != null) ? floor : switch (soundness(candidate)) {
			case CORRUPT -> "it is damaged, and nobody was told yet: verify all does";
			case UNREADABLE -> "it could not be read to check it";
			case UNCHECKED -> "there was no time to check it";
			case SOUND, USABLE, KNOWN_CORRUPT -> null;
		};
	}

	private Soundness soundness(RetentionCandidate candidate) {
		return (candidate.soundness() != Soundness.UNCHECKED) ? candidate.soundness()
				: this.checked.computeIfAbsent(candidate, this.check);
	}

	/**
	 * Return those that no limit removes, and why.
	 */
	private Map<RetentionCandidate, String> floors() {
		if (this.floors == null) {
			this.floors = new RetentionFloors(this.newestFirst.stream().filter(this::isUpToPolicy).toList(),
					this.policy, this::soundness)
				.find();
		}
		return this.floors;
	}

}
