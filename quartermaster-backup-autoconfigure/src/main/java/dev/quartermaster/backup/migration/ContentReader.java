/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.quartermaster.backup.HistoryTables;
import dev.quartermaster.backup.Secrets;
import dev.quartermaster.backup.SqlText;
import org.jspecify.annotations.Nullable;

/**
 * A reader of what an audit looks at in a database.
 * <p>
 * Of a virtual table only the rows are counted, and only if it keeps them itself: an
 * index of another table, as FTS has them with {@code content=}, loses nothing that is
 * not there as well. The tables in which it keeps them are not looked at, since how many
 * rows these have says nothing.
 *
 * @see <a href="https://www.sqlite.org/fts5.html">FTS5: external content and contentless
 * tables</a>
 */
final class ContentReader {

	/**
	 * A view or trigger is broken for good if it names what is not there. If it calls a
	 * function of the application, that is merely unknown here.
	 */
	private static final Pattern BROKEN = Pattern.compile("(?i).*no such (?:table|column|view).*", Pattern.DOTALL);

	/**
	 * What SQLite says, without what the driver puts around it.
	 */
	private static final Pattern MESSAGE = Pattern.compile("\\[\\w+\\] [^(]*\\((.*)\\)", Pattern.DOTALL);

	private static final Pattern INDEX_OF_OTHER = Pattern.compile("(?is).*using\\s+fts[345]\\b.*\\bcontent\\s*=.*");

	private final Statement statement;

	private ContentReader(Statement statement) {
		this.statement = statement;
	}

	/**
	 * Read the content of a database.
	 * @param statement reads it
	 * @return the content
	 * @throws SQLException if it cannot be read at all
	 */
	static DatabaseContent read(Statement statement) throws SQLException {
		return new ContentReader(statement).content();
	}

	private DatabaseContent content() throws SQLException {
		Set<String> histories = HistoryTables.in(this.statement);
		SortedMap<String, TableContent> tables = ignoringCase();
		List<String> unknown = new ArrayList<>();
		for (String table : names("virtual")) {
			TableContent content = virtualTable(table);
			if (content.rows() == null) {
				unknown.add(table);
			}
			if (!isIndexOfOther(table)) {
				tables.put(table, content);
			}
		}
		for (String table : names("table")) {
			if (!histories.contains(table) && unknown.stream().noneMatch((owner) -> isShadow(table, owner))) {
				tables.put(table, table(table));
			}
		}
		SortedMap<String, String> broken = ignoringCase();
		for (String view : names("view")) {
			try {
				explain("SELECT * FROM " + SqlText.identifier(view));
			}
			catch (SQLException ex) {
				addIfBroken(view, ex, broken);
			}
		}
		for (String table : strings("SELECT DISTINCT tbl_name FROM sqlite_schema WHERE type = 'trigger'")) {
			compileTriggers(table, broken);
		}
		return new DatabaseContent(schema(), DatabaseSummary.migration(this.statement), tables, count(histories),
				broken);
	}

	/**
	 * SQLite knows these itself, unless the module is one that only the application has.
	 */
	private static boolean isShadow(String table, String owner) {
		return table.regionMatches(true, 0, owner + "_", 0, owner.length() + 1);
	}

	private boolean isIndexOfOther(String table) throws SQLException {
		return INDEX_OF_OTHER.matcher(sql(table)).matches();
	}

	private String sql(String table) throws SQLException {
		return String.join("", strings("SELECT coalesce(sql, '') FROM sqlite_schema WHERE type = 'table' AND name = "
				+ SqlText.literal(table)));
	}

	private long rootPage(String table) throws SQLException {
		String from = "sqlite_schema WHERE type = 'table' AND name = " + SqlText.literal(table);
		return strings("SELECT rootpage FROM " + from).stream().mapToLong(Long::parseLong).sum();
	}

	private TableContent virtualTable(String table) {
		try {
			return counted(table, columns(table), List.of(), List.of(), List.of(), List.of());
		}
		catch (SQLException ex) {
			// Only the application has the module.
			return new TableContent(table, "", 0, List.of(), List.of(), null, ignoringCase(), List.of(), messageOf(ex));
		}
	}

	private TableContent table(String table) throws SQLException {
		List<String> columns = columns(table);
		String from = " FROM pragma_table_xinfo(" + SqlText.literal(table) + ") WHERE hidden = 0";
		List<String> key = strings("SELECT name" + from + " AND pk > 0 ORDER BY pk");
		String keys = " FROM pragma_foreign_key_list(" + SqlText.literal(table) + ")";
		String references = "SELECT name" + from + " AND name COLLATE NOCASE IN (SELECT \"from\"" + keys
				+ ") AND \"notnull\" = ";
		return counted(table, columns, key, strings("SELECT DISTINCT \"table\"" + keys), strings(references + "0"),
				strings(references + "1"));
	}

	private List<String> columns(String table) throws SQLException {
		return strings(
				"SELECT name FROM pragma_table_xinfo(" + SqlText.literal(table) + ") WHERE hidden = 0 ORDER BY cid");
	}

	private TableContent counted(String table, List<String> columns, List<String> key, List<String> parents,
			List<String> nullable, List<String> notNull) throws SQLException {
		String sql = sql(table);
		SortedMap<String, Long> referring = ignoringCase();
		try {
			long rows = count(table, "");
			for (String column : nullable) {
				referring.put(column, rows - count(table, " WHERE " + SqlText.identifier(column) + " IS NULL"));
			}
			// What is declared so need not be counted.
			notNull.forEach((column) -> referring.put(column, rows));
			return new TableContent(table, sql, rootPage(table), columns, key, rows, referring, parents, null);
		}
		catch (SQLException ex) {
			// A virtual table whose module only the application has, or a damaged one.
			return new TableContent(table, sql, rootPage(table), columns, key, null, referring, parents, messageOf(ex));
		}
	}

	private long count(String table, String where) throws SQLException {
		try (ResultSet result = this.statement
			.executeQuery("SELECT count(*) FROM " + SqlText.identifier(table) + where)) {
			return result.next() ? result.getLong(1) : 0;
		}
	}

	/**
	 * A trigger is compiled with each statement that may fire it.
	 */
	private void compileTriggers(String table, SortedMap<String, String> broken) throws SQLException {
		String name = SqlText.identifier(table);
		List<String> columns;
		try {
			columns = columns(table);
		}
		catch (SQLException ex) {
			// A view whose table is gone.
			addIfBroken(table, ex, broken);
			return;
		}
		List<String> changes = new ArrayList<>(
				List.of("DELETE FROM " + name, "INSERT INTO " + name + " DEFAULT VALUES"));
		if (!columns.isEmpty()) {
			changes.add("UPDATE " + name + " SET " + String.join(", ",
					columns.stream().map(SqlText::identifier).map((column) -> column + " = " + column).toList()));
		}
		for (String change : changes) {
			try {
				explain(change);
			}
			catch (SQLException ex) {
				addIfBroken(table, ex, broken);
			}
		}
	}

	private void explain(String sql) throws SQLException {
		this.statement.executeQuery("EXPLAIN " + sql).close();
	}

	private static void addIfBroken(String name, SQLException failure, SortedMap<String, String> broken) {
		String message = messageOf(failure);
		if (BROKEN.matcher(message).matches()) {
			broken.putIfAbsent(name, message);
		}
	}

	private static String messageOf(SQLException failure) {
		String message = Secrets.mask(String.valueOf(failure.getMessage()));
		Matcher matcher = MESSAGE.matcher(message);
		return matcher.matches() ? matcher.group(1) : message;
	}

	private List<String> schema() throws SQLException {
		return strings("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1");
	}

	private SortedMap<String, Long> count(Collection<String> tables) throws SQLException {
		SortedMap<String, Long> counts = ignoringCase();
		for (String table : tables) {
			try (ResultSet result = this.statement.executeQuery("SELECT count(*) FROM " + SqlText.identifier(table))) {
				result.next();
				counts.put(table, result.getLong(1));
			}
		}
		return counts;
	}

	private SortedSet<String> names(String type) throws SQLException {
		SortedSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		names.addAll(strings("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = "
				+ SqlText.literal(type) + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"));
		return names;
	}

	private List<String> strings(String query) throws SQLException {
		List<String> strings = new ArrayList<>();
		try (ResultSet result = this.statement.executeQuery(query)) {
			while (result.next()) {
				strings.add(result.getString(1));
			}
		}
		return strings;
	}

	private static <T> SortedMap<String, T> ignoringCase() {
		return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
	}

}
