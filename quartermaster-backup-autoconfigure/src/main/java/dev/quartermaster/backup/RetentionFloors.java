/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The snapshots that stay whatever limits a policy has, since somebody may need them to
 * have any data at all: the newest ones, and those from before the last changes of the
 * schema. Only sound ones count. Where SQLite could not check all of a snapshot, it stays
 * as a sound one would, but takes the place of none.
 */
final class RetentionFloors {

	private final List<RetentionCandidate> all;

	private final List<RetentionCandidate> regular;

	private final RetentionPolicy policy;

	private final Function<RetentionCandidate, Soundness> soundness;

	private final Map<RetentionCandidate, String> found = new HashMap<>();

	/**
	 * Create a new instance.
	 * @param newestFirst the snapshots that are up to the policy, newest first
	 * @param policy how many are to stay
	 * @param soundness tells how far one can be relied on
	 */
	RetentionFloors(List<RetentionCandidate> newestFirst, RetentionPolicy policy,
			Function<RetentionCandidate, Soundness> soundness) {
		this.all = newestFirst;
		this.regular = newestFirst.stream().filter((candidate) -> !candidate.isReplacedState()).toList();
		this.policy = policy;
		this.soundness = soundness;
	}

	/**
	 * Find them.
	 * @return the snapshots, and why each stays
	 */
	Map<RetentionCandidate, String> find() {
		for (Predicate<Soundness> reliable : List.<Predicate<Soundness>>of(Soundness.SOUND::equals,
				Soundness::isUsable)) {
			keepNewest(reliable);
			keepVersions(reliable);
		}
		if (this.found.isEmpty()) {
			this.all.stream()
				.filter((candidate) -> this.soundness.apply(candidate).isUsable())
				.findFirst()
				.ifPresent((candidate) -> this.found.put(candidate, "it is the newest sound one"));
		}
		return this.found;
	}

	private void keepNewest(Predicate<Soundness> reliable) {
		Set<Object> contents = new HashSet<>();
		for (RetentionCandidate candidate : this.regular) {
			if (contents.size() == this.policy.minKeep()) {
				return;
			}
			if (reliable.test(this.soundness.apply(candidate)) && contents.add(candidate.content())) {
				this.found.putIfAbsent(candidate, (contents.size() == 1) ? "it is the newest sound one"
						: "it is one of the " + this.policy.minKeep() + " newest sound ones (min-keep)");
			}
		}
	}

	private void keepVersions(Predicate<Soundness> reliable) {
		Set<String> versions = new HashSet<>();
		for (RetentionCandidate candidate : this.regular) {
			String version = candidate.schemaVersion();
			// The current one, and those before it.
			if (version != null && versions.size() <= this.policy.keepVersions() && !versions.contains(version)
					&& reliable.test(this.soundness.apply(candidate))) {
				versions.add(version);
				this.found
					.putIfAbsent(candidate,
							"it is the last one " + (version.equals(RetentionCandidate.NO_VERSION)
									? "without a schema version" : "of schema version " + version)
									+ " (keep-versions)");
			}
		}
	}

}
