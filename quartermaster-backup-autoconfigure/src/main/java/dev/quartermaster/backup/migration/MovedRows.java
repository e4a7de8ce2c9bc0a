/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.quartermaster.backup.SqlText;

/**
 * A search for the rows that a table does not have any more among those that others have
 * now: a table may have been renamed, split, merged into another one or archived.
 * <p>
 * A row counts as moved if it is found by its primary key and one more value, or by all
 * values beside its key, in a table that is new, has more rows than before or got the
 * columns of the old one. No more rows count than such a table has gained.
 */
final class MovedRows {

	/**
	 * The name of the schema in which the statement finds what was there before.
	 */
	static final String BEFORE = "before_migration";

	private final Statement statement;

	private final DatabaseContent before;

	private final DatabaseContent after;

	/**
	 * How many rows that were gained have not been recognized yet, by table.
	 */
	private final Map<String, Long> gained = new HashMap<>();

	/**
	 * Create a new instance.
	 * @param statement reads what is there now, and what was there before by the name
	 * {@value #BEFORE}
	 */
	MovedRows(Statement statement, DatabaseContent before, DatabaseContent after) {
		this.statement = statement;
		this.before = before;
		this.after = after;
		after.tables().forEach((name, table) -> {
			TableContent old = before.tables().get(name);
			this.gained.put(table.name(), table.knownRows() - ((old != null) ? old.knownRows() : 0));
		});
	}

	/**
	 * Return how many rows of some tables are in other tables now. Rows that are the same
	 * in all that two tables have in common are looked for first, so that what one table
	 * lost is not taken for what another one lost.
	 * @param missing how many rows each table does not have any more
	 * @return how many of these were found
	 * @throws SQLException if they cannot be looked for
	 */
	Map<TableContent, Long> find(Map<TableContent, Long> missing) throws SQLException {
		Map<TableContent, Long> found = new HashMap<>();
		List<Successor> successors = new ArrayList<>();
		missing.keySet().forEach((table) -> successors.addAll(successors(table)));
		successors.sort(Comparator.comparing((Successor successor) -> successor.shared().size()).reversed());
		Map<Successor, Long> same = new HashMap<>();
		for (Successor successor : successors) {
			long rows = count(successor, List.copyOf(successor.shared().keySet()), List.of());
			same.put(successor, rows);
			book(successor, rows, missing, found);
		}
		for (Successor successor : successors) {
			book(successor, rowsIn(successor) - same.getOrDefault(successor, 0L), missing, found);
		}
		return found;
	}

	private void book(Successor successor, long rows, Map<TableContent, Long> missing, Map<TableContent, Long> found) {
		TableContent table = successor.from();
		long known = found.getOrDefault(table, 0L);
		long left = missing.getOrDefault(table, 0L) - known;
		long moved = Math.min(Math.min(rows, successor.capacity(this.gained)), left);
		if (moved > 0) {
			found.put(table, known + moved);
			this.gained.merge(successor.table().name(), -moved, Long::sum);
		}
	}

	/**
	 * Return the tables into which the rows of a table may have been moved. Together they
	 * must have half of its columns, or it is by chance that these are called the same.
	 */
	private List<Successor> successors(TableContent table) {
		List<Successor> successors = new ArrayList<>();
		Set<String> covered = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		List<String> telling = table.columnsBesideKey().isEmpty() ? table.columns() : table.columnsBesideKey();
		for (TableContent other : this.after.tables().values()) {
			Map<String, String> shared = sharedColumns(table, other);
			List<String> told = telling.stream().filter(shared::containsKey).toList();
			TableContent old = this.before.tables().get(other.name());
			boolean widened = old != null && !told.isEmpty()
					&& told.stream().noneMatch((column) -> contains(old.columns(), column));
			if (!other.name().equalsIgnoreCase(table.name()) && !told.isEmpty()
					&& (widened || this.gained.getOrDefault(other.name(), 0L) > 0)) {
				successors.add(new Successor(table, other, shared, widened));
				covered.addAll(told);
			}
		}
		if (covered.size() * 2 < telling.size()) {
			return renamedWithColumns(table);
		}
		return successors;
	}

	/**
	 * Return the new tables with as many columns, whatever they are called.
	 */
	private List<Successor> renamedWithColumns(TableContent table) {
		if (table.columns().isEmpty() || this.after.tables().containsKey(table.name())) {
			return List.of();
		}
		return this.after.tables()
			.values()
			.stream()
			.filter((other) -> !this.before.tables().containsKey(other.name())
					&& other.columns().size() == table.columns().size())
			.map((other) -> new Successor(table, other,
					IntStream.range(0, table.columns().size())
						.boxed()
						.collect(Collectors.toMap(table.columns()::get, other.columns()::get)),
					false))
			.toList();
	}

	private static Map<String, String> sharedColumns(TableContent table, TableContent other) {
		Map<String, String> shared = new HashMap<>();
		for (String column : table.columns()) {
			other.columns()
				.stream()
				.filter(column::equalsIgnoreCase)
				.findFirst()
				.ifPresent((found) -> shared.put(column, found));
		}
		return shared;
	}

	private static boolean contains(List<String> columns, String column) {
		return columns.stream().anyMatch(column::equalsIgnoreCase);
	}

	private long rowsIn(Successor successor) throws SQLException {
		TableContent table = successor.from();
		Map<String, String> shared = successor.shared();
		List<String> beside = table.columnsBesideKey().stream().filter(shared::containsKey).toList();
		boolean hasKey = !table.key().isEmpty() && shared.keySet().containsAll(table.key());
		long byKey = hasKey ? count(successor, table.key(), beside) : 0;
		return beside.isEmpty() ? byKey : Math.max(byKey, count(successor, beside, List.of()));
	}

	/**
	 * Count the rows that agree in some columns, and in one at least of others.
	 */
	private long count(Successor successor, List<String> all, List<String> any) throws SQLException {
		List<String> columns = new ArrayList<>(all);
		columns.addAll(any);
		String old = columns(columns, "c");
		List<String> now = columns.stream().map(successor.shared()::get).toList();
		String missing = "SELECT " + old + ", count(*) AS n FROM " + BEFORE + "."
				+ SqlText.identifier(successor.from().name()) + stillThere(successor.from()) + " GROUP BY "
				+ numbers(columns);
		String agree = all.stream().map((column) -> same(columns.indexOf(column))).collect(Collectors.joining(" AND "));
		if (!any.isEmpty()) {
			agree += any.stream()
				.map((column) -> same(columns.indexOf(column)))
				.collect(Collectors.joining(" OR ", " AND (", ")"));
		}
		String query = "SELECT coalesce(sum(n), 0) FROM (SELECT max(gone.n) AS n FROM (" + missing
				+ ") AS gone JOIN (SELECT DISTINCT " + columns(now, "c") + " FROM main."
				+ SqlText.identifier(successor.table().name()) + ") AS here ON " + agree + " GROUP BY "
				+ IntStream.range(0, columns.size())
					.mapToObj((index) -> "gone.c" + index)
					.collect(Collectors.joining(", "))
				+ ")";
		try (ResultSet result = this.statement.executeQuery(query)) {
			return result.next() ? result.getLong(1) : 0;
		}
	}

	/**
	 * Return what leaves out the rows that are in their table still, by its key or by all
	 * that is left of its columns.
	 */
	private String stillThere(TableContent table) {
		TableContent left = this.after.tables().get(table.name());
		if (left == null) {
			return "";
		}
		List<String> common = table.columns().stream().filter((column) -> contains(left.columns(), column)).toList();
		List<String> identity = (!table.key().isEmpty() && common.containsAll(table.key())) ? table.key() : common;
		if (identity.isEmpty()) {
			return "";
		}
		return " LEFT JOIN (SELECT DISTINCT 1 AS still, " + columns(identity, "i") + " FROM main."
				+ SqlText.identifier(left.name()) + ") ON "
				+ IntStream.range(0, identity.size())
					.mapToObj((index) -> "i" + index + " IS CAST(" + SqlText.identifier(identity.get(index))
							+ " AS TEXT)")
					.collect(Collectors.joining(" AND "))
				+ " WHERE still IS NULL";
	}

	private static String same(int index) {
		return "gone.c" + index + " IS here.c" + index;
	}

	/**
	 * As text, since a table that is made anew may store a number in another way.
	 */
	private static String columns(List<String> columns, String names) {
		return IntStream.range(0, columns.size())
			.mapToObj((index) -> "CAST(" + SqlText.identifier(columns.get(index)) + " AS TEXT) AS " + names + index)
			.collect(Collectors.joining(", "));
	}

	private static String numbers(List<String> columns) {
		return IntStream.rangeClosed(1, columns.size()).mapToObj(String::valueOf).collect(Collectors.joining(", "));
	}

	/**
	 * A table into which rows may have been moved.
	 *
	 * @param from the table in which they were
	 * @param table the table in which they may be now
	 * @param shared which columns correspond, by those of the first
	 * @param widened whether the rows may be in further columns of rows that were there
	 * before
	 */
	private record Successor(TableContent from, TableContent table, Map<String, String> shared, boolean widened) {

		long capacity(Map<String, Long> gained) {
			return this.widened ? this.table.knownRows() : gained.getOrDefault(this.table.name(), 0L);
		}

	}

}
