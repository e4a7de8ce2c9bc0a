/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * SQLite's own command line shell: somebody else than the library that made the file.
 */
final class SqliteShell {

	private SqliteShell() {
	}

	/**
	 * Return the rows of a query, each as one line. Without the shell, the test is left
	 * out.
	 */
	static List<String> query(Path database, String sql) throws Exception {
		Process process;
		try {
			process = new ProcessBuilder("sqlite3", "-batch", "-cmd", ".timeout 10000", database.toString(), sql)
				.redirectErrorStream(true)
				.start();
		}
		catch (IOException ex) {
			String missing = "This needs the program sqlite3 (Debian: apt-get install sqlite3): " + ex.getMessage();
			if (Boolean.getBoolean("tests.nothing-left-out")) {
				fail(missing);
			}
			return abort(missing);
		}
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.waitFor() != 0) {
			throw new IllegalStateException("sqlite3 could not read " + database + ": " + output);
		}
		return output.lines().toList();
	}

}
