/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KilledCopies}.
 */
class KilledCopiesTests {

	private static final long MB = 1024 * 1024;

	@Test
	void areSeveralFromTheSecondOn() {
		assertThat(KilledCopies.NONE.areSeveral()).isFalse();
		assertThat(new KilledCopies(1, 0, Duration.ZERO).areSeveral()).isFalse();
		assertThat(new KilledCopies(2, 0, Duration.ZERO).areSeveral()).isTrue();
	}

	@Test
	void tellHowLongCopyTakesAtTheSpeedOfTheLast() {
		assertThat(new KilledCopies(2, 100 * MB, Duration.ofMillis(28_200)).describeTime(400 * MB))
			.contains("100 MB of 400 MB after 29 s", "about 113 s", "check");
	}

	@Test
	void tellHowLongCopyTookThatWasBeingChecked() {
		assertThat(new KilledCopies(2, 400 * MB, Duration.ofSeconds(28)).describeTime(400 * MB))
			.contains("completely in 28 s", "checked")
			.doesNotContain("about");
	}

	@Test
	void tellNothingWhenLittleIsKnown() {
		assertThat(new KilledCopies(2, 0, Duration.ofSeconds(28)).describeTime(400 * MB)).isEmpty();
		assertThat(new KilledCopies(2, MB, Duration.ofMillis(999)).describeTime(400 * MB)).isEmpty();
		assertThat(new KilledCopies(2, MB, Duration.ofSeconds(-5)).describeTime(400 * MB)).isEmpty();
	}

}
