/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.quartermaster.backup.Count;
import dev.quartermaster.backup.DataLoss;
import dev.quartermaster.backup.DataLoss.Kind;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.SqlText;
import dev.quartermaster.backup.SqliteReader;
import dev.quartermaster.backup.TableRows;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The losses between two contents of a database. Neither a column that was dropped nor a
 * value that was changed is one: a migration says so plainly.
 */
final class Losses {

	private static final Logger logger = LoggerFactory.getLogger(Losses.class);

	/**
	 * The most rows of a table whose references are looked up whatever was changed.
	 */
	private static final long FEW_ROWS = 200_000;

	private final Statement statement;

	private final Path database;

	private final Path snapshot;

	private final DatabaseContent inSnapshot;

	private final DatabaseContent before;

	private final DatabaseContent after;

	private final List<DataLoss> found = new ArrayList<>();

	/**
	 * Create a new instance.
	 * @param statement reads the database as it is now
	 * @param database the file of the database
	 * @param snapshot the snapshot from before
	 * @param inSnapshot what is in that
	 * @param before what was there before, which is not in the snapshot if it was changed
	 * since
	 */
	Losses(Statement statement, Path database, Path snapshot, DatabaseContent inSnapshot, DatabaseContent before,
			DatabaseContent after) {
		this.statement = statement;
		this.database = database;
		this.snapshot = snapshot;
		this.inSnapshot = inSnapshot;
		this.before = before;
		this.after = after;
	}

	MigrationComparison compare(ExpectedLoss expected) throws SQLException {
		List<TableContent> fewer = this.before.tables()
			.values()
			.stream()
			.filter((table) -> missing(table) > 0)
			.toList();
		if (!fewer.isEmpty()) {
			addRows(fewer, expected);
		}
		for (TableContent old : this.before.tables().values()) {
			addReferences(old);
		}
		addViolations();
		addUnreadable();
		Map<Boolean, List<DataLoss>> losses = this.found.stream()
			.collect(Collectors.partitioningBy((loss) -> expected.includes(loss.name())));
		return new MigrationComparison(this.database, this.snapshot, this.before.version(), this.after.version(),
				tables(), losses.getOrDefault(false, List.of()), losses.getOrDefault(true, List.of()));
	}

	private long missing(TableContent old) {
		TableContent now = this.after.tables().get(old.name());
		return (now != null && now.rows() == null) ? 0 : old.knownRows() - ((now != null) ? now.knownRows() : 0);
	}

	private void addRows(List<TableContent> fewer, ExpectedLoss expected) throws SQLException {
		SqliteReader.attach(this.statement, this.snapshot, MovedRows.BEFORE);
		try {
			Map<TableContent, Long> missing = fewer.stream()
				.filter((old) -> !isRenamed(old))
				.collect(Collectors.toMap(Function.identity(), this::missing));
			Map<TableContent, Long> lost = new HashMap<>(missing);
			// What is not as it is in the snapshot cannot be looked for.
			missing.keySet()
				.removeIf((old) -> !old.equals(this.inSnapshot.tables().get(old.name()))
						|| expected.includes(old.name()));
			lost.putAll(new MovedRows(this.statement, this.before, this.after).lost(missing));
			for (TableContent old : fewer) {
				if (lost.getOrDefault(old, 0L) > 0) {
					TableContent now = this.after.tables().get(old.name());
					this.found.add(new DataLoss(Kind.ROWS, old.name(), Count.grouped(old.knownRows()) + " -> "
							+ ((now != null) ? Count.grouped(now.knownRows()) : "gone")));
				}
			}
		}
		finally {
			if (this.statement.getConnection().getAutoCommit()) {
				// One of the application's. Any other is closed when it has been read.
				SqliteReader.detach(this.statement, MovedRows.BEFORE);
			}
		}
	}

	/**
	 * Whether a table only has another name now, for which no row needs to be read.
	 */
	private boolean isRenamed(TableContent old) {
		return !this.after.tables().containsKey(old.name()) && this.after.tables()
			.values()
			.stream()
			.anyMatch((now) -> !this.before.tables().containsKey(now.name()) && now.isRenamed(old));
	}

	private void addReferences(TableContent old) throws SQLException {
		TableContent now = this.after.tables().get(old.name());
		if (now == null || now.rows() == null || old.rows() == null) {
			return;
		}
		long missing = Math.max(0, old.rows() - now.rows());
		for (Map.Entry<String, Long> reference : old.references().entrySet()) {
			String column = reference.getKey();
			long referring = reference.getValue();
			if (now.columns().stream().anyMatch(column::equalsIgnoreCase)) {
				long lost = referring - missing - referring(now, column);
				if (lost > 0) {
					this.found.add(new DataLoss(Kind.REFERENCES, old.name(), column + " became NULL in "
							+ Count.grouped(lost) + " of " + Count.grouped(referring) + " rows"));
				}
			}
		}
	}

	/**
	 * Return in how many rows a column is not {@code NULL}, which need not be known if it
	 * refers to nothing any more.
	 */
	private long referring(TableContent table, String column) throws SQLException {
		Long known = table.references().get(column);
		if (known != null) {
			return known;
		}
		try (ResultSet result = this.statement.executeQuery(
				"SELECT count(" + SqlText.identifier(column) + ") FROM " + SqlText.identifier(table.name()))) {
			return result.next() ? result.getLong(1) : 0;
		}
	}

	private void addViolations() throws SQLException {
		List<TableContent> referring = this.after.tables()
			.values()
			.stream()
			.filter((table) -> !table.parents().isEmpty() && mayReferToNothing(table))
			.toList();
		Map<String, SortedMap<String, Long>> violations = violations(this.statement, referring);
		if (violations.isEmpty()) {
			return;
		}
		List<TableContent> old = violations.keySet()
			.stream()
			.map(this.inSnapshot.tables()::get)
			.filter(Objects::nonNull)
			.toList();
		Map<String, SortedMap<String, Long>> known = SqliteReader.readSnapshot(this.snapshot,
				(snapshot) -> violations(snapshot, old));
		violations.forEach((table, parents) -> parents.forEach((parent, count) -> {
			long more = count - known.getOrDefault(table, Collections.emptySortedMap()).getOrDefault(parent, 0L);
			if (more > 0 && (hadParent(table, parent) || !this.after.tables().containsKey(parent))) {
				this.found.add(new DataLoss(Kind.VIOLATIONS, table,
						Count.grouped(more) + ((more == 1) ? " row refers to a row of " : " rows refer to rows of ")
								+ parent + " that " + ((more == 1) ? "does" : "do") + " not exist"));
			}
		}));
	}

	/**
	 * Return whether the rows of a table may refer to what does not exist since the
	 * migration. To look for that takes long where there are many rows: then only if the
	 * table, or one to which it refers, was made anew or has another number of rows.
	 */
	private boolean mayReferToNothing(TableContent table) {
		TableContent old = this.before.tables().get(table.name());
		return old != null && (table.knownRows() <= FEW_ROWS || isChanged(old, table) || table.parents()
			.stream()
			.anyMatch((parent) -> isChanged(this.before.tables().get(parent), this.after.tables().get(parent))));
	}

	private static boolean isChanged(@Nullable TableContent old, @Nullable TableContent now) {
		return old == null || !old.equals(now);
	}

	/**
	 * A table may be told only now to what it refers, and have had rows for long that
	 * refer to nothing.
	 */
	private boolean hadParent(String table, String parent) {
		TableContent old = this.before.tables().get(table);
		return old != null && old.parents().stream().anyMatch(parent::equalsIgnoreCase);
	}

	/**
	 * Count the rows that refer to what does not exist, by the table to which they refer.
	 */
	private static Map<String, SortedMap<String, Long>> violations(Statement statement, List<TableContent> tables) {
		Map<String, SortedMap<String, Long>> violations = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (TableContent table : tables) {
			try (ResultSet result = statement.executeQuery("SELECT parent, count(*) FROM pragma_foreign_key_check("
					+ SqlText.literal(table.name()) + ") GROUP BY parent")) {
				while (result.next()) {
					violations.computeIfAbsent(table.name(), (name) -> new TreeMap<>(String.CASE_INSENSITIVE_ORDER))
						.put(result.getString(1), result.getLong(2));
				}
			}
			catch (SQLException ex) {
				// A collation that only the application has, or a key that is not unique.
				logger.debug("The foreign keys of {} could not be checked", table.name(), ex);
			}
		}
		return violations;
	}

	private void addUnreadable() {
		this.after.tables().forEach((name, now) -> {
			TableContent old = this.before.tables().get(name);
			if (now.rows() == null && old != null && old.rows() != null) {
				this.found.add(new DataLoss(Kind.UNREADABLE, name, "cannot be read any more (" + now.failure() + ")"));
			}
		});
		this.after.broken().forEach((name, message) -> {
			if (!this.before.broken().containsKey(name)) {
				this.found.add(new DataLoss(Kind.UNREADABLE, name, "does not work any more (" + message + ")"));
			}
		});
	}

	private List<TableRows> tables() {
		SortedSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		names.addAll(this.before.tables().keySet());
		names.addAll(this.after.tables().keySet());
		return names.stream().map((name) -> {
			TableContent old = this.before.tables().get(name);
			TableContent now = this.after.tables().get(name);
			return new TableRows(name, (old != null) ? old.rows() : null, (now != null) ? now.rows() : null);
		}).toList();
	}

}
