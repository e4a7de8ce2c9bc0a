/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SchemaVersion}.
 */
class SchemaVersionTests {

	@ParameterizedTest
	@CsvSource({ "1, 2", "2, 10", "1, 1.1", "1.9, 1.10", "1.0.1, 1.1", "0, 0.1", "1, 20260417115719",
			"99999999999999999999, 100000000000000000000" })
	void isOlderByItsNumbers(String older, String newer) {
		assertThat(version(older)).isLessThan(version(newer)).isNotEqualTo(version(newer));
		assertThat(version(newer)).isGreaterThan(version(older));
	}

	@ParameterizedTest
	@CsvSource({ "1, 1.0", "1.0.0, 1", "0, 0.0", "001, 1", "1_2, 1.2" })
	void isTheSameHoweverItIsWritten(String one, String other) {
		assertThat(version(one)).isEqualTo(version(other))
			.isEqualByComparingTo(version(other))
			.hasSameHashCodeAs(version(other));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x", "1.x", "-1", "1..2" })
	void textThatIsNoneIsNone(String text) {
		assertThat(SchemaVersion.of(text)).isEmpty();
	}

	@Test
	void zeroInTheMiddleCounts() {
		assertThat(version("1.0.2")).isNotEqualTo(version("1.2")).isLessThan(version("1.2"));
	}

	private static SchemaVersion version(String text) {
		return SchemaVersion.of(text).orElseThrow();
	}

}
