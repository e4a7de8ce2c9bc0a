/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FileAccess}.
 */
class FileAccessTests {

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:sqlite:app.db", "jdbc:sqlite:file:app.db?mode=rw&journal_mode=WAL&cache=shared",
			"jdbc:sqlite:file:app.db?nolock=0", "jdbc:sqlite:file:nolock=1.db", "jdbc:sqlite:file:app.db?nolock=off",
			"jdbc:sqlite:file:app.db?locking_mode=NORMAL", "jdbc:sqlite:file:app.db?key=" })
	void urlThatSaysNothingOfItIsStandard(String url) {
		assertThat(FileAccess.ofUrl(url)).isEqualTo(FileAccess.STANDARD);
	}

	@ParameterizedTest
	@CsvSource({ "file:app.db?nolock=1, nolock=1", "file:app.db?mode=rw&nolock=true, nolock=1",
			"file:app.db?vfs=unix-none, vfs=unix-none", "file:app.db?vfs=win32-longpath-none, vfs=win32-longpath-none",
			"file:app.db?vfs=unix%2Dnone&mode=rw, vfs=unix-none" })
	void urlTellsThatNobodyLocks(String name, String why) {
		FileAccess access = FileAccess.ofUrl("jdbc:sqlite:" + name);
		assertThat(access.locks()).isFalse();
		assertThat(access.whyUnlocked()).isEqualTo(why);
		assertThat(access.parameters()).isEqualTo(why);
	}

	@Test
	void furtherConnectionsHaveVfsOfUrl() {
		FileAccess access = FileAccess.ofUrl("jdbc:p6spy:sqlite:file:app.db?mode=rwc&vfs=unix-dotfile#x");
		assertThat(access.locks()).isTrue();
		assertThat(access.locksByFile()).isTrue();
		assertThat(access.parameters()).isEqualTo("vfs=unix-dotfile");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PRAGMA locking_mode=EXCLUSIVE", "pragma main.locking_mode = 'exclusive'",
			"PRAGMA foreign_keys=on; PRAGMA locking_mode(exclusive);" })
	void statementsTellThatLocksAreKept(String sql) {
		assertThat(FileAccess.ofStatements(sql))
			.isEqualTo(FileAccess.ofUrl("jdbc:sqlite:app.db?locking_mode=exclusive"))
			.isEqualTo(FileAccess.ofProperties(Map.of("locking_mode", "EXCLUSIVE")))
			.extracting(FileAccess::exclusive)
			.isEqualTo(true);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PRAGMA key='secret'", "PRAGMA cipher_compatibility = 3", "PRAGMA hexkey='00ff'" })
	void statementsTellThatThereIsAKey(String sql) {
		assertThat(FileAccess.ofStatements(sql)).isEqualTo(FileAccess.ofUrl("jdbc:sqlite:file:app.db?key=secret"))
			.isEqualTo(FileAccess.ofUrl("jdbc:sqlite:file:app.db?cipher=sqlcipher"))
			.isEqualTo(FileAccess.ofProperties(Map.of("key", "secret")))
			.extracting(FileAccess::keyed)
			.isEqualTo(true);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PRAGMA foreign_keys=on", "SELECT key FROM item", "PRAGMA locking_mode=NORMAL" })
	void statementsThatSayNothingOfItAreStandard(String sql) {
		assertThat(FileAccess.ofStatements(sql)).isEqualTo(FileAccess.STANDARD);
	}

	@Test
	void passwordThatEveryPoolIsGivenIsNoKey() {
		assertThat(FileAccess.ofProperties(Map.of("password", "sa", "nolock", "1"))).isEqualTo(FileAccess.STANDARD);
	}

}
