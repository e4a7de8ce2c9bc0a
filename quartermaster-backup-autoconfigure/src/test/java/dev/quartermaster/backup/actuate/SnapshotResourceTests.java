/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link SnapshotResource} says of those who ask.
 */
class SnapshotResourceTests {

	@Test
	void nobodyKnowsThemWithoutName() {
		assertThat(SnapshotResource.describe(null)).isEqualTo("somebody unknown");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "operator | \"operator\"", "Zo\u00eb M. | \"Zo\u00eb M.\"",
			"'x\n2026 INFO forged' | \"x 2026 INFO forged\"", "'x\r\u2028\u0085y' | \"x y\"",
			"'\u001b[31mred\u202e' | \" [31mred \"", "x\": all | \"x': all\"", "password=hunter2 | \"password=***\"" })
	void nameIsOneAndEndsWhereItDoes(String name, String described) {
		assertThat(SnapshotResource.describe(name)).isEqualTo(described);
	}

	@Test
	void nameDoesNotFillTheLog() {
		assertThat(SnapshotResource.describe("x".repeat(5000))).isEqualTo('"' + "x".repeat(100) + "...\"");
	}

}
