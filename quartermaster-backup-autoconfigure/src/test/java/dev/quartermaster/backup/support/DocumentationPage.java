/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation: the README, or one of those in {@code docs}.
 *
 * @param file where it is
 * @param text its Markdown
 */
public record DocumentationPage(Path file, String text) {

	private static final Path TOP = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern FENCED = Pattern.compile("(?ms)^( *)```(\\w*)\n(.*?)^ *```$");

	private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```$|^ {4}.*?$|`[^`\n]+`");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:src|href|srcset)=\"([^\"]+)\"");

	private static final Pattern CELL = Pattern.compile("(?<!\\\\)\\|");

	public static DocumentationPage of(String name) {
		return read(TOP.resolve(name));
	}

	public static List<DocumentationPage> all() {
		try (Stream<Path> files = Files.list(TOP.resolve("docs"))) {
			return Stream.concat(Stream.of(TOP.resolve("README.md")), files.sorted())
				.filter((file) -> file.toString().endsWith(".md"))
				.map(DocumentationPage::read)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static DocumentationPage read(Path file) {
		try {
			return new DocumentationPage(file, Files.readString(file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return what the blocks of code in one language contain.
	 */
	public List<String> blocks(String language) {
		return FENCED.matcher(this.text)
			.results()
			.filter((block) -> block.group(2).equals(language))
			.map((block) -> block.group(3).strip())
			.toList();
	}

	/**
	 * Return where links lead: to a page, an anchor, or somewhere else.
	 */
	public List<String> links() {
		return LINK.matcher(CODE.matcher(this.text).replaceAll(""))
			.results()
			.map((link) -> (link.group(1) != null) ? link.group(1) : link.group(2))
			.toList();
	}

	/**
	 * Return what a link can have after its {@code #}, as GitHub makes it of the
	 * headings.
	 */
	public List<String> anchors() {
		Map<String, Integer> times = new HashMap<>();
		List<String> anchors = new ArrayList<>();
		for (MatchResult heading : HEADING.matcher(FENCED.matcher(this.text).replaceAll("")).results().toList()) {
			String anchor = heading.group(1)
				.toLowerCase(Locale.ROOT)
				.replaceAll("[^\\p{L}\\p{N} _-]", "")
				.replace(' ', '-');
			int before = times.merge(anchor, 1, Integer::sum) - 1;
			anchors.add((before == 0) ? anchor : anchor + "-" + before);
		}
		return anchors;
	}

	/**
	 * Return the rows of a table by their first cell.
	 * @param head how the line of its head begins
	 */
	public Map<String, List<String>> table(String head) {
		Map<String, List<String>> rows = new LinkedHashMap<>();
		Matcher table = Pattern.compile("(?m)^" + Pattern.quote(head) + ".*\n\\|[-:|]+\\|\n((?:\\|.*\n?)+)")
			.matcher(this.text);
		if (!table.find()) {
			throw new IllegalArgumentException("No table in " + this.file + " begins with: " + head);
		}
		for (String line : table.group(1).split("\n")) {
			List<String> cells = Arrays.stream(CELL.split(line)).skip(1).map(String::strip).toList();
			rows.put(cells.get(0).replace("`", ""), cells.subList(1, cells.size()));
		}
		return rows;
	}

	/**
	 * Return what stands between back quotes in a cell of a table.
	 */
	public static List<String> quoted(String cell) {
		return Pattern.compile("`([^`]+)`").matcher(cell).results().map((quote) -> quote.group(1)).toList();
	}

	@Override
	public String toString() {
		return TOP.relativize(this.file).toString();
	}

}
