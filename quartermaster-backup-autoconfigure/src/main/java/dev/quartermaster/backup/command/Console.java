/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.quartermaster.backup.Terminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi.Style;

import org.springframework.boot.json.JsonWriter;

/**
 * The output of a command: results on standard output, everything else on standard error.
 */
final class Console {

	private static final String GAP = "  ";

	private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

	private static final Pattern TERMINAL = Pattern.compile("/dev/(pts/|tty|console).*");

	private final CommandLine command;

	private final boolean json;

	Console(CommandLine command, boolean json) {
		this.command = command;
		this.json = json;
	}

	boolean isJson() {
		return this.json;
	}

	/**
	 * Return whether a person sees what is printed on standard error as it is printed.
	 * Java does not tell where that leads to, only Linux does.
	 */
	boolean isErrorTerminal() {
		return Terminal.isThere() && leadsToTerminal(STANDARD_ERROR);
	}

	/**
	 * Return whether a file descriptor leads to a terminal, as far as is known.
	 */
	static boolean leadsToTerminal(Path descriptor) {
		try {
			return TERMINAL.matcher(Files.readSymbolicLink(descriptor).toString()).matches();
		}
		catch (IOException | UnsupportedOperationException ex) {
			// Nothing tells that it is none.
			return true;
		}
	}

	/**
	 * Ask a person.
	 * @return whether the answer was yes
	 */
	boolean confirm(String question) {
		java.io.Console console = System.console();
		String answer = (console != null) ? console.readLine("%s [y/N] ", question) : null;
		return answer != null && (answer.trim().equalsIgnoreCase("y") || answer.trim().equalsIgnoreCase("yes"));
	}

	/**
	 * Print a result, as a sentence or as JSON.
	 */
	void result(String text, Map<String, ? extends @Nullable Object> data) {
		out().println(
				this.json ? JsonWriter.<Map<String, ? extends @Nullable Object>>standard().writeToString(data) : text);
		out().flush();
	}

	/**
	 * Print what is not the result.
	 */
	void note(String text) {
		this.command.getErr().println(text);
		this.command.getErr().flush();
	}

	/**
	 * Return a table whose columns are as wide as they need to be.
	 */
	static String table(List<List<String>> rows) {
		List<Integer> widths = new ArrayList<>();
		for (List<String> row : rows) {
			for (int column = 0; column < row.size(); column++) {
				if (widths.size() <= column) {
					widths.add(0);
				}
				widths.set(column, Math.max(widths.get(column), row.get(column).length()));
			}
		}
		StringBuilder table = new StringBuilder();
		for (List<String> row : rows) {
			StringBuilder line = new StringBuilder();
			for (int column = 0; column < row.size(); column++) {
				String cell = row.get(column);
				line.append(cell).append(" ".repeat(widths.get(column) - cell.length())).append(GAP);
			}
			table.append(line.toString().stripTrailing()).append(System.lineSeparator());
		}
		return table.toString().stripTrailing();
	}

	/**
	 * Colour a word, where colours are seen and wanted. In a table, only the last cell of
	 * a row: the width of a column is counted in characters.
	 */
	String good(String word) {
		return coloured(word, Style.fg_green);
	}

	String bad(String word) {
		return coloured(word, Style.fg_red, Style.bold);
	}

	private String coloured(String word, Style... styles) {
		return this.command.getColorScheme().ansi().enabled() ? Style.on(styles) + word + Style.reset.on() : word;
	}

	private PrintWriter out() {
		return this.command.getOut();
	}

}
