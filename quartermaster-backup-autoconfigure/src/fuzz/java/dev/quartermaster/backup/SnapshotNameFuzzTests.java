/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.Locale;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Looks for a database or a reason whose snapshot is not called as documented, or is not
 * found again by its name: what {@link HostileInputTests} tests with inputs that somebody
 * thought of, with inputs that the code itself leads to.
 */
class SnapshotNameFuzzTests {

	private final Locale defaultLocale = Locale.getDefault();

	@BeforeEach
	void setLocaleThatHasHurtOthers() {
		Locale.setDefault(Locale.forLanguageTag("tr"));
	}

	@AfterEach
	void restoreLocale() {
		Locale.setDefault(this.defaultLocale);
	}

	@FuzzTest(maxDuration = "10m")
	@DictionaryEntries({ "-20260417-115719-x.db", "-20260230-250000-x.db", "../", "%2f", "CON", ".db", "manual" })
	void nameIsAsDocumentedAndReadsBack(@NotNull String database, String reason, @NotNull String otherFile) {
		HostileInputTests.assertNameIsAsDocumentedAndReadsBack(database, reason, otherFile);
	}

}
