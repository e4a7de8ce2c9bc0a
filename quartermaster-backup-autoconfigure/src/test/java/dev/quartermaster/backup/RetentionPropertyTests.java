/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.quartermaster.backup.RetentionPolicy.Limits;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what {@link Retention} keeps of any snapshots, whatever the policy is.
 */
class RetentionPropertyTests {

	private static final LocalDateTime NOW = LocalDateTime.of(2026, 4, 17, 12, 0);

	@Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
	void newestSoundOnesStay(@ForAll("histories") List<RetentionCandidate> history,
			@ForAll("policies") RetentionPolicy policy) {
		Set<SnapshotName> kept = kept(history, policy);
		Set<Object> contents = new HashSet<>();
		for (RetentionCandidate candidate : regular(history)) {
			if (candidate.soundness() == Soundness.SOUND && contents.size() < policy.minKeep()
					&& contents.add(candidate.content())) {
				assertThat(kept).contains(candidate.name());
			}
		}
	}

	@Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
	void lastOneOfEachOfTheLastVersionsStays(@ForAll("histories") List<RetentionCandidate> history,
			@ForAll("policies") RetentionPolicy policy) {
		Set<SnapshotName> kept = kept(history, policy);
		Set<String> versions = new LinkedHashSet<>();
		for (RetentionCandidate candidate : regular(history)) {
			String version = candidate.schemaVersion();
			if (candidate.soundness() == Soundness.SOUND && version != null && versions.add(version)
					&& versions.size() <= policy.keepVersions() + 1) {
				assertThat(kept).contains(candidate.name());
			}
		}
	}

	@Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
	void somethingThatCanBeReliedOnStaysIfThereIsAny(@ForAll("histories") List<RetentionCandidate> history,
			@ForAll("policies") RetentionPolicy policy) {
		Set<SnapshotName> kept = kept(history, policy);
		List<RetentionCandidate> usable = history.stream()
			.filter((candidate) -> candidate.soundness().isUsable())
			.toList();
		if (!usable.isEmpty()) {
			assertThat(usable).anyMatch((candidate) -> kept.contains(candidate.name()));
		}
	}

	@Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
	void nothingGoesThatIsDamagedAheadOrNotOurs(@ForAll("histories") List<RetentionCandidate> history,
			@ForAll("policies") RetentionPolicy policy) {
		Set<SnapshotName> kept = kept(history, policy);
		assertThat(history).allSatisfy((candidate) -> {
			if (candidate.keptFor() != null || candidate.name().stamp().isAfter(NOW.plusMinutes(1))
					|| candidate.soundness() == Soundness.CORRUPT || candidate.soundness() == Soundness.UNREADABLE) {
				assertThat(kept).contains(candidate.name());
			}
		});
	}

	@Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
	void nothingGoesThatNoLimitIsExceededBy(@ForAll("histories") List<RetentionCandidate> history,
			@ForAll("policies") RetentionPolicy policy) {
		Set<SnapshotName> kept = kept(history, policy);
		assertThat(history).filteredOn((candidate) -> !kept.contains(candidate.name()))
			.allMatch((candidate) -> exceedsLimit(candidate, history, policy));
	}

	@Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
	void whoIsKilledHalfWayGoesOnWhereItWas(@ForAll("histories") List<RetentionCandidate> history,
			@ForAll("policies") RetentionPolicy policy, @ForAll double moment) {
		Set<SnapshotName> kept = kept(history, policy);
		List<RetentionCandidate> going = history.stream()
			.filter((candidate) -> !kept.contains(candidate.name()))
			.toList();
		int done = (int) (Math.abs(moment) % 1 * going.size());
		List<RetentionCandidate> left = new ArrayList<>(history);
		left.removeAll(going.subList(going.size() - done, going.size()));
		assertThat(kept(left, policy)).isEqualTo(kept);
	}

	@Property(tries = 100, shrinking = ShrinkingMode.BOUNDED)
	void exactlyTheNewestStayOfSoundOnes(@ForAll("histories") List<RetentionCandidate> history) {
		List<RetentionCandidate> sound = regular(history).stream()
			.map((candidate) -> new RetentionCandidate(candidate.name(), candidate.size(), candidate.name(), null,
					Soundness.SOUND, null))
			.toList();
		RetentionPolicy policy = new RetentionPolicy(new Limits(7, null, null, null), Map.of(), null, 3, 3);
		assertThat(kept(sound, policy)).isEqualTo(sound.stream()
			.limit(7)
			.map(RetentionCandidate::name)
			.collect(Collectors.toCollection(LinkedHashSet::new)));
	}

	private static boolean exceedsLimit(RetentionCandidate candidate, List<RetentionCandidate> history,
			RetentionPolicy policy) {
		Duration age = Duration.between(candidate.name().stamp(), NOW);
		SnapshotReason reason = candidate.name().reason();
		if (candidate.isReplacedState()) {
			return policy.replacedMaxAge() != null && age.compareTo(policy.replacedMaxAge()) > 0;
		}
		List<RetentionCandidate> newer = regular(history).stream()
			.filter((other) -> other.name().stamp().isAfter(candidate.name().stamp()))
			.toList();
		Limits limits = limits(reason, policy);
		long total = candidate.size() + history.stream().mapToLong(RetentionCandidate::size).sum();
		return limits.maxAge() != null && age.compareTo(limits.maxAge()) > 0
				|| limits.maxCount() != null && newer.size() >= limits.maxCount()
				|| limits.maxTotalSize() != null && total > limits.maxTotalSize()
				|| Boolean.TRUE.equals(limits.thin()) && age.compareTo(Duration.ofDays(1)) > 0;
	}

	private static Limits limits(SnapshotReason reason, RetentionPolicy policy) {
		Limits own = policy.byReason().getOrDefault(reason.slug(), Limits.NONE);
		Limits all = policy.limits();
		return new Limits((own.maxCount() != null) ? own.maxCount() : all.maxCount(),
				(own.maxAge() != null) ? own.maxAge() : all.maxAge(),
				(own.maxTotalSize() != null) ? own.maxTotalSize() : all.maxTotalSize(),
				(own.thin() != null) ? own.thin() : all.thin());
	}

	private static List<RetentionCandidate> regular(List<RetentionCandidate> history) {
		return history.stream()
			.filter((candidate) -> candidate.keptFor() == null && !candidate.isReplacedState()
					&& !candidate.name().stamp().isAfter(NOW.plusMinutes(1)))
			.toList();
	}

	private static Set<SnapshotName> kept(List<RetentionCandidate> history, RetentionPolicy policy) {
		Map<SnapshotName, Soundness> soundness = new HashMap<>();
		history.forEach((candidate) -> soundness.put(candidate.name(), candidate.soundness()));
		List<RetentionDecision> decisions = Retention.decide(history, policy, NOW,
				(candidate) -> soundness.getOrDefault(candidate.name(), Soundness.SOUND));
		assertThat(decisions).extracting(RetentionDecision::name)
			.containsExactlyElementsOf(history.stream().map(RetentionCandidate::name).toList());
		return decisions.stream()
			.filter(RetentionDecision::kept)
			.map(RetentionDecision::name)
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	/**
	 * Snapshots, newest first, with anything between minutes and months in between, of
	 * which a few are from the future.
	 */
	@Provide
	Arbitrary<List<RetentionCandidate>> histories() {
		Arbitrary<Integer> minutes = Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.integers().between(1, 90)),
				Tuple.of(4, Arbitraries.integers().between(90, 3000)),
				Tuple.of(1, Arbitraries.integers().between(3000, 90000)));
		Arbitrary<String> reason = Arbitraries.frequency(Tuple.of(6, "flyway"), Tuple.of(2, "manual"),
				Tuple.of(2, "before-import"), Tuple.of(1, "pre-restore"));
		Arbitrary<Soundness> soundness = Arbitraries.frequency(Tuple.of(12, Soundness.SOUND),
				Tuple.of(2, Soundness.USABLE), Tuple.of(1, Soundness.CORRUPT), Tuple.of(1, Soundness.KNOWN_CORRUPT),
				Tuple.of(1, Soundness.UNREADABLE));
		Arbitrary<Integer> change = Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(2, -1), Tuple.of(1, 1));
		Arbitrary<Boolean> rarely = Arbitraries.frequency(Tuple.of(9, false), Tuple.of(1, true));
		Arbitrary<Step> step = Combinators
			.combine(minutes, reason, soundness, change, rarely, rarely, Arbitraries.longs().between(1, 100))
			.as(Step::new);
		return Combinators.combine(step.list().ofMaxSize(40), Arbitraries.integers().between(-5000, 3000))
			.as(RetentionPropertyTests::history);
	}

	private static List<RetentionCandidate> history(List<Step> steps, int minutesAhead) {
		List<RetentionCandidate> history = new ArrayList<>();
		LocalDateTime stamp = NOW.plusMinutes(minutesAhead);
		int version = 50;
		Object content = "";
		long size = 1;
		for (Step step : steps) {
			stamp = stamp.minusMinutes(step.minutes());
			version += step.change();
			SnapshotName name = new SnapshotName("app", stamp, new SnapshotReason(step.reason()));
			if (!step.link() || history.isEmpty()) {
				content = name;
				size = step.size();
			}
			history.add(new RetentionCandidate(name, size, content, (version % 7 == 0) ? null : String.valueOf(version),
					step.soundness(), step.foreign() ? "another installation wrote it" : null));
		}
		return history;
	}

	@Provide
	Arbitrary<RetentionPolicy> policies() {
		return Combinators
			.combine(limits(), limits(), limits(), days(), Arbitraries.integers().between(1, 5),
					Arbitraries.integers().between(0, 4))
			.as((all, flyway, manual, replaced, minKeep, keepVersions) -> new RetentionPolicy(all,
					Map.of("flyway", flyway, "before-import", manual), replaced.orElse(null), minKeep, keepVersions));
	}

	private static Arbitrary<Limits> limits() {
		return Combinators
			.combine(Arbitraries.integers().between(1, 20).injectNull(0.6), days(),
					Arbitraries.longs().between(1, 2000).injectNull(0.6), Arbitraries.of(true, false).injectNull(0.4))
			.as((count, age, size, thin) -> new Limits(count, age.orElse(null), size, thin));
	}

	private static Arbitrary<Optional<Duration>> days() {
		return Arbitraries.integers().between(1, 200).map(Duration::ofDays).optional(0.4);
	}

	/**
	 * What is between one snapshot and the next older one, and what that is.
	 */
	private record Step(int minutes, String reason, Soundness soundness, int change, boolean link, boolean foreign,
			long size) {

	}

}
