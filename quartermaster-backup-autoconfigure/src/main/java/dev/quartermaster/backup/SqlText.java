/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * Names and values as they are written in SQL, whatever characters are in them.
 */
final class SqlText {

	private SqlText() {
	}

	static String identifier(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

	static String literal(String text) {
		return "'" + text.replace("'", "''") + "'";
	}

}
