/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.util.List;
import java.util.SortedMap;

import org.jspecify.annotations.Nullable;

/**
 * The content of a table, as far as an audit looks at it.
 *
 * @param name the name of the table
 * @param sql the statement that made it
 * @param rootPage the page at which it begins, which stays the same when it is renamed; 0
 * for a virtual table
 * @param columns the columns that hold data, in their order
 * @param key those of the columns that are the primary key; may be empty
 * @param rows the number of rows, or {@code null} if the table cannot be read here
 * @param references for each column that refers to another table, in how many rows it is
 * not {@code NULL}
 * @param parents the tables that it refers to
 * @param failure why it cannot be read, or {@code null}
 */
record TableContent(String name, String sql, long rootPage, List<String> columns, List<String> key, @Nullable Long rows,
		SortedMap<String, Long> references, List<String> parents, @Nullable String failure) {

	/**
	 * Return the columns that hold data and are not the primary key.
	 */
	List<String> columnsBesideKey() {
		return this.columns.stream().filter((column) -> !this.key.contains(column)).toList();
	}

	/**
	 * Return whether this is plainly the table that had another name before.
	 */
	boolean isRenamed(TableContent old) {
		return this.rootPage > 0 && this.rootPage == old.rootPage && body(this.sql).equals(body(old.sql))
				&& this.rows != null && this.rows.equals(old.rows);
	}

	/**
	 * Another table may begin at the page of one that is gone.
	 */
	private static String body(String sql) {
		return sql.substring(Math.max(0, sql.indexOf('(')));
	}

	/**
	 * Return the number of rows as far as is known.
	 */
	long knownRows() {
		return (this.rows != null) ? this.rows : 0;
	}

}
