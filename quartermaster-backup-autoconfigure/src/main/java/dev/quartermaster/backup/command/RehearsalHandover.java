/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The things that the command hands over to the application that it rehearses with, in an
 * environment variable: not as arguments, which a {@code main} need not hand on.
 *
 * @param copies the copies by the files that the application is configured with
 * @param main the copy for the main data source, whatever that is configured with, or
 * {@code null} if the first ones are enough
 * @param scratch a directory for all else that the application leaves
 * @param command the number of the process of the command
 */
record RehearsalHandover(Map<Path, Path> copies, @Nullable Path main, Path scratch, long command) {

	static final String VARIABLE = "QUARTERMASTER_BACKUP_REHEARSAL";

	private static final String READY = "ready";

	private static final String OPENED = "opened";

	/**
	 * Return what was handed over to this process.
	 * @return it, or {@code null} if this is no rehearsal
	 */
	static @Nullable RehearsalHandover find() {
		String value = System.getenv(VARIABLE);
		return (value != null) ? decode(value) : null;
	}

	/**
	 * Return the file that says that the application got as far as to be ready to start
	 * working.
	 */
	Path ready() {
		return this.scratch.resolve(READY);
	}

	/**
	 * Return the file that says that a data source of the application leads to a copy.
	 */
	Path opened() {
		return this.scratch.resolve(OPENED);
	}

	String encode() {
		List<String> words = new ArrayList<>();
		words.add(Long.toString(this.command));
		words.add(this.scratch.toString());
		words.add((this.main != null) ? this.main.toString() : "");
		this.copies.forEach((file, copy) -> {
			words.add(file.toString());
			words.add(copy.toString());
		});
		return String.join("&", words.stream().map((word) -> URLEncoder.encode(word, StandardCharsets.UTF_8)).toList());
	}

	static RehearsalHandover decode(String value) {
		List<String> words = new ArrayList<>();
		for (String word : value.split("&", -1)) {
			words.add(URLDecoder.decode(word, StandardCharsets.UTF_8));
		}
		Map<Path, Path> copies = new LinkedHashMap<>();
		for (int i = 3; i < words.size(); i += 2) {
			copies.put(Path.of(words.get(i)), Path.of(words.get(i + 1)));
		}
		String main = words.get(2);
		return new RehearsalHandover(copies, main.isEmpty() ? null : Path.of(main), Path.of(words.get(1)),
				Long.parseLong(words.get(0)));
	}

}
