/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * SQLite's own command line shell: somebody else than the library that made the file.
 */
final class SqliteShell {

	private SqliteShell() {
	}

	/**
	 * Return the rows of a query, each as one line.
	 */
	static List<String> query(Path database, String sql) throws Exception {
		Process process;
		try {
			process = new ProcessBuilder("sqlite3", "-batch", "-cmd", ".timeout 10000", database.toString(), sql)
				.redirectErrorStream(true)
				.start();
		}
		catch (IOException ex) {
			throw new IllegalStateException(
					"These tests need the sqlite3 command: install the Debian package sqlite3 (apt-get install sqlite3)",
					ex);
		}
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.waitFor() != 0) {
			throw new IllegalStateException("sqlite3 could not read " + database + ": " + output);
		}
		return output.lines().toList();
	}

}
