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
	 * Return how many rows of a table are in other tables now.
	 * @param table the table as it was
	 * @param missing how many of its rows it does not have any more
	 * @throws SQLException if they cannot be looked for
	 */
	long count(TableContent table, long missing) throws SQLException {
		long found = 0;
		for (Successor successor : successors(table)) {
			long gained = successor.capacity(this.gained);
			long moved = Math.min(Math.min(rowsIn(successor), gained), missing - found);
			if (moved > 0) {
				found += moved;
				this.gained.merge(successor.table().name(), -moved, Long::sum);
			}
		}
		return found;
	}

	/**
	 * Return the tables into which the rows of a table may have been moved, those with
	 * most of its columns first. Together they must have half of them, or it is another
	 * matter that they are called the same.
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
		successors.sort(Comparator.comparing((Successor successor) -> successor.shared().size()).reversed());
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
		String old = columns(columns);
		List<String> now = columns.stream().map(successor.shared()::get).toList();
		String missing = "SELECT " + old + ", count(*) AS n FROM " + BEFORE + "."
				+ SqlText.identifier(successor.from().name()) + " GROUP BY " + numbers(columns);
		TableContent left = this.after.tables().get(successor.from().name());
		if (left != null && columns.stream().allMatch((column) -> contains(left.columns(), column))) {
			missing = "SELECT *, 1 AS n FROM (SELECT " + old + " FROM " + BEFORE + "." + SqlText.identifier(left.name())
					+ " EXCEPT SELECT " + old + " FROM main." + SqlText.identifier(left.name()) + ")";
		}
		String agree = all.stream().map((column) -> same(columns.indexOf(column))).collect(Collectors.joining(" AND "));
		if (!any.isEmpty()) {
			agree += any.stream()
				.map((column) -> same(columns.indexOf(column)))
				.collect(Collectors.joining(" OR ", " AND (", ")"));
		}
		String query = "SELECT coalesce(sum(n), 0) FROM (SELECT max(gone.n) AS n FROM (" + missing
				+ ") AS gone JOIN (SELECT DISTINCT " + columns(now) + " FROM main."
				+ SqlText.identifier(successor.table().name()) + ") AS here ON " + agree + " GROUP BY "
				+ IntStream.range(0, columns.size())
					.mapToObj((index) -> "gone.c" + index)
					.collect(Collectors.joining(", "))
				+ ")";
		try (ResultSet result = this.statement.executeQuery(query)) {
			return result.next() ? result.getLong(1) : 0;
		}
	}

	private static String same(int index) {
		return "gone.c" + index + " IS here.c" + index;
	}

	/**
	 * As text, since a table that is made anew may store a number in another way.
	 */
	private static String columns(List<String> columns) {
		return IntStream.range(0, columns.size())
			.mapToObj((index) -> "CAST(" + SqlText.identifier(columns.get(index)) + " AS TEXT) AS c" + index)
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
