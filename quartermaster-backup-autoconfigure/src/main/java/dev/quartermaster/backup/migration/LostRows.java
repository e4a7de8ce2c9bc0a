/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.quartermaster.backup.SqlText;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table that it does not have any more and that were not found anywhere
 * else yet, in a temporary table. Values are compared as text, since a table that is made
 * anew may store a number in another way.
 */
final class LostRows {

	private final Statement statement;

	private final String name;

	private final TableContent table;

	private long missing;

	/**
	 * Create a new instance.
	 * @param statement reads what is there now, and what was there before by the name
	 * {@value MovedRows#BEFORE}
	 * @param name the name of the temporary table
	 * @param table the table as it was
	 * @param left what is left of it, or {@code null} if it is gone
	 * @param missing how many rows it does not have any more
	 */
	LostRows(Statement statement, String name, TableContent table, @Nullable TableContent left, long missing)
			throws SQLException {
		this.statement = statement;
		this.name = "temp." + SqlText.identifier("quartermaster_" + name);
		this.table = table;
		this.missing = missing;
		statement.execute("CREATE TABLE " + this.name + " AS SELECT " + asText(table.columns(), "c") + " FROM "
				+ MovedRows.BEFORE + "." + SqlText.identifier(table.name()) + ((left != null) ? whereNotIn(left) : ""));
	}

	/**
	 * Return what leaves out the rows that are in their table still, by its key or by all
	 * that is left of its columns.
	 */
	private String whereNotIn(TableContent left) {
		List<String> common = this.table.columns()
			.stream()
			.filter((column) -> left.columns().stream().anyMatch(column::equalsIgnoreCase))
			.toList();
		List<String> key = this.table.key();
		List<String> identity = (!key.isEmpty() && common.containsAll(key)) ? key : common;
		if (identity.isEmpty()) {
			return "";
		}
		return " LEFT JOIN (SELECT DISTINCT 1 AS still, " + asText(identity, "i") + " FROM main."
				+ SqlText.identifier(left.name()) + ") ON "
				+ IntStream.range(0, identity.size())
					.mapToObj((index) -> "i" + index + " IS " + asText(identity.get(index)))
					.collect(Collectors.joining(" AND "))
				+ " WHERE still IS NULL";
	}

	TableContent table() {
		return this.table;
	}

	/**
	 * Return how many rows are missing still.
	 */
	long missing() {
		return this.missing;
	}

	/**
	 * Take those that are in another table now.
	 * @param other the table
	 * @param names what its columns are called, by those of this one
	 * @param all the columns in which they must agree
	 * @param any the columns of which they must agree in one at least, unless there are
	 * none
	 * @param most how many there can be at most
	 * @return how many there are
	 */
	long take(TableContent other, Map<String, String> names, List<String> all, List<String> any, long most)
			throws SQLException {
		long limit = Math.min(most, this.missing);
		if (limit <= 0) {
			return 0;
		}
		List<String> columns = new ArrayList<>(all);
		columns.addAll(any);
		String agree = columns.subList(0, all.size())
			.stream()
			.map((column) -> agree(column, columns))
			.collect(Collectors.joining(" AND "));
		if (!any.isEmpty()) {
			agree += any.stream()
				.map((column) -> agree(column, columns))
				.collect(Collectors.joining(" OR ", " AND (", ")"));
		}
		long taken = this.statement
			.executeUpdate("DELETE FROM " + this.name + " WHERE rowid IN (SELECT DISTINCT gone.rowid FROM " + this.name
					+ " AS gone JOIN (SELECT DISTINCT " + asText(columns.stream().map(names::get).toList(), "h")
					+ " FROM main." + SqlText.identifier(other.name()) + ") ON " + agree + " AND "
					+ someValue(columns.size()) + " LIMIT " + limit + ")");
		this.missing -= taken;
		return taken;
	}

	/**
	 * Rows with no value at all are not told from others.
	 */
	private static String someValue(int columns) {
		return IntStream.range(0, columns)
			.mapToObj((index) -> "h" + index + " IS NOT NULL")
			.collect(Collectors.joining(" OR ", "(", ")"));
	}

	private String agree(String column, List<String> columns) {
		return "gone.c" + this.table.columns().indexOf(column) + " IS h" + columns.indexOf(column);
	}

	private static String asText(List<String> columns, String names) {
		return IntStream.range(0, columns.size())
			.mapToObj((index) -> asText(columns.get(index)) + " AS " + names + index)
			.collect(Collectors.joining(", "));
	}

	/**
	 * Only the beginning, which tells rows apart well enough, and takes less room than
	 * the tables have.
	 */
	private static String asText(String column) {
		return "substr(CAST(" + SqlText.identifier(column) + " AS TEXT), 1, 100)";
	}

	/**
	 * Forget them.
	 */
	void close() throws SQLException {
		this.statement.execute("DROP TABLE " + this.name);
	}

}
