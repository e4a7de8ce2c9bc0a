/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The line that was typed after the jar or the class: a command with its arguments, and
 * between them any properties of the application.
 *
 * @param command the command and its arguments
 * @param properties the properties, as the application takes them
 */
record TypedLine(List<String> command, List<String> properties) {

	private static final Path LINE_OF_PROCESS = Path.of("/proc/self/cmdline");

	static TypedLine of(String... words) {
		List<String> command = new ArrayList<>();
		List<String> properties = new ArrayList<>();
		for (String word : words) {
			// What comes after a double dash is never an option.
			boolean property = isProperty(word) && !command.contains("--");
			(property ? properties : command).add(word);
		}
		return new TypedLine(List.copyOf(command), List.copyOf(properties));
	}

	/**
	 * Return the words that this process was started with, if the system tells them. Of
	 * those that a {@code main} hands on, some may be missing.
	 * @param handedOn what is taken otherwise
	 */
	static String[] words(String... handedOn) {
		List<String> all = ofProcess();
		String started = System.getProperty("sun.java.command", "");
		for (int i = 0; i < all.size(); i++) {
			if (String.join(" ", all.subList(i, all.size())).equals(started)) {
				return all.subList(i + 1, all.size()).toArray(String[]::new);
			}
		}
		return handedOn;
	}

	private static List<String> ofProcess() {
		try {
			// Java itself tells no more than the first 4 KB of it.
			Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
			return List.of(Files.readString(LINE_OF_PROCESS, charset).split("\0"));
		}
		catch (IOException | IllegalArgumentException ex) {
			// As everywhere but on Linux.
			return List.of(ProcessHandle.current().info().arguments().orElse(new String[0]));
		}
	}

	/**
	 * Options of the command have no dots in their names; properties do.
	 */
	private static boolean isProperty(String word) {
		int equals = word.indexOf('=');
		return word.startsWith("--") && equals > 0 && word.substring(0, equals).contains(".");
	}

	/**
	 * Return whether there is nothing to do but to explain how the command is used.
	 */
	boolean asksForHelp() {
		int end = this.command.indexOf("--");
		List<String> options = (end < 0) ? this.command : this.command.subList(0, end);
		return this.command.isEmpty()
				|| options.stream().anyMatch(List.of("-h", "--help", "-V", "--version")::contains);
	}

}
