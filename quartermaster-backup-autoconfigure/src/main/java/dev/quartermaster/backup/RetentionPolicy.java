/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The policy that says which snapshots of a database may be removed. Whatever it says,
 * {@link Retention} keeps what is needed most.
 *
 * @param limits how many snapshots are kept, and for how long
 * @param byReason limits that take the place of those for the snapshots of a reason, by
 * the slug of the reason
 * @param replacedMaxAge how old a state may become that a restore replaced or a failed
 * migration left, or {@code null} if it is kept for ever
 * @param minKeep how many of the newest sound snapshots are kept in any case; at least 1
 * @param keepVersions of how many versions of the schema before the current one the last
 * snapshot is kept in any case; not negative
 */
public record RetentionPolicy(Limits limits, Map<String, Limits> byReason, @Nullable Duration replacedMaxAge,
		int minKeep, int keepVersions) {

	/**
	 * How many of the newest sound snapshots are kept unless something else is chosen.
	 */
	public static final int DEFAULT_MIN_KEEP = 3;

	/**
	 * Of how many versions of the schema the last snapshot is kept unless something else
	 * is chosen.
	 */
	public static final int DEFAULT_KEEP_VERSIONS = 3;

	/**
	 * The policy that keeps everything.
	 */
	public static final RetentionPolicy NONE = of(Limits.NONE);

	/**
	 * Create a new policy.
	 * @param limits how many snapshots are kept, and for how long
	 * @param byReason limits for the snapshots of a reason, by the slug of the reason
	 * @param replacedMaxAge how old a replaced state may become, or {@code null}
	 * @param minKeep how many are kept in any case; at least 1
	 * @param keepVersions of how many versions the last one is kept; not negative
	 * @throws IllegalArgumentException if it would remove what must be kept, or means
	 * nothing
	 */
	public RetentionPolicy {
		byReason = Map.copyOf(byReason);
		Limits.requirePositive("maximum age of replaced states", replacedMaxAge);
		if (minKeep < 1) {
			throw new IllegalArgumentException("At least 1 snapshot must be kept, but it is " + minKeep);
		}
		if (keepVersions < 0) {
			throw new IllegalArgumentException("The number of versions must not be negative, but is " + keepVersions);
		}
		byReason.keySet().forEach(RetentionPolicy::requireReason);
	}

	/**
	 * Create a policy that has the same limits for all reasons.
	 * @param limits the limits
	 * @return the policy
	 */
	public static RetentionPolicy of(Limits limits) {
		return new RetentionPolicy(limits, Map.of(), null, DEFAULT_MIN_KEEP, DEFAULT_KEEP_VERSIONS);
	}

	private static void requireReason(String slug) {
		if (!mayHaveLimits(slug)) {
			throw new IllegalArgumentException("\"" + slug + "\" is not a reason that may have limits of its own");
		}
	}

	/**
	 * Return whether a reason may have limits of its own.
	 * @param slug the reason; anything at all
	 * @return whether it is one as in the name of a snapshot, and not that of a replaced
	 * state
	 */
	public static boolean mayHaveLimits(String slug) {
		return SnapshotReason.of(slug).slug().equals(slug);
	}

	/**
	 * Return whether everything is kept.
	 * @return whether it is
	 */
	public boolean isNone() {
		return this.replacedMaxAge == null
				&& Stream.concat(Stream.of(this.limits), this.byReason.values().stream()).allMatch(Limits::isNone);
	}

	/**
	 * Return what holds for the snapshots of a reason: what is chosen for that reason, or
	 * else what is chosen for all.
	 * @param limit which limit
	 */
	<T> Optional<Applied<T>> limitFor(SnapshotReason reason, Function<Limits, @Nullable T> limit) {
		Optional<String> slug = ownLimits(reason);
		T own = slug.map(this.byReason::get).map(limit).orElse(null);
		if (slug.isPresent() && own != null) {
			return Optional.of(new Applied<>(slug.get(), own));
		}
		T common = limit.apply(this.limits);
		return (common != null) ? Optional.of(new Applied<>("", common)) : Optional.empty();
	}

	/**
	 * A reason may end in a number, and a number may be appended to a reason.
	 */
	private Optional<String> ownLimits(SnapshotReason reason) {
		return this.byReason.keySet()
			.stream()
			.filter((slug) -> reason.isNumberOf(new SnapshotReason(slug)))
			.max(Comparator.comparing(String::length));
	}

	/**
	 * A limit that holds for some snapshots.
	 *
	 * @param group tells those that are counted together from others
	 * @param value the limit
	 */
	record Applied<T>(String group, T value) {
	}

	/**
	 * Limits, of which each may be {@code null} if there is none.
	 *
	 * @param maxCount how many snapshots are kept; at least 1
	 * @param maxAge how old they may become; positive
	 * @param maxTotalSize how many bytes they may take together; positive
	 * @param thin whether to keep fewer of them the older they are: all of the last day,
	 * one a day for a week, one a week for a month, and one a month for ever
	 */
	public record Limits(@Nullable Integer maxCount, @Nullable Duration maxAge, @Nullable Long maxTotalSize,
			@Nullable Boolean thin) {

		/**
		 * No limits.
		 */
		public static final Limits NONE = new Limits(null, null, null, null);

		/**
		 * Create new limits.
		 * @param maxCount how many snapshots are kept; at least 1
		 * @param maxAge how old they may become; positive
		 * @param maxTotalSize how many bytes they may take together; positive
		 * @param thin whether to keep fewer of them the older they are
		 * @throws IllegalArgumentException if they would allow no snapshot at all
		 */
		public Limits {
			if (maxCount != null && maxCount < 1) {
				throw new IllegalArgumentException("The maximum count must be at least 1, but is " + maxCount);
			}
			requirePositive("maximum age", maxAge);
			if (maxTotalSize != null && maxTotalSize < 1) {
				throw new IllegalArgumentException("The maximum total size must be positive, but is " + maxTotalSize);
			}
		}

		private static void requirePositive(String what, @Nullable Duration duration) {
			if (duration != null && (duration.isNegative() || duration.isZero())) {
				throw new IllegalArgumentException("The " + what + " must be positive, but is " + duration);
			}
		}

		boolean isNone() {
			return this.maxCount == null && this.maxAge == null && this.maxTotalSize == null
					&& !Boolean.TRUE.equals(this.thin);
		}

	}

}
