/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.util.List;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Console}.
 */
class ConsoleTests {

	@Test
	void columnsAreAsWideAsTheyNeedToBe() {
		assertThat(lines(List.of(List.of("NAME", "SIZE", "REASON"), List.of("a-long-name", "1", ""),
				List.of("b", "12345", "x"))))
			.containsExactly("NAME         SIZE   REASON", "a-long-name  1", "b            12345  x");
	}

	@Test
	void rowsMayDifferInLength() {
		assertThat(lines(List.of(List.of("a"), List.of("bcd", "e"), List.of("f", "g", "h")))).containsExactly("a",
				"bcd  e", "f    g  h");
	}

	@Test
	void nothingMakesNoTable() {
		assertThat(Console.table(List.of())).isEmpty();
	}

	@Test
	void coloursDoNotMoveColumns() {
		Console console = console(Ansi.ON);
		List<String> lines = lines(List.of(List.of("a", console.good("ok")), List.of("bcd", "unknown"),
				List.of("ef", console.bad("CORRUPT: all of it"))));
		assertThat(lines).containsExactly("a    \033[32mok\033[0m", "bcd  unknown",
				"ef   \033[31m\033[1mCORRUPT: all of it\033[0m");
	}

	@Test
	void wordsAreLeftAloneWithoutColours() {
		Console console = console(Ansi.OFF);
		assertThat(console.good("ok")).isEqualTo("ok");
		assertThat(console.bad("@|red markup|@")).isEqualTo("@|red markup|@");
	}

	@Test
	void markupInWordsIsNotInterpreted() {
		assertThat(console(Ansi.ON).bad("@|green all fine|@")).contains("@|green all fine|@");
	}

	private static Console console(Ansi ansi) {
		return new Console(new CommandLine(new Nothing()).setColorScheme(Help.defaultColorScheme(ansi)), false);
	}

	private static List<String> lines(List<List<String>> rows) {
		return Console.table(rows).lines().toList();
	}

	@Command
	private static final class Nothing {

	}

}
