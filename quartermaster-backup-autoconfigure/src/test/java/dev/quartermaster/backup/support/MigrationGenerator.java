/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

import dev.quartermaster.backup.support.GeneratedMigration.Fault;

import static dev.quartermaster.backup.support.GeneratedMigration.KEPT;
import static dev.quartermaster.backup.support.GeneratedMigration.name;
import static dev.quartermaster.backup.support.GeneratedMigration.text;

/**
 * A generator of databases and their migrations. A migration does several things to
 * tables that have nothing to do with each other. All are sound, or one has a fault.
 */
public final class MigrationGenerator {

	/**
	 * What may be in a name.
	 */
	private static final List<String> PARTS = List.of("order", "it's", "say \"so\"", "two words", "größe", "a.b", "[x]",
			"100%", "a;b", "`", "_", "T", "Group", "--", "/*");

	private static final List<Function<MigrationGenerator, Change>> CHANGES = List.of(MigrationGenerator::rename,
			MigrationGenerator::rebuild, MigrationGenerator::rebuildOfParent,
			MigrationGenerator::rebuildUnderAnotherNameAndBack, MigrationGenerator::splitByRows,
			MigrationGenerator::archive, MigrationGenerator::archiveWithChildren, MigrationGenerator::splitByColumns,
			MigrationGenerator::merge, MigrationGenerator::addedColumn, MigrationGenerator::droppedColumn,
			MigrationGenerator::renamedColumn, MigrationGenerator::fullTextSearch,
			MigrationGenerator::fullTextSearchOfTable, MigrationGenerator::rtree, MigrationGenerator::withoutRowid,
			MigrationGenerator::trigger, MigrationGenerator::tree, MigrationGenerator::newRows,
			MigrationGenerator::drop, MigrationGenerator::swap, MigrationGenerator::renamedWithItsColumns,
			MigrationGenerator::mergedIntoAnother, MigrationGenerator::view);

	private final Random random;

	private boolean foreignKeys;

	private int names;

	public MigrationGenerator(Random random) {
		this.random = random;
	}

	/**
	 * Return the next of a series.
	 * @param number its number, which says what it does above all: every kind of change
	 * has its turn
	 * @param faulty whether it has a fault
	 */
	public GeneratedMigration next(int number, boolean faulty) {
		this.foreignKeys = this.random.nextInt(4) > 0;
		this.names = 0;
		List<Change> changes = new ArrayList<>();
		Change main = CHANGES.get(number % CHANGES.size()).apply(this);
		changes.add(main);
		for (int more = this.random.nextInt(4); more > 0; more--) {
			changes.add(any(CHANGES).apply(this));
		}
		Faulty fault = faulty ? any(main.faults) : null;
		Collections.shuffle(changes, this.random);
		if (fault != null && fault.fault == Fault.UNREADABLE) {
			// SQLite renames nothing any more once a view is broken.
			changes.remove(main);
			changes.add(main);
		}
		List<String> before = new ArrayList<>();
		List<String> migration = new ArrayList<>();
		for (Change change : changes) {
			before.addAll(change.before);
			migration.addAll((fault != null && change == main) ? fault.migration : change.sound);
		}
		return new GeneratedMigration(main.description + ((fault != null) ? ": " + fault.description : ""),
				this.foreignKeys, List.copyOf(before), List.copyOf(migration), (fault != null) ? fault.fault : null);
	}

	private Change rename() {
		String old = name("renamed");
		String child = name("child");
		String view = name("view");
		String renamed = name("new name");
		return new Change("rename", List.of("CREATE TABLE " + old + " (id INTEGER PRIMARY KEY, payload TEXT)",
				fill(old, "i, payload"),
				"CREATE TABLE " + child + " (id INTEGER PRIMARY KEY, parent REFERENCES " + old
						+ " ON DELETE CASCADE, payload TEXT)",
				"INSERT INTO " + child + " SELECT id, id, " + text(KEPT) + " || " + text(child) + " FROM " + old,
				"CREATE VIEW " + view + " AS SELECT payload FROM " + old,
				"CREATE TRIGGER " + name("trigger") + " AFTER INSERT ON " + child + " BEGIN UPDATE " + old
						+ " SET payload = payload WHERE id = new.parent; END"),
				List.of("ALTER TABLE " + old + " RENAME TO " + renamed),
				List.of(new Faulty("views keep the old name", Fault.UNREADABLE,
						List.of("PRAGMA legacy_alter_table = ON", "ALTER TABLE " + old + " RENAME TO " + renamed,
								"PRAGMA legacy_alter_table = OFF")),
						new Faulty("to a name that is taken", Fault.FAILURE,
								List.of("ALTER TABLE " + old + " RENAME TO " + child))));
	}

	private Change rebuild() {
		String table = name("table");
		String kinds = name("kinds");
		String rebuilt = name("rebuilt");
		Key key = any(List.of(Key.values()));
		List<String> before = List.of("CREATE TABLE " + kinds + " (name TEXT PRIMARY KEY)",
				"INSERT INTO " + kinds + " VALUES ('kind 0'), ('kind 1')",
				"CREATE TABLE " + table + " " + key.columns("note TEXT, kind TEXT, payload TEXT"),
				fill(table, key.values
						+ ", CASE WHEN i % 3 <> 1 THEN 'note ' || i END, CASE WHEN i % 4 > 1 THEN 'kind ' || i % 2 END,"
						+ " payload"));
		String from = " FROM " + table + " AS old";
		Function<String, List<String>> with = (from2) -> replace(table, rebuilt,
				key.columns("note TEXT, kind TEXT, payload TEXT, added INTEGER DEFAULT 7"),
				"INSERT INTO " + rebuilt + " (" + key.names + ", note, kind, payload) SELECT " + key.of("old")
						+ ", old.note, old.kind, old.payload" + from2);
		String notNull = key.columns("note TEXT NOT NULL, kind TEXT, payload TEXT");
		return new Change("rebuild, " + key, before, with.apply(from), List.of(
				new Faulty("a join that leaves rows out", Fault.ROWS,
						with.apply(from + " JOIN " + kinds + " AS kinds ON kinds.name = old.kind")),
				new Faulty("a comparison that leaves NULL out", Fault.ROWS,
						with.apply(from + " WHERE old.note <> 'unwanted'")),
				new Faulty("nothing copied", Fault.ROWS, with.apply(from + " WHERE 0")),
				new Faulty("NOT NULL over existing nulls", Fault.FAILURE,
						replace(table, rebuilt, notNull, "INSERT INTO " + rebuilt + " SELECT *" + from)),
				new Faulty("nulls ignored", Fault.ROWS,
						replace(table, rebuilt, notNull, "INSERT OR IGNORE INTO " + rebuilt + " SELECT *" + from)),
				new Faulty("no such column", Fault.FAILURE,
						replace(table, rebuilt, notNull,
								"INSERT INTO " + rebuilt + " SELECT old.no_such_column" + from)),
				new Faulty("bad SQL", Fault.FAILURE,
						replace(table, rebuilt, notNull, "INSERT INTO " + rebuilt + " SELEKT *" + from)),
				new Faulty("a constraint that rows violate", Fault.FAILURE,
						replace(table, rebuilt,
								key.columns("note TEXT, kind TEXT, payload TEXT CHECK (length(payload) < 3)"),
								"INSERT INTO " + rebuilt + " SELECT *" + from))));
	}

	private Change rebuildOfParent() {
		String parent = name("parent");
		String child = name("child");
		String rebuilt = name("rebuilt");
		String kept = name("kept");
		Key key = any(List.of(Key.values()));
		String action = any(List.of("CASCADE", "SET NULL", "NO ACTION", "RESTRICT"));
		String columns = key.columns("payload TEXT");
		String createChild = "CREATE TABLE " + child + " (number INTEGER PRIMARY KEY, " + key.names
				+ ", payload TEXT, FOREIGN KEY (" + key.names + ") REFERENCES " + parent + " (" + key.names
				+ ") ON DELETE " + action + ")";
		List<String> before = List.of("CREATE TABLE " + parent + " " + columns, fill(parent, key.values + ", payload"),
				createChild, fill(child, "i, " + key.values + ", payload", "SELECT count(*) FROM " + parent));
		String copy = "INSERT INTO " + rebuilt + " SELECT * FROM " + parent;
		List<String> plain = replace(parent, rebuilt, columns, copy);
		List<Faulty> faults = new ArrayList<>();
		List<String> sound = plain;
		if (this.foreignKeys) {
			Fault fault = switch (action) {
				case "CASCADE" -> Fault.ROWS;
				case "SET NULL" -> Fault.REFERENCES;
				default -> Fault.FAILURE;
			};
			faults.add(new Faulty(action, fault, plain));
			faults
				.add(new Faulty(action + ", deferred", fault, join(List.of("PRAGMA defer_foreign_keys = ON"), plain)));
			sound = join(List.of("CREATE TABLE " + kept + " AS SELECT * FROM " + child, "DROP TABLE " + child), plain,
					List.of(createChild, "INSERT INTO " + child + " SELECT * FROM " + kept, "DROP TABLE " + kept));
		}
		else {
			faults.add(new Faulty("children refer to the old name", Fault.VIOLATIONS,
					List.of("ALTER TABLE " + parent + " RENAME TO " + rebuilt, "CREATE TABLE " + parent + " " + columns,
							"INSERT INTO " + parent + " SELECT * FROM " + rebuilt, "DROP TABLE " + rebuilt)));
			faults.add(new Faulty("the last one is missing", Fault.ROWS, replace(parent, rebuilt, columns,
					copy + " WHERE payload < (SELECT max(payload) FROM " + parent + ")")));
		}
		return new Change("rebuild of parent, " + key + ", " + action, before, sound, faults);
	}

	private Change rebuildUnderAnotherNameAndBack() {
		String table = name("table");
		String old = name("old");
		String view = name("view");
		String columns = " (id INTEGER PRIMARY KEY AUTOINCREMENT, payload TEXT, note TEXT)";
		String createView = "CREATE VIEW " + view + " AS SELECT max(payload) AS payload FROM " + table;
		List<String> there = List.of("ALTER TABLE " + table + " RENAME TO " + old, "CREATE TABLE " + table + columns);
		String copy = "INSERT INTO " + table + " SELECT * FROM " + old;
		List<String> back = List.of("DROP TABLE " + old);
		return new Change("rebuild under another name and back",
				List.of("CREATE TABLE " + table + columns, fill(table, "i * 7, payload, NULL"), createView),
				join(List.of("DROP VIEW " + view), there, List.of(copy), back, List.of(createView)),
				List.of(new Faulty("a view of the old one", Fault.UNREADABLE, join(there, List.of(copy), back)),
						new Faulty("some left out", Fault.ROWS, join(List.of("DROP VIEW " + view), there,
								List.of(copy + " WHERE id > 7"), back, List.of(createView)))));
	}

	private Change splitByRows() {
		String table = name("events");
		String first = name("first");
		String second = name("second");
		boolean stays = this.random.nextBoolean();
		String columns = " (id INTEGER PRIMARY KEY, year INTEGER, payload TEXT)";
		List<String> create = List.of("CREATE TABLE " + first + columns, "CREATE TABLE " + second + columns);
		String early = "INSERT INTO " + first + " SELECT * FROM " + table + " WHERE year < 2020";
		String late = "INSERT INTO " + second + " SELECT * FROM " + table + " WHERE year >= 2020";
		List<String> end = List.of(stays ? "DELETE FROM " + table : "DROP TABLE " + table);
		return new Change("split by rows",
				List.of("CREATE TABLE " + table + columns,
						fill(table, "i, CASE WHEN i % 3 <> 1 THEN 2017 + i % 5 END, payload", 7)),
				join(create, List.of(early, late + " OR year IS NULL"), end),
				List.of(new Faulty("NULL is in neither half", Fault.ROWS, join(create, List.of(early, late), end)),
						new Faulty("the second half twice", Fault.ROWS, join(create,
								List.of(late + " OR year IS NULL", "DELETE FROM " + first, late.replace(second, first)),
								end))));
	}

	private Change archive() {
		String table = name("jobs");
		String archive = name("archive");
		String columns = " (id INTEGER PRIMARY KEY, done INTEGER, payload TEXT)";
		String create = "CREATE TABLE " + archive + columns;
		String move = "INSERT INTO " + archive + " SELECT * FROM " + table + " WHERE done = 1";
		boolean when = this.random.nextBoolean();
		if (when) {
			create = create.replace("payload TEXT)", "payload TEXT, archived TEXT DEFAULT CURRENT_TIMESTAMP)");
			move = move.replace(" SELECT * ", " (id, done, payload) SELECT * ");
		}
		return new Change("moved to archive",
				List.of("CREATE TABLE " + table + columns, fill(table, "i, i % 3, payload", 3)),
				List.of(create, move, "DELETE FROM " + table + " WHERE done = 1"),
				List.of(new Faulty("more deleted than moved", Fault.ROWS,
						List.of(create, move, "DELETE FROM " + table + " WHERE done <> 0")),
						new Faulty("not moved", Fault.ROWS, List.of("DELETE FROM " + table + " WHERE done = 1"))));
	}

	private Change archiveWithChildren() {
		String table = name("orders");
		String lines = name("lines");
		String archive = name("archive");
		String archivedLines = name("archived lines");
		String columns = " (id INTEGER PRIMARY KEY, done INTEGER, payload TEXT)";
		String lineColumns = " (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES @ ON DELETE CASCADE, payload TEXT)";
		List<String> move = List.of("CREATE TABLE " + archive + columns,
				"INSERT INTO " + archive + " SELECT * FROM " + table + " WHERE done = 1");
		List<String> moveLines = List.of("CREATE TABLE " + archivedLines + lineColumns.replace("@", archive),
				"INSERT INTO " + archivedLines + " SELECT * FROM " + lines + " WHERE parent IN (SELECT id FROM " + table
						+ " WHERE done = 1)",
				"DELETE FROM " + lines + " WHERE parent IN (SELECT id FROM " + table + " WHERE done = 1)");
		String delete = "DELETE FROM " + table + " WHERE done = 1";
		return new Change("moved to archive, with children",
				List.of("CREATE TABLE " + table + columns, fill(table, "i, i % 3, payload", 3),
						"CREATE TABLE " + lines + lineColumns.replace("@", table),
						fill(lines, "i, i, payload", "SELECT count(*) FROM " + table)),
				join(move, moveLines, List.of(delete)),
				List.of(this.foreignKeys
						? new Faulty("the children are deleted with their parents", Fault.ROWS,
								join(move, List.of(delete)))
						: new Faulty("the children are left behind", Fault.VIOLATIONS, join(move, List.of(delete)))));
	}

	private Change splitByColumns() {
		String table = name("people");
		String streets = name("streets");
		String rebuilt = name("rebuilt");
		List<String> move = List.of(
				"CREATE TABLE " + streets + " (person INTEGER PRIMARY KEY REFERENCES " + table + ", street TEXT)",
				"INSERT INTO " + streets + " SELECT id, street FROM " + table + " WHERE street IS NOT NULL");
		return new Change("split by columns",
				List.of("CREATE TABLE " + table + " (id INTEGER PRIMARY KEY, payload TEXT, street TEXT)",
						fill(table, "i, payload, CASE WHEN i % 3 <> 1 THEN payload || ' street' END")),
				join(move, List.of("ALTER TABLE " + table + " DROP COLUMN street")),
				List.of(new Faulty("who has no street is lost", Fault.ROWS,
						join(List.of(move.get(0).replace(" REFERENCES " + table, ""), move.get(1)),
								replace(table, rebuilt, " (id INTEGER PRIMARY KEY, payload TEXT)",
										"INSERT INTO " + rebuilt + " SELECT id, payload FROM " + table + " JOIN "
												+ streets + " ON person = id")))));
	}

	private Change merge() {
		String first = name("first");
		String second = name("second");
		String merged = name("merged");
		String inBoth = text(KEPT + "in both, " + first);
		String columns = " (id INTEGER PRIMARY KEY, payload TEXT)";
		List<String> drop = List.of("DROP TABLE " + first, "DROP TABLE " + second);
		List<String> create = List.of("CREATE TABLE " + merged + columns);
		List<String> plain = List.of("INSERT INTO " + merged + " SELECT * FROM " + first);
		return new Change("merge",
				List.of("CREATE TABLE " + first + columns, fill(first, "i, payload"),
						"CREATE TABLE " + second + columns, fill(second, "i, payload"),
						"INSERT INTO " + first + " VALUES (1000, " + inBoth + ")",
						"INSERT INTO " + second + " VALUES (1000, " + inBoth + ")"),
				join(create,
						List.of("INSERT INTO " + merged + " (payload) SELECT payload FROM " + first
								+ " UNION ALL SELECT payload FROM " + second),
						drop),
				List.of(new Faulty("equal rows once", Fault.ROWS,
						join(create,
								List.of("INSERT INTO " + merged + " (payload) SELECT payload FROM " + first
										+ " UNION SELECT payload FROM " + second),
								drop)),
						new Faulty("equal keys ignored", Fault.ROWS,
								join(create, plain,
										List.of("INSERT OR IGNORE INTO " + merged + " SELECT * FROM " + second), drop)),
						new Faulty("equal keys replaced", Fault.ROWS, join(create, plain,
								List.of("INSERT OR REPLACE INTO " + merged + " SELECT * FROM " + second), drop)),
						new Faulty("equal keys clash", Fault.FAILURE,
								join(create, plain, List.of("INSERT INTO " + merged + " SELECT * FROM " + second),
										drop)),
						new Faulty("the second forgotten", Fault.ROWS, join(create, plain, drop))));
	}

	private Change addedColumn() {
		String table = name("table");
		Key key = any(List.of(Key.values()));
		String add = "ALTER TABLE " + table + " ADD COLUMN added ";
		return new Change("added column, " + key,
				List.of("CREATE TABLE " + table + " " + key.columns("payload TEXT"),
						fill(table, key.values + ", payload")),
				List.of(add + any(List.of("TEXT", "INTEGER NOT NULL DEFAULT 0", "AS (length(payload)) VIRTUAL"))),
				List.of(new Faulty("NOT NULL without default", Fault.FAILURE, List.of(add + "TEXT NOT NULL"))));
	}

	private Change droppedColumn() {
		String table = name("table");
		Key key = any(List.of(Key.values()));
		String drop = "ALTER TABLE " + table + " DROP COLUMN ";
		return new Change("dropped column, " + key,
				List.of("CREATE TABLE " + table + " " + key.columns("payload TEXT, scrap TEXT, viewed TEXT"),
						fill(table, key.values + ", payload, 'scrap', 'viewed'"),
						"CREATE VIEW " + name("view") + " AS SELECT viewed FROM " + table),
				List.of(drop + "scrap"),
				List.of(new Faulty("which a view shows", Fault.FAILURE, List.of(drop + "viewed")),
						new Faulty("which there is not", Fault.FAILURE, List.of(drop + "nothing"))));
	}

	private Change renamedColumn() {
		String table = name("table");
		String column = name("column");
		String rename = "ALTER TABLE " + table + " RENAME COLUMN payload TO ";
		return new Change("renamed column",
				List.of("CREATE TABLE " + table + " (id INTEGER PRIMARY KEY, payload TEXT, other TEXT)",
						fill(table, "i, payload, 'other'"),
						"CREATE VIEW " + name("view") + " AS SELECT payload FROM " + table),
				List.of(rename + column),
				List.of(new Faulty("to one that is taken", Fault.FAILURE, List.of(rename + "other"))));
	}

	private Change fullTextSearch() {
		String table = name("search");
		String rebuilt = name("rebuilt");
		String fts = "CREATE VIRTUAL TABLE @ USING fts5(payload, language UNINDEXED, tokenize = 'porter')";
		boolean renamed = this.random.nextBoolean();
		return new Change("full-text search",
				List.of("CREATE VIRTUAL TABLE " + table + " USING fts5(payload, language UNINDEXED)",
						fill(table, "payload, 'en'")),
				renamed ? List.of("ALTER TABLE " + table + " RENAME TO " + rebuilt)
						: List.of(fts.replace("@", rebuilt), "INSERT INTO " + rebuilt + " SELECT * FROM " + table,
								"DROP TABLE " + table, "ALTER TABLE " + rebuilt + " RENAME TO " + table),
				List.of(new Faulty("not filled again", Fault.ROWS,
						List.of("DROP TABLE " + table, fts.replace("@", table)))));
	}

	private Change fullTextSearchOfTable() {
		String table = name("documents");
		String search = name("search");
		String rebuilt = name("rebuilt");
		String columns = " (id INTEGER PRIMARY KEY, payload TEXT)";
		String fts = "CREATE VIRTUAL TABLE " + search + " USING fts5(payload, content = " + text(unquoted(table))
				+ ", content_rowid = 'id'@)";
		List<String> again = List.of("DROP TABLE " + search, fts.replace("@", ", prefix = '2 3'"),
				"INSERT INTO " + search + " (" + search + ") VALUES ('rebuild')");
		return new Change(
				"full-text search of a table", List.of(
						"CREATE TABLE " + table + columns, fill(table, "i, payload"), fts.replace("@",
								""),
						"INSERT INTO " + search + " (" + search + ") VALUES ('rebuild')"),
				join(replace(table, rebuilt, columns,
						"INSERT INTO " + rebuilt + " SELECT * FROM " + table), again),
				List.of(new Faulty("some left out", Fault.ROWS, join(replace(table, rebuilt, columns,
						"INSERT INTO " + rebuilt + " SELECT * FROM " + table + " WHERE id > 1"), again))));
	}

	private Change rtree() {
		String table = name("places");
		String rebuilt = name("rebuilt");
		String rtree = "CREATE VIRTUAL TABLE @ USING rtree(id, west, east, +payload TEXT)";
		List<String> sound = this.random.nextBoolean() ? List.of("ALTER TABLE " + table + " RENAME TO " + rebuilt)
				: List.of(rtree.replace("@", rebuilt), "INSERT INTO " + rebuilt + " SELECT * FROM " + table,
						"DROP TABLE " + table);
		return new Change("R*Tree", List.of(rtree.replace("@", table), fill(table, "i, i, i + 2, payload")), sound,
				List.of(new Faulty("not filled again", Fault.ROWS,
						List.of("DROP TABLE " + table, rtree.replace("@", table))),
						new Faulty("some deleted", Fault.ROWS, List.of("DELETE FROM " + table + " WHERE west < 2"))));
	}

	private Change withoutRowid() {
		String table = name("table");
		String rebuilt = name("rebuilt");
		String columns = " (first TEXT, second INTEGER, payload TEXT, PRIMARY KEY (@)) WITHOUT ROWID";
		String narrow = columns.replace("@", "first");
		String select = "INTO " + rebuilt + " SELECT * FROM " + table;
		return new Change("another key WITHOUT ROWID",
				List.of("CREATE TABLE " + table + columns.replace("@", "first, second"),
						fill(table, "'group ' || i % 2, i, payload", 3)),
				replace(table, rebuilt, columns.replace("@", "second, first"), "INSERT " + select),
				List.of(new Faulty("too narrow, replacing", Fault.ROWS,
						replace(table, rebuilt, narrow, "INSERT OR REPLACE " + select)),
						new Faulty("too narrow, ignoring", Fault.ROWS,
								replace(table, rebuilt, narrow, "INSERT OR IGNORE " + select)),
						new Faulty("too narrow", Fault.FAILURE, replace(table, rebuilt, narrow, "INSERT " + select))));
	}

	private Change trigger() {
		String table = name("table");
		String log = name("log");
		String journal = name("journal");
		String trigger = name("trigger");
		String columns = " (id INTEGER PRIMARY KEY, payload TEXT)";
		String create = "CREATE TRIGGER " + trigger + " AFTER INSERT ON " + table + " BEGIN INSERT INTO @"
				+ " (payload) VALUES (new.payload); END";
		List<String> move = List.of("CREATE TABLE " + journal + columns,
				"INSERT INTO " + journal + " SELECT * FROM " + log, "DROP TABLE " + log);
		return new Change("trigger",
				List.of("CREATE TABLE " + table + columns, "CREATE TABLE " + log + columns, create.replace("@", log),
						fill(table, "i, payload")),
				join(List.of("DROP TRIGGER " + trigger), move, List.of(create.replace("@", journal))),
				List.of(new Faulty("which writes to a table that is gone", Fault.UNREADABLE, move)));
	}

	private Change tree() {
		String table = name("tree");
		String rebuilt = name("rebuilt");
		String action = any(List.of("CASCADE", "SET NULL"));
		String columns = " (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES @ ON DELETE " + action
				+ ", payload TEXT)";
		String copy = "INSERT INTO " + rebuilt + " SELECT * FROM " + table;
		List<Faulty> faults = this.foreignKeys
				? List.of(new Faulty("the copy refers to what is dropped",
						action.equals("CASCADE") ? Fault.ROWS : Fault.REFERENCES,
						replace(table, rebuilt, columns.replace("@", table), copy)))
				: List.of(new Faulty("the roots only", Fault.ROWS,
						replace(table, rebuilt, columns.replace("@", rebuilt), copy + " WHERE parent IS NULL")));
		return new Change("tree, " + action,
				List.of("CREATE TABLE " + table + columns.replace("@", table),
						fill(table, "i, nullif(i / 2, 0), payload", 2)),
				replace(table, rebuilt, columns.replace("@", rebuilt), copy), faults);
	}

	private Change newRows() {
		String parent = name("parent");
		String child = name("child");
		String action = any(List.of("CASCADE", "SET NULL"));
		List<String> more = List.of("INSERT INTO " + parent + " (payload) VALUES ('new'), ('new'), ('new'), ('new')");
		String replace = "INSERT OR REPLACE INTO " + parent + " SELECT id, payload, 'new' FROM " + parent;
		List<Faulty> faults = new ArrayList<>();
		faults.add(new Faulty("no parent any more", Fault.REFERENCES,
				join(more, List.of("UPDATE " + child + " SET parent = NULL"))));
		if (this.foreignKeys) {
			faults.add(new Faulty("replaced, " + action, action.equals("CASCADE") ? Fault.ROWS : Fault.REFERENCES,
					join(more, List.of(replace))));
		}
		else {
			faults.add(new Faulty("other keys", Fault.VIOLATIONS,
					join(more, List.of("UPDATE " + parent + " SET id = id + 1000"))));
		}
		return new Change("new rows",
				List.of("CREATE TABLE " + parent + " (id INTEGER PRIMARY KEY, payload TEXT, note TEXT)",
						fill(parent, "i, payload, NULL"),
						"CREATE TABLE " + child + " (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES " + parent
								+ " ON DELETE " + action + " ON UPDATE CASCADE, payload TEXT)",
						fill(child, "i, i, payload", "SELECT count(*) FROM " + parent)),
				join(more, List
					.of(this.foreignKeys ? "UPDATE " + parent + " SET id = id + 1000 WHERE note IS NULL" : replace)),
				faults);
	}

	private Change drop() {
		String empty = name("empty");
		String full = name("full");
		String view = name("view");
		return new Change("drop",
				List.of("CREATE TABLE " + empty + " (id INTEGER PRIMARY KEY)",
						"CREATE TABLE " + full + " (payload TEXT)", fill(full, "payload"),
						"CREATE VIEW " + view + " AS SELECT 1 AS one"),
				List.of("DROP TABLE " + empty, "DROP VIEW " + view),
				List.of(new Faulty("of a table with rows", Fault.ROWS, List.of("DROP TABLE " + full)),
						new Faulty("of all rows", Fault.ROWS, List.of("DELETE FROM " + full))));
	}

	private Change swap() {
		String first = name("first");
		String second = name("second");
		String between = name("between");
		List<String> swap = List.of("ALTER TABLE " + first + " RENAME TO " + between,
				"ALTER TABLE " + second + " RENAME TO " + first, "ALTER TABLE " + between + " RENAME TO " + second);
		return new Change("swap of names",
				List.of("CREATE TABLE " + first + " (id INTEGER PRIMARY KEY, payload TEXT)", fill(first, "i, payload"),
						"CREATE TABLE " + second + " (name TEXT, payload TEXT)", fill(second, "'name', payload")),
				swap, List.of(new Faulty("and one row less", Fault.ROWS,
						join(swap, List.of("DELETE FROM " + first + " WHERE rowid = 1")))));
	}

	private Change renamedWithItsColumns() {
		String old = name("Posts");
		String renamed = name("articles");
		List<String> create = List.of("CREATE TABLE " + renamed + " (article_id INTEGER PRIMARY KEY, title TEXT)");
		String copy = "INSERT INTO " + renamed + " SELECT id, payload FROM " + old;
		List<String> drop = List.of("DROP TABLE " + old);
		return new Change("renamed with its columns",
				List.of("CREATE TABLE " + old + " (id INTEGER PRIMARY KEY, payload TEXT)", fill(old, "i, payload")),
				join(create, List.of(copy), drop),
				List.of(new Faulty("one left out", Fault.ROWS, join(create, List.of(copy + " WHERE id > 1"), drop))));
	}

	private Change mergedIntoAnother() {
		String legacy = name("legacy users");
		String users = name("users");
		String columns = " (id INTEGER PRIMARY KEY, payload TEXT, active INTEGER)";
		List<String> drop = List.of("DROP TABLE " + legacy);
		return new Change("merged into another",
				List.of("CREATE TABLE " + legacy + " (id INTEGER PRIMARY KEY, payload TEXT)",
						fill(legacy, "i, payload"), "CREATE TABLE " + users + columns, fill(users, "i, payload, 1")),
				join(List.of("INSERT INTO " + users + " (payload, active) SELECT payload, 0 FROM " + legacy), drop),
				List.of(new Faulty("equal keys ignored", Fault.ROWS,
						join(List.of("INSERT OR IGNORE INTO " + users + " SELECT id, payload, 0 FROM " + legacy),
								drop)),
						new Faulty("equal keys replaced", Fault.ROWS,
								join(List
									.of("INSERT OR REPLACE INTO " + users + " SELECT id, payload, 0 FROM " + legacy),
										drop))));
	}

	private Change view() {
		String table = name("tags");
		String moved = name("labels");
		List<String> create = List.of("CREATE TABLE " + moved + " (id INTEGER PRIMARY KEY, payload TEXT, colour TEXT)");
		String copy = "INSERT INTO " + moved + " (id, payload) SELECT id, payload FROM " + table;
		List<String> view = List.of("DROP TABLE " + table,
				"CREATE VIEW " + table + " AS SELECT id, payload FROM " + moved);
		return new Change("view in place of a table",
				List.of("CREATE TABLE " + table + " (id INTEGER PRIMARY KEY, payload TEXT)", fill(table, "i, payload")),
				join(create, List.of(copy), view), List.of(new Faulty("of nothing", Fault.ROWS, join(create, view))));
	}

	private static List<String> replace(String table, String rebuilt, String columns, String copy) {
		return List.of("CREATE TABLE " + rebuilt + " " + columns, copy, "DROP TABLE " + table,
				"ALTER TABLE " + rebuilt + " RENAME TO " + table);
	}

	private String fill(String table, String values) {
		return fill(table, values, 2);
	}

	private String fill(String table, String values, int atLeast) {
		return fill(table, values, "SELECT " + (atLeast + this.random.nextInt(12)));
	}

	/**
	 * Return a statement that fills a table with rows, in which {@code i} is the number
	 * of the row, and {@code payload} a text that has to be kept.
	 */
	private static String fill(String table, String values, String rows) {
		return "INSERT INTO " + table + " WITH RECURSIVE n(i, payload) AS (SELECT 1, " + text(KEPT + table + 1)
				+ " UNION ALL SELECT i + 1, " + text(KEPT + table) + " || (i + 1) FROM n WHERE i < (" + rows
				+ ")) SELECT " + values + " FROM n";
	}

	private String name(String role) {
		this.names++;
		return GeneratedMigration.name((this.random.nextBoolean() ? any(PARTS) + " " : "") + role + " " + this.names);
	}

	private static String unquoted(String name) {
		return name.substring(1, name.length() - 1).replace("\"\"", "\"");
	}

	private <T> T any(List<T> list) {
		return list.get(this.random.nextInt(list.size()));
	}

	@SafeVarargs
	private static List<String> join(List<String>... lists) {
		List<String> joined = new ArrayList<>();
		for (List<String> list : lists) {
			joined.addAll(list);
		}
		return List.copyOf(joined);
	}

	/**
	 * The key of a table.
	 */
	private enum Key {

		INTEGER("id INTEGER PRIMARY KEY", "id", "i", "", ""),

		AUTOINCREMENT("id INTEGER PRIMARY KEY AUTOINCREMENT", "id", "i * 3", "", ""),

		TEXT("id TEXT PRIMARY KEY NOT NULL", "id", "'key ' || i", "", ""),

		WITHOUT_ROWID("id TEXT PRIMARY KEY", "id", "'key ' || i", "", " WITHOUT ROWID"),

		COMPOSITE("a INTEGER, b TEXT", "a, b", "i / 3, 'key ' || i", ", PRIMARY KEY (a, b)", ""),

		COMPOSITE_WITHOUT_ROWID("a INTEGER, b TEXT", "a, b", "i / 3, 'key ' || i", ", PRIMARY KEY (b, a)",
				" WITHOUT ROWID");

		private final String definition;

		final String names;

		final String values;

		private final String constraint;

		private final String options;

		Key(String definition, String names, String values, String constraint, String options) {
			this.definition = definition;
			this.names = names;
			this.values = values;
			this.constraint = constraint;
			this.options = options;
		}

		String columns(String others) {
			return "(" + this.definition + ", " + others + this.constraint + ")" + this.options;
		}

		String of(String table) {
			return table + "." + this.names.replace(", ", ", " + table + ".");
		}

	}

	/**
	 * A change of a few tables.
	 *
	 * @param description what is done
	 * @param before the statements that make the tables
	 * @param sound the statements that change them well
	 * @param faults other ways
	 */
	private record Change(String description, List<String> before, List<String> sound, List<Faulty> faults) {
	}

	/**
	 * A change with a fault.
	 *
	 * @param description what is wrong
	 * @param fault what comes of it
	 * @param migration the statements
	 */
	private record Faulty(String description, Fault fault, List<String> migration) {
	}

}
