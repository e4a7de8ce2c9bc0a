/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A search for the rows that tables do not have any more among those that others have
 * now: a table may have been renamed, split, merged into another one or archived.
 * <p>
 * A row counts as moved if it is found in a table that is new, has more rows than before
 * or got the columns of the old one: with all that the two tables have in common, with
 * its primary key and one more value, or with all values beside its key. Each row is
 * found once, and no more of them than the table has gained. The rows that are looked for
 * are kept in temporary tables meanwhile, which are of the connection alone.
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
	 * How many rows of those that a table gained are not known to be moved.
	 */
	private final Map<String, Long> gained = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

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
			this.gained.put(name, table.knownRows() - ((old != null) ? old.knownRows() : 0));
		});
	}

	/**
	 * Return how many rows of some tables are not in any other table either. What agrees
	 * in most is looked for first, so that the rows of one table are not taken for those
	 * of another one.
	 * @param missing how many rows each table does not have any more
	 * @return how many of these were not found
	 * @throws SQLException if they cannot be looked for
	 */
	Map<TableContent, Long> lost(Map<TableContent, Long> missing) throws SQLException {
		Map<TableContent, Long> lost = new HashMap<>(missing);
		List<LostRows> all = new ArrayList<>();
		try {
			List<Successor> successors = new ArrayList<>();
			List<Successor> renamed = new ArrayList<>();
			for (TableContent table : missing.keySet()) {
				Map<TableContent, Map<String, String>> byName = successors(table);
				Map<TableContent, Map<String, String>> byPosition = renamedWithColumns(table);
				if (!byName.isEmpty() || !byPosition.isEmpty()) {
					LostRows rows = new LostRows(this.statement, "lost_" + all.size(), table,
							this.after.tables().get(table.name()), missing.getOrDefault(table, 0L));
					all.add(rows);
					byName.forEach((other, shared) -> successors.add(new Successor(rows, other, shared)));
					byPosition.forEach((other, shared) -> renamed.add(new Successor(rows, other, shared)));
				}
			}
			successors.sort(Comparator.comparing((Successor successor) -> successor.shared().size()).reversed());
			for (Successor successor : successors) {
				take(successor, List.copyOf(successor.shared().keySet()), List.of());
			}
			for (Successor successor : successors) {
				takeChanged(successor);
			}
			for (Successor successor : renamed) {
				take(successor, successor.rows().table().columns(), List.of());
			}
			all.forEach((rows) -> lost.put(rows.table(), rows.missing()));
			return lost;
		}
		finally {
			for (LostRows rows : all) {
				rows.close();
			}
		}
	}

	private void take(Successor successor, List<String> all, List<String> any) throws SQLException {
		String name = successor.table().name();
		boolean widened = isWidenedBy(successor.rows().table(), successor.table());
		long gained = widened ? successor.table().knownRows() : this.gained.getOrDefault(name, 0L);
		long taken = successor.rows().take(successor.table(), successor.shared(), all, any, gained);
		this.gained.merge(name, -taken, Long::sum);
	}

	/**
	 * Take the rows with the same key or the same values, of which something else was
	 * changed when they were moved.
	 */
	private void takeChanged(Successor successor) throws SQLException {
		TableContent table = successor.rows().table();
		Set<String> shared = successor.shared().keySet();
		List<String> beside = table.columnsBesideKey().stream().filter(shared::contains).toList();
		if (!beside.isEmpty() && !table.key().isEmpty()) {
			if (shared.containsAll(table.key())) {
				take(successor, table.key(), beside);
			}
			take(successor, beside, List.of());
		}
	}

	/**
	 * Return the tables into which the rows of a table may have been moved. Together they
	 * must have half of its columns, or it is by chance that these are called the same.
	 */
	private Map<TableContent, Map<String, String>> successors(TableContent table) {
		Map<TableContent, Map<String, String>> successors = new LinkedHashMap<>();
		Set<String> covered = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		List<String> telling = telling(table);
		for (TableContent other : this.after.tables().values()) {
			Map<String, String> shared = sharedColumns(table, other);
			List<String> told = telling.stream().filter(shared::containsKey).toList();
			if (!other.name().equalsIgnoreCase(table.name()) && !told.isEmpty()
					&& (this.gained.getOrDefault(other.name(), 0L) > 0 || isWidenedBy(table, other))) {
				successors.put(other, shared);
				covered.addAll(told);
			}
		}
		return (covered.size() * 2 < telling.size()) ? Map.of() : successors;
	}

	private static List<String> telling(TableContent table) {
		return table.columnsBesideKey().isEmpty() ? table.columns() : table.columnsBesideKey();
	}

	/**
	 * Return whether the columns of a table that is gone are further columns of another
	 * one now. While the table is there, they may be called the same by chance.
	 */
	private boolean isWidenedBy(TableContent table, TableContent other) {
		TableContent old = this.before.tables().get(other.name());
		Set<String> shared = sharedColumns(table, other).keySet();
		List<String> told = telling(table).stream().filter(shared::contains).toList();
		return old != null && !this.after.tables().containsKey(table.name()) && !told.isEmpty()
				&& told.stream().noneMatch((column) -> contains(old.columns(), column));
	}

	/**
	 * Return the new tables with as many columns, whatever they are called.
	 */
	private Map<TableContent, Map<String, String>> renamedWithColumns(TableContent table) {
		Map<TableContent, Map<String, String>> renamed = new LinkedHashMap<>();
		List<String> columns = table.columns();
		if (!columns.isEmpty() && !this.after.tables().containsKey(table.name())) {
			for (TableContent other : this.after.tables().values()) {
				if (!this.before.tables().containsKey(other.name()) && other.columns().size() == columns.size()) {
					renamed.put(other,
							IntStream.range(0, columns.size())
								.boxed()
								.collect(Collectors.toMap(columns::get, other.columns()::get)));
				}
			}
		}
		return renamed;
	}

	private static Map<String, String> sharedColumns(TableContent table, TableContent other) {
		Map<String, String> shared = new LinkedHashMap<>();
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

	/**
	 * A table into which rows may have been moved.
	 *
	 * @param rows the rows
	 * @param table the table
	 * @param shared which of its columns correspond, by those of the rows
	 */
	private record Successor(LostRows rows, TableContent table, Map<String, String> shared) {

	}

}
