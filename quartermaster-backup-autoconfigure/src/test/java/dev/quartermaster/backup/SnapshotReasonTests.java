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
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SnapshotReason}. What becomes of words is in
 * {@link SnapshotNameTests}.
 */
class SnapshotReasonTests {

	@ParameterizedTest
	@CsvSource({ "pre-restore, manual-pre-restore", "Pre Restore!, manual-pre-restore",
			"pre-restore-2, manual-pre-restore-2", "failed_migration, manual-failed-migration",
			"failed-migration-12, manual-failed-migration-12", "pre-restore-1, pre-restore-1",
			"pre-restores, pre-restores", "failed-migration-report, failed-migration-report" })
	void nobodyCanTypeReasonOfReplacedState(String words, String slug) {
		SnapshotReason reason = SnapshotReason.of(words);
		assertThat(reason.slug()).isEqualTo(slug);
		assertThat(reason.isReplacedState()).isFalse();
		assertThat(reason.numbered(2).isReplacedState()).isFalse();
	}

	@Test
	void replacedStateIsOneWithNumberToo() {
		assertThat(SnapshotReason.PRE_RESTORE.isReplacedState()).isTrue();
		assertThat(SnapshotReason.PRE_RESTORE.numbered(2).isReplacedState()).isTrue();
		assertThat(SnapshotReason.FAILED_MIGRATION.numbered(17).isReplacedState()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "20261126-125127, 20261126125127", "before 20261126 125127 x, before-20261126125127-x",
			"20260101-20261126-125127, 20260101-20261126125127", "20261126-125127-125128, 20261126125127-125128",
			"v20261126-125127, v20261126-125127", "2026-11-26, 2026-11-26" })
	void stampIsNoPartOfReason(String words, String slug) {
		assertThat(SnapshotReason.of(words).slug()).isEqualTo(slug);
	}

	@Test
	void stampIsNoPartOfReasonThatIsCutOff() {
		String before = "a".repeat(48);
		assertThat(SnapshotReason.of(before + "-20261126-1251279").slug()).isEqualTo(before + "-20261126125127");
	}

	@ParameterizedTest
	@CsvSource({ "x, 1", "x-2, 2", "x-10, 10", "x-1, 0", "x-02, 0", "x-y, 0", "y, 0", "x-9999999999, 0" })
	void numberIsToldFromOtherReasons(String slug, int number) {
		assertThat(new SnapshotReason(slug).numberOf(new SnapshotReason("x"))).isEqualTo(number);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Before import", "-x", "x-", "x--y", "../x", "x.db", "é" })
	void whatIsNoSlugIsNoReasonAndSoInNoName(String slug) {
		assertThatIllegalArgumentException().isThrownBy(() -> new SnapshotReason(slug)).withMessageContaining(slug);
	}

}
