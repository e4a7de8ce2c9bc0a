/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.environment;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SqliteVersion}.
 */
class SqliteVersionTests {

	@ParameterizedTest
	@ValueSource(strings = { "3.7.0", "3.7.17", "3.8.11.1", "3.44.5", "3.45.0", "3.49.1", "3.50.3", "3.50.6", "3.51.0",
			"3.51.2" })
	void hasBug(String text) {
		assertThat(SqliteVersion.parse(text)).get().matches(SqliteVersion::hasWalResetBug);
	}

	@ParameterizedTest
	@ValueSource(strings = { "2.8.17", "3.6.23", "3.44.6", "3.44.7", "3.50.7", "3.50.10", "3.51.3", "3.52.0", "3.53.4",
			"4.7.0" })
	void hasNoBug(String text) {
		assertThat(SqliteVersion.parse(text)).get().matches((version) -> !version.hasWalResetBug());
	}

	@Test
	void isWrittenAsSqliteWritesIt() {
		assertThat(SqliteVersion.parse("3.50.3")).get().hasToString("3.50.3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "3", "three", "v3.50.3", "99999.1.1" })
	void isNotOtherText(String text) {
		assertThat(SqliteVersion.parse(text)).isEmpty();
	}

}
