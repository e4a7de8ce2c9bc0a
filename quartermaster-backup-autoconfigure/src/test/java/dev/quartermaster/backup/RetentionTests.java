/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import dev.quartermaster.backup.RetentionPolicy.Limits;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Retention}.
 */
class RetentionTests {

	private static final LocalDateTime NOW = LocalDateTime.of(2026, 4, 17, 12, 0);

	private final List<RetentionCandidate> candidates = new ArrayList<>();

	private final List<RetentionCandidate> checked = new ArrayList<>();

	private Soundness found = Soundness.SOUND;

	@Test
	void keepsEverythingWithoutLimits() {
		daily(1000);
		assertThat(removed(RetentionPolicy.NONE)).isEmpty();
	}

	@Test
	void countKeepsTheNewest() {
		daily(10);
		assertThat(removed(count(4))).containsExactly("d4", "d5", "d6", "d7", "d8", "d9");
	}

	@Test
	void countBelowWhatIsToBeKeptInAnyCaseKeepsThat() {
		daily(6);
		assertThat(removed(count(1))).containsExactly("d3", "d4", "d5");
		assertThat(why(count(1), "d0")).isEqualTo("within the limits");
		assertThat(why(count(1), "d2")).isEqualTo("it is one of the 3 newest sound ones (min-keep)");
		assertThat(why(count(1), "d3")).isEqualTo("there is a newer one (max-count)");
	}

	@Test
	void damagedOneTakesNoPlaceOfThoseThatAreKept() {
		daily(8);
		set("d1", Soundness.KNOWN_CORRUPT);
		assertThat(removed(count(4))).containsExactly("d5", "d6", "d7");
	}

	@Test
	void damagedOneStaysUntilSomebodyWasTold() {
		daily(8);
		set("d6", Soundness.CORRUPT);
		set("d7", Soundness.KNOWN_CORRUPT);
		assertThat(removed(count(4))).containsExactly("d4", "d5", "d7");
		assertThat(why(count(4), "d6")).contains("damaged").contains("verify all");
	}

	@Test
	void newestThatIsSoundStaysHoweverManyDamagedOnesAreNewer() {
		daily(9);
		for (int day = 0; day < 6; day++) {
			set("d" + day, Soundness.KNOWN_CORRUPT);
		}
		assertThat(removed(policy(1, 0, age(2)))).containsExactly("d3", "d4", "d5", "d7", "d8");
	}

	@Test
	void ageRemovesWhatIsOlder() {
		daily(10);
		assertThat(removed(RetentionPolicy.of(age(7)))).containsExactly("d8", "d9");
		assertThat(why(RetentionPolicy.of(age(7)), "d8")).isEqualTo("older than 7 days (max-age)");
	}

	@Test
	void thinningKeepsAllOfTheLastDayThenOneADayAWeekAndAMonth() {
		for (int hour = 0; hour < 24 * 120; hour += 6) {
			add("h" + hour, NOW.minusHours(hour), "flyway");
		}
		assertThat(kept(RetentionPolicy.of(thin()))).containsExactly(
				// All of the last day.
				"h0", "h6", "h12", "h18", "h24",
				// The last one of each day for a week.
				"h42", "h66", "h90", "h114", "h138", "h162",
				// The last one of each week for a month, and of the month that ended in
				// one.
				"h282", "h402", "h450", "h618",
				// The last one of each month.
				"h1146", "h1818", "h2562");
		assertThat(why(RetentionPolicy.of(thin()), "h30")).isEqualTo("another one of the same day is kept (thin)");
	}

	@Test
	void weekAndMonthOfThinningEndWithTheirLastDay() {
		for (int days : List.of(7, 8, 31, 32)) {
			LocalDateTime noon = NOW.minusDays(days);
			add("late" + days, noon.plusMinutes(1), "flyway");
			add("d" + days, noon, "flyway");
		}
		RetentionPolicy policy = policy(1, 0, thin());
		assertThat(List.of("d7", "d8", "d31", "d32")).extracting((label) -> why(policy, label))
			.containsExactly("another one of the same day is kept (thin)",
					"another one of the same week is kept (thin)", "another one of the same week is kept (thin)",
					"another one of the same month is kept (thin)");
	}

	@Test
	void thinningTwiceKeepsWhatThinningOnceDoes() {
		for (int day = 0; day < 400; day++) {
			add("d" + day, NOW.minusDays(400 - day), "flyway");
		}
		RetentionPolicy policy = policy(1, 0, thin());
		List<String> atOnce = kept(policy);
		List<RetentionCandidate> all = List.copyOf(this.candidates);
		this.candidates.clear();
		for (int i = all.size() - 1; i >= 0; i--) {
			RetentionCandidate candidate = all.get(i);
			this.candidates.add(0, candidate);
			List<String> kept = kept(policy, candidate.name().stamp());
			this.candidates.removeIf((other) -> !kept.contains(label(other)));
		}
		assertThat(kept(policy)).isEqualTo(atOnce);
	}

	@Test
	void thinningKeepsSoundOneOfEachPeriod() {
		add("new", NOW.minusHours(1), "flyway");
		add("late", NOW.minusDays(3).plusHours(2), "flyway");
		add("early", NOW.minusDays(3), "flyway");
		set("late", Soundness.KNOWN_CORRUPT);
		assertThat(removed(policy(1, 0, thin()))).containsExactly("late");
	}

	@Test
	void totalSizeCountsFileOfTwoNamesOnce() {
		daily(8);
		set("d1", content("d0"));
		set("d5", content("d2"));
		// Each has a hundred bytes: d0 and d1, d2 and d5, d3, d4.
		assertThat(removed(policy(1, 0, new Limits(null, null, 400L, null)))).containsExactly("d6", "d7");
		// What takes no space is not in the way.
		assertThat(removed(policy(1, 0, new Limits(null, null, 200L, null)))).containsExactly("d3", "d4", "d6", "d7");
	}

	@Test
	void totalSizeIsFirstThatOfWhatStaysInAnyCase() {
		daily(8);
		set("d7", "1");
		for (int day = 0; day < 7; day++) {
			set("d" + day, "2");
		}
		assertThat(removed(policy(1, 1, new Limits(null, null, 300L, null)))).containsExactly("d2", "d3", "d4", "d5",
				"d6");
	}

	@Test
	void smallOneDoesNotOutliveNewerOneForWhichThereWasNoSpace() {
		daily(5);
		replace("d1", (old) -> new RetentionCandidate(old.name(), 1000, old.content(), null, Soundness.SOUND, null));
		assertThat(removed(policy(1, 0, new Limits(null, null, 400L, null)))).containsExactly("d1", "d2", "d3", "d4");
	}

	@Test
	void damagedOneIsTheFirstToGoWhenThereIsNoSpace() {
		daily(5);
		set("d1", Soundness.KNOWN_CORRUPT);
		assertThat(removed(policy(1, 0, new Limits(null, null, 400L, null)))).containsExactly("d1");
	}

	@Test
	void lastOneOfEachOfTheLastVersionsStays() {
		daily(100);
		for (int day = 0; day < 100; day++) {
			set("d" + day, String.valueOf(50 - day / 10));
		}
		assertThat(kept(count(2))).containsExactly("d0", "d1", "d2", "d10", "d20", "d30");
		assertThat(why(count(2), "d30")).isEqualTo("it is the last one of schema version 47 (keep-versions)");
	}

	@Test
	void lastOneOfVersionIsSoundOne() {
		daily(30);
		for (int day = 0; day < 30; day++) {
			set("d" + day, String.valueOf(50 - day / 10));
		}
		set("d10", Soundness.KNOWN_CORRUPT);
		assertThat(kept(count(2))).containsExactly("d0", "d1", "d2", "d11", "d20");
	}

	@Test
	void whatCouldNotBeCheckedInFullTakesThePlaceOfNoSoundOne() {
		daily(10);
		for (int day = 0; day < 4; day++) {
			set("d" + day, Soundness.USABLE);
		}
		assertThat(kept(count(1))).containsExactly("d0", "d1", "d2", "d4", "d5", "d6");
	}

	@Test
	void onlyOnesThatCouldNotBeCheckedInFullStayAsSoundOnesWould() {
		daily(10);
		for (int day = 0; day < 10; day++) {
			set("d" + day, Soundness.USABLE);
		}
		assertThat(kept(count(1))).containsExactly("d0", "d1", "d2");
	}

	@Test
	void futureStays() {
		daily(5);
		add("ahead", NOW.plusSeconds(61), "flyway");
		add("far", NOW.plusYears(9), "flyway");
		assertThat(kept(policy(1, 0, new Limits(1, Duration.ofSeconds(1), 1L, true)))).containsExactly("far", "ahead",
				"d0");
		assertThat(why(count(1), "far")).contains("future").contains("clock");
	}

	@Test
	void oneOfManyThatWereTakenAtOnceIsNotFromTheFuture() {
		daily(5);
		add("burst", NOW.plusSeconds(3), "flyway");
		assertThat(kept(count(3))).containsExactly("burst", "d0", "d1");
	}

	@Test
	void clockThatMayBeYearsAheadRemovesNothingForItsAge() {
		add("new", NOW.minusSeconds(1), "flyway");
		add("again", NOW.minusHours(23), "flyway");
		for (int day = 0; day < 10; day++) {
			add("d" + day, NOW.minusYears(3).minusDays(day), "flyway");
		}
		RetentionPolicy policy = policy(1, 0, new Limits(null, Duration.ofDays(90), null, true));
		assertThat(removed(policy)).isEmpty();
		add("later", NOW.minusHours(24), "flyway");
		assertThat(removed(policy)).hasSize(10);
	}

	@Test
	void replacedStatesGoByTheirOwnAgeAlone() {
		daily(6);
		for (int day = 0; day < 6; day++) {
			add("r" + day, NOW.minusDays(day).minusHours(1), (day % 2 == 0) ? "pre-restore" : "failed-migration");
		}
		assertThat(removed(count(4))).containsExactly("d4", "d5");
		RetentionPolicy policy = new RetentionPolicy(Limits.NONE, Map.of(), Duration.ofDays(3), 3, 3);
		assertThat(removed(policy)).containsExactly("r3", "r4", "r5");
		assertThat(why(policy, "r3")).isEqualTo("older than 3 days (replaced.max-age)");
	}

	@Test
	void newestOfAllStaysIfThereAreReplacedStatesOnly() {
		add("r0", NOW.minusDays(5), "pre-restore");
		add("r1", NOW.minusDays(6), "pre-restore");
		assertThat(removed(new RetentionPolicy(Limits.NONE, Map.of(), Duration.ofDays(3), 3, 3))).containsExactly("r1");
	}

	@Test
	void newestReplacedStateThatIsSoundStaysIfThereAreDamagedOnesOtherwise() {
		add("d0", NOW.minusDays(3), "flyway");
		for (int day = 5; day < 8; day++) {
			add("r" + day, NOW.minusDays(day), "pre-restore");
		}
		for (String damaged : List.of("d0", "r5")) {
			set(damaged, Soundness.KNOWN_CORRUPT);
		}
		RetentionPolicy policy = new RetentionPolicy(age(1), Map.of(), Duration.ofDays(3), 3, 3);
		assertThat(removed(policy)).containsExactly("d0", "r5", "r7");
		assertThat(why(policy, "r6")).isEqualTo("it is the newest sound one");
	}

	@Test
	void reasonWithLimitsOfItsOwnIsCountedByItself() {
		for (int day = 0; day < 10; day++) {
			add("f" + day, NOW.minusDays(day), "flyway");
			add("m" + day, NOW.minusDays(day).minusHours(1), "manual-" + (day + 2));
		}
		RetentionPolicy policy = new RetentionPolicy(new Limits(8, null, null, null), Map.of("flyway",
				new Limits(4, null, null, null), "manual", new Limits(null, Duration.ofDays(9), null, null)), null, 1,
				0);
		assertThat(removed(policy)).containsExactly("f4", "f5", "f6", "f7", "f8", "m8", "f9", "m9");
		assertThat(why(policy, "m9")).contains("max-age");
		assertThat(why(policy, "m8")).contains("max-count");
	}

	@Test
	void reasonIsFreeFromThinningIfItSaysSo() {
		for (int hour = 24; hour < 240; hour++) {
			add("f" + hour, NOW.minusHours(hour), "flyway");
			add("b" + hour, NOW.minusHours(hour).minusMinutes(1), "before-import");
		}
		RetentionPolicy policy = new RetentionPolicy(thin(),
				Map.of("before-import", new Limits(null, null, null, false)), null, 1, 0);
		assertThat(removed(policy)).isNotEmpty().allMatch((label) -> label.startsWith("f"));
	}

	@Test
	void checksNothingIfNothingMayGo() {
		daily(5);
		uncheckAll();
		assertThat(removed(count(5))).isEmpty();
		assertThat(this.checked).isEmpty();
	}

	@Test
	void checksOnlyWhatMatters() {
		daily(50);
		uncheckAll();
		assertThat(removed(count(48))).containsExactly("d48", "d49");
		assertThat(this.checked.stream().map(RetentionTests::label)).containsExactlyInAnyOrder("d0", "d1", "d2", "d48",
				"d49");
	}

	@Test
	void whatCouldNotBeCheckedStays() {
		daily(5);
		uncheckAll();
		this.found = Soundness.UNREADABLE;
		assertThat(removed(count(1))).isEmpty();
		this.found = Soundness.UNCHECKED;
		assertThat(removed(count(1))).isEmpty();
	}

	@Test
	void whatIsNotUpToThePolicyIsNeitherRemovedNorCounted() {
		daily(6);
		replace("d1", (old) -> new RetentionCandidate(old.name(), old.size(), old.content(), null, Soundness.SOUND,
				"another installation wrote it"));
		assertThat(removed(count(3))).containsExactly("d4", "d5");
		assertThat(why(count(3), "d1")).isEqualTo("another installation wrote it");
	}

	private void daily(int days) {
		for (int day = 0; day < days; day++) {
			add("d" + day, NOW.minusDays(day), "flyway");
		}
	}

	private void add(String label, LocalDateTime stamp, String reason) {
		this.candidates.add(new RetentionCandidate(new SnapshotName(label, stamp, new SnapshotReason(reason)), 100,
				label, null, Soundness.SOUND, null));
		this.candidates
			.sort(Comparator.comparing((RetentionCandidate candidate) -> candidate.name().stamp()).reversed());
	}

	private void set(String label, Soundness soundness) {
		replace(label, (old) -> new RetentionCandidate(old.name(), old.size(), old.content(), old.schemaVersion(),
				soundness, null));
	}

	private void set(String label, String version) {
		replace(label,
				(old) -> new RetentionCandidate(old.name(), old.size(), old.content(), version, old.soundness(), null));
	}

	private void set(String label, Content content) {
		replace(label, (old) -> new RetentionCandidate(old.name(), old.size(), content.of(), old.schemaVersion(),
				old.soundness(), null));
	}

	private void uncheckAll() {
		List.copyOf(this.candidates).forEach((candidate) -> set(label(candidate), Soundness.UNCHECKED));
	}

	private void replace(String label, UnaryOperator<RetentionCandidate> change) {
		this.candidates.replaceAll((candidate) -> label(candidate).equals(label) ? change.apply(candidate) : candidate);
	}

	private LocalDateTime stamp(String label) {
		return this.candidates.stream()
			.filter((candidate) -> label(candidate).equals(label))
			.findFirst()
			.orElseThrow()
			.name()
			.stamp();
	}

	private List<String> removed(RetentionPolicy policy) {
		return decide(policy, NOW).stream()
			.filter((decision) -> !decision.kept())
			.map((decision) -> decision.name().database())
			.toList();
	}

	private List<String> kept(RetentionPolicy policy) {
		return kept(policy, NOW);
	}

	private List<String> kept(RetentionPolicy policy, LocalDateTime now) {
		return decide(policy, now).stream()
			.filter(RetentionDecision::kept)
			.map((decision) -> decision.name().database())
			.toList();
	}

	private String why(RetentionPolicy policy, String label) {
		return decide(policy, NOW).stream()
			.filter((decision) -> decision.name().database().equals(label))
			.findFirst()
			.orElseThrow()
			.why();
	}

	private List<RetentionDecision> decide(RetentionPolicy policy, LocalDateTime now) {
		return Retention.decide(this.candidates, policy, now, (candidate) -> {
			this.checked.add(candidate);
			return this.found;
		});
	}

	private static String label(RetentionCandidate candidate) {
		return candidate.name().database();
	}

	private static Content content(String of) {
		return new Content(of);
	}

	private static RetentionPolicy count(int maxCount) {
		return RetentionPolicy.of(new Limits(maxCount, null, null, null));
	}

	private static Limits age(int days) {
		return new Limits(null, Duration.ofDays(days), null, null);
	}

	private static Limits thin() {
		return new Limits(null, null, null, true);
	}

	private static RetentionPolicy policy(int minKeep, int keepVersions, Limits limits) {
		return new RetentionPolicy(limits, Map.of(), null, minKeep, keepVersions);
	}

	/**
	 * What a file is a name of.
	 *
	 * @param of the name of the first snapshot of it
	 */
	private record Content(String of) {
	}

}
