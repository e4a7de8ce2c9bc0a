/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files and processes that come and go.
 */
final class Scratch {

	private Scratch() {
	}

	/**
	 * Delete a file or a directory with all that is in it, if it exists.
	 */
	static void delete(Path path) throws IOException {
		if (!Files.exists(path)) {
			return;
		}
		try (Stream<Path> paths = Files.walk(path)) {
			for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(each);
			}
		}
	}

	/**
	 * Run a program of which nothing but success is expected.
	 */
	static void run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes());
		if (process.waitFor() != 0) {
			throw new IOException(List.of(command) + " failed: " + output);
		}
	}

	/**
	 * Return whether a program can be run.
	 */
	static boolean has(String... command) throws InterruptedException {
		try {
			run(command);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
