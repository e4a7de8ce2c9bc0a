/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SqliteUrl}.
 */
@DisabledOnOs(OS.WINDOWS)
class SqliteUrlTests {

	@ParameterizedTest
	@CsvSource({ "/app.db, '', jdbc:sqlite:/app.db", "/two words.db, '', jdbc:sqlite:/two words.db",
			"/a?b.db, '', jdbc:sqlite:file:/a%3Fb.db", "/100%.db, '', jdbc:sqlite:file:/100%25.db",
			"/#1.db, '', jdbc:sqlite:file:/%231.db",
			"/app.db, vfs=unix-dotfile, jdbc:sqlite:file:/app.db?vfs=unix-dotfile",
			"/two words.db, nolock=1, jdbc:sqlite:file:/two%20words.db?nolock=1" })
	void isPathUnlessItMeansMore(Path file, String parameters, String url) {
		assertThat(SqliteUrl.of(file, parameters)).isEqualTo(url);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app.db", "/two words.db", "/a?b=c&d.db", "/100%.db", "/%41.db", "/#1.db", "/größe.db",
			"/a;b+c.db" })
	void whatIsWrittenIsReadBack(Path file) {
		assertThat(fileOf(SqliteUrl.of(file, ""))).isEqualTo(file);
		assertThat(fileOf(SqliteUrl.of(file, "vfs=unix-none&nolock=1"))).isEqualTo(file);
		assertThat(fileOf(SqliteUrl.of(SqliteUrl.uri(file, "")))).isEqualTo(file);
	}

	@ParameterizedTest
	@CsvSource({ "jdbc:sqlite:app.db, /copy, jdbc:sqlite:/copy",
			"jdbc:sqlite:/a/app.db?foreign_keys=on&journal_mode=WAL, /copy, jdbc:sqlite:/copy?foreign_keys=on&journal_mode=WAL",
			"jdbc:p6spy:sqlite:app.db?foreign_keys=on, /copy, jdbc:p6spy:sqlite:/copy?foreign_keys=on",
			"jdbc:sqlite:file:app.db?vfs=unix-dotfile, /copy, jdbc:sqlite:file:/copy?vfs=unix-dotfile",
			"jdbc:sqlite:app.db?foreign_keys=on, /100%, jdbc:sqlite:file:/100%25?foreign_keys=on" })
	void withAnotherFileItKeepsAllTheRest(String url, Path file, String expected) {
		assertThat(SqliteUrl.withFile(url, file)).isEqualTo(expected);
	}

	private static Path fileOf(String url) {
		return SqliteUrl.path(SqliteUrl.name(url));
	}

}
