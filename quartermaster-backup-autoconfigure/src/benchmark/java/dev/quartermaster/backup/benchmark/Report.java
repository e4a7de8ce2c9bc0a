/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Markdown, written to a file and to the console as it comes.
 */
final class Report {

	private final Path file;

	Report(Path file) throws IOException {
		this.file = file;
		Files.deleteIfExists(file);
		write("""
				# Benchmark

				%s %s, %d processors, Java %s. Medians; compare figures of one table only.
				""".formatted(System.getProperty("os.name"), System.getProperty("os.arch"),
				Runtime.getRuntime().availableProcessors(), System.getProperty("java.version")));
	}

	void section(String title, String text) throws IOException {
		write("\n## " + title + "\n\n" + text.strip() + "\n");
	}

	void table(String title, List<String> columns, List<List<String>> rows) throws IOException {
		StringBuilder table = new StringBuilder("\n### " + title + "\n\n");
		table.append(row(columns)).append("|---").append("|---:".repeat(columns.size() - 1)).append("|\n");
		rows.forEach((row) -> table.append(row(row)));
		write(table.toString());
	}

	/**
	 * Write a file of its own, beside the report.
	 */
	void file(String name, String content) throws IOException {
		Files.writeString(this.file.resolveSibling(name), content);
	}

	private static String row(List<String> cells) {
		return cells.stream()
			.map((cell) -> cell.isEmpty() ? "| " : "| " + cell + " ")
			.collect(Collectors.joining("", "", "|\n"));
	}

	private void write(String text) throws IOException {
		System.out.print(text);
		System.out.flush();
		Files.writeString(this.file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
	}

	static String size(int megabytes) {
		return (megabytes % 1024 == 0) ? megabytes / 1024 + " GB" : megabytes + " MB";
	}

	static String millis(double millis) {
		return String.format(Locale.ROOT, (millis < 10) ? "%.2f ms" : "%,.0f ms", millis);
	}

	static String ratio(double ratio) {
		return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.2f", ratio);
	}

}
