/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

/**
 * The names and values as they are written in SQL, whatever characters are in them.
 */
public final class SqlText {

	private SqlText() {
	}

	/**
	 * Quote the name of a table, a column or a schema.
	 * @param name the name
	 * @return the name as it is written in SQL
	 */
	public static String identifier(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

	/**
	 * Quote a text.
	 * @param text the text
	 * @return the text as it is written in SQL
	 */
	public static String literal(String text) {
		return "'" + text.replace("'", "''") + "'";
	}

}
