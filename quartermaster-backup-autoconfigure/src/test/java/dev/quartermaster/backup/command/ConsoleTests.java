/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

	@ParameterizedTest
	@CsvSource({ "/dev/pts/3, true", "/dev/tty1, true", "/dev/console, true", "/dev/null, false", "pipe:[4711], false",
			"/var/log/backup.log, false", "/srv/dev/pts/3, false" })
	void tellsTerminalFromOtherPlaces(String place, boolean terminal, @TempDir Path temp) throws Exception {
		Path descriptor = Files.createSymbolicLink(temp.resolve("2"), Path.of(place));
		assertThat(Console.leadsToTerminal(descriptor)).isEqualTo(terminal);
	}

	@Test
	void descriptorsThatTheSystemDoesNotShowMayBeTerminals(@TempDir Path temp) {
		assertThat(Console.leadsToTerminal(temp.resolve("2"))).isTrue();
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
