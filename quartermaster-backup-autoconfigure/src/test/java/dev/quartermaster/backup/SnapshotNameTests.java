/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.time.LocalDateTime;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SnapshotName}.
 */
class SnapshotNameTests {

	private static final LocalDateTime TAKEN = LocalDateTime.of(2026, 4, 17, 11, 57, 19, 999_999_999);

	@Test
	void hasDatabaseStampAndReason() {
		assertThat(name("smoke test")).hasToString("quartermaster-20260417-115719-smoke-test.db");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			before import      | before-import
			Before IMPORT!     | before-import
			  -- a__b..c --    | a-b-c
			v2                 | v2
			release 2          | release-2
			Größe über Ångström| gro-e-uber-angstrom
			../../etc/passwd   | etc-passwd
			%2e%2e%2f          | 2e-2e-2f
			ｆｕｌｌ             | full
			""")
	void turnsReasonIntoSlug(String reason, String slug) {
		assertThat(name(reason).reason()).hasToString(slug);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "-", "///", "\0", "\u202e", "日本語" })
	void isManualWhenNothingIsLeftOfReason(@Nullable String reason) {
		assertThat(name(reason).reason()).hasToString("manual");
	}

	@Test
	void keepsAtMostSixtyFourCharactersOfReason() {
		assertThat(name("a".repeat(100_000)).reason()).hasToString("a".repeat(64));
		assertThat(name("a".repeat(63) + " b").reason()).hasToString("a".repeat(63));
	}

	@Test
	void appendsNumberFromSecondAttemptOn() {
		assertThat(name("x").attempt(1)).hasToString("quartermaster-20260417-115719-x.db");
		assertThat(name("x").attempt(3)).hasToString("quartermaster-20260417-115719-x-3.db");
	}

	@Test
	void readsBackWhatItWrites() {
		SnapshotName name = name("before import");
		assertThat(SnapshotName.parse("quartermaster", name.toString())).contains(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "quartermaster", "quartermaster.db", "other-20260417-115719-x.db",
			"quartermaster-20260417-115719-.db", "quartermaster-20260417-115719-x.db-journal",
			"quartermaster-20260417-115719-x.db\n", "quartermaster-20260417-115719-X.db",
			"quartermaster-20260417-115719--x.db", "quartermaster-20260417-115719-x..db",
			"quartermaster-20260230-115719-x.db", "quartermaster-20260417-245719-x.db",
			"../quartermaster-20260417-115719-x.db", "quartermaster-20260417-115719-a/b.db",
			"quartermaster-٢٠٢٦٠٤١٧-115719-x.db" })
	void doesNotReadOtherNames(String fileName) {
		assertThat(SnapshotName.parse("quartermaster", fileName)).isEmpty();
	}

	@Test
	void treatsDatabaseNameLiterally() {
		SnapshotName name = SnapshotName.of("a.*(b", TAKEN, SnapshotReason.of("x"));
		assertThat(SnapshotName.parse("a.*(b", name.toString())).contains(name);
		assertThat(SnapshotName.parse("a.*(b", "aaa(b-20260417-115719-x.db")).isEmpty();
	}

	@Test
	void sortsByTimeThenByNumber() {
		SnapshotName earlier = SnapshotName.of("quartermaster", TAKEN.minusSeconds(1), SnapshotReason.of("z"));
		assertThat(earlier).isLessThan(name("a"));
		assertThat(name("a").attempt(2)).isGreaterThan(name("a")).isLessThan(name("a").attempt(10));
	}

	@ParameterizedTest
	@CsvSource({ "app.db, app", "app, app", ".hidden, .hidden", ".hidden.db, .hidden", "two.dots.sqlite3, two.dots",
			"app., app" })
	void databaseIsFileNameWithoutExtension(String fileName, String database) {
		assertThat(SnapshotName.databaseOf(Path.of("data", fileName))).isEqualTo(database);
	}

	@Test
	void namesWhatIsSetAsideAfterDatabase() {
		Path database = Path.of("data", "quartermaster.sqlite");
		assertThat(SnapshotName.setAside(database, TAKEN, 1))
			.isEqualTo(Path.of("data", "quartermaster-damaged-20260417-115719.db"));
		assertThat(SnapshotName.setAside(database, TAKEN, 2))
			.isEqualTo(Path.of("data", "quartermaster-damaged-20260417-115719-2.db"));
	}

	private static SnapshotName name(@Nullable String reason) {
		return SnapshotName.of("quartermaster", TAKEN, SnapshotReason.of(reason));
	}

	@Test
	void nameWithTwoStampsIsOfDatabaseThatHasOneInItsName() {
		String fileName = "app-20261126-125127-x-20261127-000000-flyway.db";
		assertThat(SnapshotName.parse("app", fileName)).isEmpty();
		assertThat(SnapshotName.parse("app-20261126-125127-x", fileName)).map(SnapshotName::reason)
			.contains(SnapshotReason.FLYWAY);
	}

	@ParameterizedTest
	@CsvSource({ "a, b, b-20260417-115719-b", "b, a, a-20260417-115720-a", "x, x, x-20260417-115719-x",
			"x-2, x, x-20260417-115719-x", "xx, y, y-20260417-115720-y", "x-007, x, x-20260417-115720-x" })
	void nameIsNotBeforeNewest(String newest, String reason, String expected) {
		SnapshotName name = SnapshotName.of(reason, TAKEN.minusHours(1), SnapshotReason.of(reason));
		assertThat(name.notBefore(SnapshotName.of(reason, TAKEN, SnapshotReason.of(newest))))
			.hasToString(expected + ".db");
		assertThat(name.notBefore(SnapshotName.of(reason, TAKEN.minusHours(2), SnapshotReason.of(newest))))
			.isEqualTo(name);
	}

}
