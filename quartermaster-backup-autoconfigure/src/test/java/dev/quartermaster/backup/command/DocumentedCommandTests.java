/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.quartermaster.backup.support.DocumentationPage;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the documentation of the command is that of this one.
 */
class DocumentedCommandTests {

	private static final Pattern TYPED = Pattern
		.compile("-Djarmode=dbbackup (?:-jar \\S+\\.jar|-cp \\S+ \\S+) ([a-z][^`#\n]*)");

	private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

	private static final Pattern CHOICE = Pattern.compile("\\[([^]|]*)[^]]*]|\\| [^|]*$");

	@TempDir
	private Path temp;

	static Stream<String> lines() {
		return DocumentationPage.all()
			.stream()
			.flatMap((page) -> TYPED.matcher(page.text()).results())
			.map((line) -> line.group(1).strip())
			.distinct();
	}

	@ParameterizedTest
	@MethodSource("lines")
	void everyLineCanBeTyped(String line) {
		String simplest = line;
		while (CHOICE.matcher(simplest).find()) {
			simplest = CHOICE.matcher(simplest).replaceAll("$1");
		}
		List<String> words = new ArrayList<>();
		Matcher word = WORD.matcher(simplest);
		while (word.find()) {
			words.add((word.group(1) != null) ? word.group(1) : word.group(2));
		}
		commandLine().parseArgs(TypedLine.of(words.toArray(String[]::new)).command().toArray(String[]::new));
	}

	@Test
	void everySubcommandIsShown() {
		assertThat(commandLine().getSubcommands().keySet()).hasSizeGreaterThan(5)
			.allSatisfy((name) -> assertThat(DocumentationPage.of("docs/command.md").text())
				.contains("-Djarmode=dbbackup -jar app.jar " + name));
	}

	@Test
	void everyExitCodeIsListed() {
		String url = TestDatabase.url(TestDatabase.create(this.temp.resolve("app.db"), 1));
		Map<String, List<String>> codes = DocumentationPage.of("docs/command.md").table("| exit code |");
		assertThat(codes).containsOnlyKeys(String.valueOf(run("create", "x", "--url", url)),
				String.valueOf(run("restore", "unknown.db", "--yes", "--url", url)), String.valueOf(run("frobnicate")))
			.containsOnlyKeys(String.valueOf(CommandLine.ExitCode.OK), String.valueOf(CommandLine.ExitCode.SOFTWARE),
					String.valueOf(CommandLine.ExitCode.USAGE));
	}

	private static CommandLine commandLine() {
		CommandLine command = new CommandLine(
				new RootCommand(new ApplicationConfiguration(List.of(), () -> ConfigurationFiles.read(List.of()))));
		CommandExecution.addSubcommands(command, "");
		return command;
	}

	private static int run(String... line) {
		return CommandExecution.run(TypedLine.of(line), () -> ConfigurationFiles.read(List.of()));
	}

}
