/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.BackupSettings;
import dev.quartermaster.backup.DataLoss;
import dev.quartermaster.backup.MigrationComparison;
import dev.quartermaster.backup.SqliteBackupService;
import dev.quartermaster.backup.SqliteDatabase;
import dev.quartermaster.backup.TableRows;
import dev.quartermaster.backup.support.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MigrationAudit}.
 */
class MigrationAuditTests {

	private static final String TEN = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) ";

	@TempDir
	private Path temp;

	private Path database;

	private Path before;

	@BeforeEach
	void fill() {
		this.database = this.temp.resolve("app.db");
		this.before = this.temp.resolve("before.db");
		execute("CREATE TABLE place (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
				TEN + "INSERT INTO place SELECT i, 'place ' || i FROM n",
				"CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT, place_id REFERENCES place)",
				TEN + "INSERT INTO item SELECT i, 'item ' || i, 'note ' || i, i FROM n");
	}

	@Test
	void nothingLostIsToldWithNumberOfRows() {
		MigrationComparison comparison = migrate("ALTER TABLE item ADD COLUMN colour TEXT DEFAULT 'red'",
				"CREATE TABLE shelf (id INTEGER PRIMARY KEY)", "INSERT INTO shelf VALUES (1)");
		assertThat(comparison.hasLosses()).isFalse();
		assertThat(comparison.tables()).containsExactly(new TableRows("item", 10L, 10L),
				new TableRows("place", 10L, 10L), new TableRows("shelf", null, 1L));
		assertThat(comparison.tablesAfter()).isEqualTo(3);
		assertThat(comparison.rowsAfter()).isEqualTo(21);
	}

	@Test
	void rowsThatWereDeletedAreLost() {
		assertThat(lossesOf("DELETE FROM item WHERE id > 7")).containsExactly("item: 10 -> 7");
	}

	@Test
	void tableThatWasDroppedIsLostWithItsRows() {
		assertThat(lossesOf("DROP TABLE item")).containsExactly("item: 10 -> gone");
	}

	@Test
	void emptyTableThatWasDroppedIsNotLost() {
		execute("CREATE TABLE empty (a, b)");
		assertThat(lossesOf("DROP TABLE empty")).isEmpty();
	}

	@Test
	void rowsThatDropOfParentDeletedAreLost() {
		execute("CREATE TABLE movement (id INTEGER PRIMARY KEY, item_id REFERENCES item ON DELETE CASCADE)",
				TEN + "INSERT INTO movement SELECT i, i FROM n");
		assertThat(lossesOf("PRAGMA foreign_keys = ON", "CREATE TABLE new_item (id INTEGER PRIMARY KEY, name TEXT)",
				"INSERT INTO new_item SELECT id, name FROM item", "DROP TABLE item",
				"ALTER TABLE new_item RENAME TO item"))
			.containsExactly("movement: 10 -> 0");
	}

	@Test
	void referencesThatBecameNullAreLost() {
		execute("CREATE TABLE movement (id INTEGER PRIMARY KEY, item_id REFERENCES item ON DELETE SET NULL)",
				TEN + "INSERT INTO movement SELECT i, iif(i > 5, i, NULL) FROM n");
		assertThat(lossesOf("PRAGMA foreign_keys = ON", "CREATE TABLE new_item AS SELECT * FROM item",
				"DROP TABLE item", "ALTER TABLE new_item RENAME TO item"))
			.containsExactly("movement: item_id became NULL in 5 of 5 rows");
	}

	@Test
	void referencesThatCouldNotBeNullBeforeAreLost() {
		execute("CREATE TABLE movement (id INTEGER PRIMARY KEY, item_id NOT NULL REFERENCES item)",
				TEN + "INSERT INTO movement SELECT i, i FROM n");
		assertThat(lossesOf("CREATE TABLE new_movement (id INTEGER PRIMARY KEY, item_id REFERENCES item)",
				"INSERT INTO new_movement SELECT id, iif(id > 7, NULL, item_id) FROM movement", "DROP TABLE movement",
				"ALTER TABLE new_movement RENAME TO movement"))
			.containsExactly("movement: item_id became NULL in 3 of 10 rows");
	}

	@Test
	void referencesOfRowsThatWereDeletedAreNotToldOnceMore() {
		assertThat(lossesOf("DELETE FROM item WHERE id = 1")).containsExactly("item: 10 -> 9");
	}

	@Test
	void rowsThatReferToNothingNowAreToldOnce() {
		execute("PRAGMA foreign_keys = OFF", "INSERT INTO item VALUES (99, 'orphan', NULL, 1234)");
		assertThat(lossesOf("DELETE FROM place WHERE id = 3")).containsExactly("place: 10 -> 9",
				"item: 1 row refers to a row of place that does not exist");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					DELETE FROM item WHERE id = 3 | 20,000 rows refer to rows of item that do not exist
					CREATE TABLE m (id INTEGER PRIMARY KEY, item_id REFERENCES item); INSERT INTO m SELECT id, iif(id = 7, 777, item_id) FROM movement; DROP TABLE movement; ALTER TABLE m RENAME TO movement | 1 row refers to a row of item that does not exist
					""")
	void rowsOfLargeTableThatReferToNothingAreToldWhenItOrItsParentIsAnother(String migration, String loss) {
		execute("CREATE TABLE movement (id INTEGER PRIMARY KEY, item_id REFERENCES item)",
				"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200001)"
						+ " INSERT INTO movement SELECT i, 1 + i % 10 FROM n");
		assertThat(lossesOf(migration.split(";"))).contains("movement: " + loss);
	}

	@Test
	void foreignKeyThatIsDeclaredOnlyNowLosesNothing() {
		execute("CREATE TABLE movement (id INTEGER PRIMARY KEY, item_id)", "INSERT INTO movement VALUES (1, 777)");
		assertThat(lossesOf("CREATE TABLE m (id INTEGER PRIMARY KEY, item_id REFERENCES item)",
				"INSERT INTO m SELECT * FROM movement", "DROP TABLE movement", "ALTER TABLE m RENAME TO movement"))
			.isEmpty();
	}

	@Test
	void viewAndTriggerThatNameWhatIsGoneAreTold() {
		execute("CREATE VIEW stock AS SELECT name, note FROM item",
				"CREATE TRIGGER audit AFTER INSERT ON place BEGIN UPDATE item SET note = NULL WHERE id = NEW.id; END");
		assertThat(lossesOf("PRAGMA legacy_alter_table = ON", "ALTER TABLE item RENAME TO article")).containsExactly(
				"place: does not work any more (no such table: main.item)",
				"stock: does not work any more (no such table: main.item)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "INSERT", "UPDATE", "DELETE" })
	void triggerOfEachKindThatNamesWhatIsGoneIsTold(String change) {
		execute("CREATE TRIGGER audit AFTER " + change + " ON place BEGIN UPDATE item SET note = NULL; END");
		assertThat(lossesOf("PRAGMA legacy_alter_table = ON", "ALTER TABLE item RENAME TO article"))
			.containsExactly("place: does not work any more (no such table: main.item)");
	}

	@Test
	void brokenViewWithTriggerOfItsOwnDoesNotHideLosses() {
		execute("CREATE TABLE base (a)", "CREATE VIEW view_of_base AS SELECT a FROM base",
				"CREATE TRIGGER instead INSTEAD OF DELETE ON view_of_base BEGIN SELECT 1; END");
		assertThat(lossesOf("DROP TABLE base", "DELETE FROM item WHERE id = 1")).containsExactly("item: 10 -> 9",
				"view_of_base: does not work any more (no such table: main.base)");
		assertThat(lossesOf("DELETE FROM item WHERE id = 2")).containsExactly("item: 9 -> 8");
	}

	@Test
	void columnThatParentGotDoesNotStandForThatOfItsChildren() {
		execute("CREATE TABLE movement (id INTEGER PRIMARY KEY, item_id REFERENCES item ON DELETE CASCADE, active)",
				TEN + "INSERT INTO movement SELECT i, i, 1 FROM n");
		assertThat(lossesOf("PRAGMA foreign_keys = ON",
				"CREATE TABLE new_item (id INTEGER PRIMARY KEY, name TEXT, active DEFAULT 1)",
				"INSERT INTO new_item (id, name) SELECT id, name FROM item", "DROP TABLE item",
				"ALTER TABLE new_item RENAME TO item"))
			.containsExactly("movement: 10 -> 0");
	}

	@Test
	void viewThatWasBrokenBeforeIsNotTold() {
		execute("CREATE VIEW stock AS SELECT name FROM lost", "CREATE VIEW own AS SELECT own_function(name) FROM item");
		assertThat(lossesOf("CREATE VIEW other AS SELECT own_function(1)", "CREATE TABLE t (a)")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = {
			// Renamed.
			"ALTER TABLE item RENAME TO article",
			"ALTER TABLE item RENAME TO article; ALTER TABLE article RENAME COLUMN name TO title;"
					+ " ALTER TABLE article RENAME COLUMN note TO remark; ALTER TABLE article RENAME COLUMN id TO nr",
			// Rebuilt under another name, and renamed back.
			"CREATE TABLE new_item (id INTEGER PRIMARY KEY, name TEXT, place_id REFERENCES place);"
					+ " INSERT INTO new_item SELECT id, name, place_id FROM item; DROP TABLE item;"
					+ " ALTER TABLE new_item RENAME TO item",
			"ALTER TABLE item RENAME TO old; CREATE TABLE item AS SELECT * FROM old; DROP TABLE old",
			// Another type of its columns.
			"CREATE TABLE article (id TEXT PRIMARY KEY, name TEXT, note TEXT);"
					+ " INSERT INTO article SELECT id, name, note FROM item; DROP TABLE item",
			// Other keys.
			"CREATE TABLE article (id TEXT PRIMARY KEY, name TEXT, note TEXT, place_id);"
					+ " INSERT INTO article SELECT hex(randomblob(8)), name, note, place_id FROM item; DROP TABLE item",
			// Split by rows.
			"CREATE TABLE cheap AS SELECT * FROM item WHERE id < 4; CREATE TABLE dear AS SELECT * FROM item WHERE id >= 4;"
					+ " DROP TABLE item",
			// Split by columns.
			"CREATE TABLE a (id INTEGER PRIMARY KEY, name); INSERT INTO a SELECT id, name FROM item;"
					+ " CREATE TABLE b (item_id, note, place_id); INSERT INTO b SELECT id, note, place_id FROM item;"
					+ " DROP TABLE item",
			// Archived.
			"CREATE TABLE archive AS SELECT * FROM item WHERE id > 6; DELETE FROM item WHERE id > 6",
			// Merged into another.
			"ALTER TABLE place ADD COLUMN note TEXT; INSERT INTO place (name, note) SELECT name, note FROM item;"
					+ " DROP TABLE item",
			// A column dropped.
			"ALTER TABLE item DROP COLUMN note" })
	void whatIsMerelyElsewhereIsNotLost(String migration) {
		assertThat(lossesOf(migration.split("; "))).isEmpty();
	}

	@Test
	void rowsThatBecameColumnsOfAnotherTableAreNotLost() {
		execute("CREATE TABLE address (id INTEGER PRIMARY KEY, item_id, street, city)",
				TEN + "INSERT INTO address SELECT i, i, 'street ' || i, 'city ' || i FROM n");
		assertThat(lossesOf("ALTER TABLE item ADD COLUMN street", "ALTER TABLE item ADD COLUMN city",
				"UPDATE item SET (street, city) = (SELECT street, city FROM address a WHERE a.item_id = item.id)",
				"DROP TABLE address"))
			.isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = {
			// Another table with as many columns and rows, and the same keys.
			"DROP TABLE item; CREATE TABLE colour (id INTEGER PRIMARY KEY, red, green, blue);"
					+ " INSERT INTO colour SELECT id, 1, 2, 3 FROM place",
			// Another table with columns of the same names.
			"CREATE TABLE colour (id INTEGER PRIMARY KEY, name, note); INSERT INTO colour SELECT id, 'c' || id, 'n' FROM item;"
					+ " DROP TABLE item",
			// Another table with the same columns and as many rows.
			"CREATE TABLE article (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT, place_id REFERENCES place);"
					+ " INSERT INTO article SELECT id, 'a' || id, 'n', NULL FROM item; DROP TABLE item",
			// Some of the rows are in the new table, but not all.
			"CREATE TABLE article AS SELECT * FROM item WHERE id < 10; DROP TABLE item",
			// The new table has as many rows, but some of them twice.
			"CREATE TABLE article AS SELECT * FROM item WHERE id < 6; INSERT INTO article SELECT * FROM item WHERE id < 6;"
					+ " DROP TABLE item" })
	void newTableThatIsAnotherStandsForNothing(String migration) {
		assertThat(lossesOf(migration.split("; "))).containsExactly("item: 10 -> gone");
	}

	@ParameterizedTest
	@ValueSource(strings = { "fts4", "fts5" })
	void tablesBehindIndexDoNotCount(String fts) {
		execute("CREATE VIRTUAL TABLE words USING " + fts + " (text)",
				TEN + "INSERT INTO words (text) SELECT 'word ' || i FROM n");
		assertThat(lossesOf("INSERT INTO words (words) VALUES ('optimize')")).isEmpty();
		assertThat(lossesOf("DELETE FROM words WHERE rowid > 5")).containsExactly("words: 10 -> 5");
	}

	@Test
	void indexOfAnotherTableIsNotLost() {
		execute("CREATE VIRTUAL TABLE words USING fts5 (name, content='item', content_rowid='id')",
				"INSERT INTO words (words) VALUES ('rebuild')");
		assertThat(lossesOf("DROP TABLE words")).isEmpty();
	}

	@Test
	void onlyTablesOfUnknownModuleDoNotCount() {
		execute("CREATE TABLE vectors_chunks (id INTEGER PRIMARY KEY, chunk)",
				"INSERT INTO vectors_chunks VALUES (1, 2)", "PRAGMA writable_schema = ON",
				"INSERT INTO sqlite_schema VALUES ('table', 'vectors', 'vectors', 0, 'CREATE VIRTUAL TABLE vectors USING vec0 (v)')",
				"PRAGMA writable_schema = OFF");
		assertThat(lossesOf("DELETE FROM vectors_chunks", "DELETE FROM item WHERE id = 1"))
			.containsExactly("item: 10 -> 9");
	}

	@Test
	void tableThatCannotBeReadAnyMoreIsTold() {
		execute("CREATE VIRTUAL TABLE words USING fts5 (text)", "INSERT INTO words VALUES ('one')");
		assertThat(lossesOf("UPDATE words_config SET v = 99 WHERE k = 'version'")).singleElement()
			.asString()
			.startsWith("words: cannot be read any more (")
			.contains("invalid fts5 file format");
	}

	@Test
	void tableThatCouldNeverBeReadIsNotTold() {
		execute("CREATE VIRTUAL TABLE words USING fts5 (text)", "UPDATE words_config SET v = 99 WHERE k = 'version'");
		assertThat(lossesOf("CREATE VIRTUAL TABLE further USING fts5 (text)",
				"UPDATE further_config SET v = 99 WHERE k = 'version'"))
			.isEmpty();
	}

	@Test
	void tableWhoseNameBeginsLikeThatOfIndexCounts() {
		execute("CREATE VIRTUAL TABLE words USING fts5 (text)", "CREATE TABLE words_learnt (id)",
				"INSERT INTO words_learnt VALUES (1)");
		assertThat(lossesOf("DELETE FROM words_learnt")).containsExactly("words_learnt: 1 -> 0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ALTER TABLE area RENAME TO region",
			"CREATE VIRTUAL TABLE region USING rtree (id, x0, x1); INSERT INTO region SELECT * FROM area; DROP TABLE area" })
	void spatialIndexUnderAnotherNameIsNotLost(String migration) {
		execute("CREATE VIRTUAL TABLE area USING rtree (id, x0, x1)",
				TEN + "INSERT INTO area SELECT i, i, i + 1 FROM n");
		assertThat(lossesOf(migration.split("; "))).isEmpty();
	}

	@Test
	void rowsThatAreStillInTheirTableAreNotLookedForElsewhere() {
		execute("UPDATE item SET note = NULL WHERE id > 8");
		assertThat(lossesOf("CREATE TABLE notes (id INTEGER PRIMARY KEY, note)",
				"INSERT INTO notes SELECT id, note FROM item WHERE note IS NOT NULL",
				"CREATE TABLE new_item (id INTEGER PRIMARY KEY, name, place_id)",
				"INSERT INTO new_item SELECT i.id, name, place_id FROM item i JOIN notes n ON n.id = i.id",
				"DROP TABLE item", "ALTER TABLE new_item RENAME TO item"))
			.containsExactly("item: 10 -> 8");
	}

	@Test
	void rowsThatAreStillInTheirTableAreKnownByTheirKeyWhateverElseChanged() {
		assertThat(lossesOf("CREATE TABLE old_name AS SELECT * FROM item WHERE id < 5",
				"UPDATE item SET name = 'new ' || name", "DELETE FROM item WHERE id > 6"))
			.containsExactly("item: 10 -> 6");
	}

	@Test
	void rowsWithoutKeyThatAreStillInTheirTableAreKnownByWhatIsLeftOfThem() {
		execute("CREATE TABLE log (day, text, level)", TEN + "INSERT INTO log SELECT i, 'text ' || i, 'info' FROM n");
		assertThat(lossesOf("CREATE TABLE long AS SELECT * FROM log WHERE day < 5", "ALTER TABLE log DROP COLUMN level",
				"DELETE FROM log WHERE day > 6"))
			.containsExactly("log: 10 -> 6");
	}

	@Test
	void rowsOfTableThatWasRenamedAreLostWhenTheyWereDeleted() {
		assertThat(lossesOf("ALTER TABLE item RENAME TO article", "DELETE FROM article WHERE id > 6"))
			.containsExactly("item: 10 -> gone");
	}

	@Test
	void rowsThatReferToTableOfAnotherNameNowAreTold() {
		assertThat(lossesOf("ALTER TABLE place RENAME TO old_place",
				"CREATE TABLE place (id INTEGER PRIMARY KEY, name TEXT)", "INSERT INTO place SELECT * FROM old_place",
				"DROP TABLE old_place"))
			.containsExactly("item: 10 rows refer to rows of old_place that do not exist");
	}

	@Test
	void tablesOfSameColumnsThatAreSplitTogetherAreNotLost() {
		execute("CREATE TABLE a (id INTEGER PRIMARY KEY, year, payload)",
				TEN + "INSERT INTO a SELECT i, 2000 + i % 2, 'a' || i FROM n",
				"CREATE TABLE b (id INTEGER PRIMARY KEY, year, payload)",
				TEN + "INSERT INTO b SELECT i, 2000 + i % 2, 'b' || i FROM n");
		assertThat(lossesOf("CREATE TABLE a0 AS SELECT * FROM a WHERE id % 2 = 0",
				"CREATE TABLE a1 AS SELECT * FROM a WHERE id % 2 = 1", "DROP TABLE a",
				"CREATE TABLE b0 AS SELECT * FROM b WHERE id % 2 = 0",
				"CREATE TABLE b1 AS SELECT * FROM b WHERE id % 2 = 1", "DROP TABLE b"))
			.isEmpty();
	}

	@Test
	void tableThatWasRenamedWithItsColumnsIsFoundBesideOthersOfTheSameColumns() {
		execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, done, payload)",
				TEN + "INSERT INTO orders SELECT i, i % 2, 'order ' || i FROM n",
				"CREATE TABLE posts (id INTEGER PRIMARY KEY, payload)",
				TEN + "INSERT INTO posts SELECT i, 'post ' || i FROM n");
		assertThat(
				lossesOf("ALTER TABLE posts RENAME TO articles", "ALTER TABLE articles RENAME COLUMN id TO article_id",
						"ALTER TABLE articles RENAME COLUMN payload TO title",
						"CREATE TABLE archive AS SELECT * FROM orders WHERE done", "DELETE FROM orders WHERE done"))
			.isEmpty();
	}

	@Test
	void rowsThatWereCopiedTwiceStandForNoOthers() {
		execute("CREATE TABLE events (id INTEGER PRIMARY KEY, year, payload)",
				TEN + "INSERT INTO events SELECT i, iif(i > 4, 2020, 2010), 'event ' || i FROM n");
		assertThat(lossesOf("CREATE TABLE later AS SELECT * FROM events WHERE year >= 2020",
				"CREATE TABLE earlier AS SELECT * FROM events WHERE year >= 2020", "DROP TABLE events"))
			.containsExactly("events: 10 -> gone");
	}

	@Test
	void rowsOfSpatialIndexCount() {
		execute("CREATE VIRTUAL TABLE area USING rtree (id, x0, x1)",
				TEN + "INSERT INTO area SELECT i, i, i + 1 FROM n");
		assertThat(lossesOf("DELETE FROM area WHERE id = 1")).containsExactly("area: 10 -> 9");
	}

	@Test
	void tablesOfSqliteAndOfMigrationToolsDoNotCount() {
		execute("CREATE TABLE my_history (installed_rank, version, checksum, installed_on, execution_time, success)",
				"INSERT INTO my_history VALUES (1, '41', 1, 1, 1, 1)",
				"CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT)", "INSERT INTO log VALUES (1)", "ANALYZE");
		MigrationComparison comparison = migrate("DELETE FROM my_history", "DELETE FROM sqlite_sequence",
				"INSERT INTO my_history VALUES (2, '43', 1, 1, 1, 1)", "DELETE FROM sqlite_stat1");
		assertThat(comparison.losses()).isEmpty();
		assertThat(comparison.tables()).extracting(TableRows::table).containsExactly("item", "log", "place");
		assertThat(comparison.versionBefore()).isEqualTo("41");
		assertThat(comparison.versionAfter()).isEqualTo("43");
	}

	@Test
	void rowsOfEveryKindOfTableCount() {
		execute("CREATE TABLE pair (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID",
				"INSERT INTO pair VALUES (1, 2), (3, 4)",
				"CREATE TABLE \"a \"\"quoted\"\" 'name'\" (\"the \"\"id\"\"\" INTEGER PRIMARY KEY, x AS (1))",
				"INSERT INTO \"a \"\"quoted\"\" 'name'\" VALUES (1)");
		assertThat(lossesOf("DELETE FROM pair WHERE a = 1", "DELETE FROM \"a \"\"quoted\"\" 'name'\""))
			.containsExactly("a \"quoted\" 'name': 1 -> 0", "pair: 2 -> 1");
	}

	@Test
	void lossThatIsExpectedIsNone() {
		MigrationComparison comparison = compare(new MigrationAudit(List.of("IT*", " place ")), "DELETE FROM place",
				"DELETE FROM item");
		assertThat(comparison.losses()).isEmpty();
		assertThat(comparison.expected()).extracting(DataLoss::toString)
			.containsExactly("item: 10 -> 0", "place: 10 -> 0");
	}

	@Test
	void expectedLossIsNoRegularExpressionAndNoPartOfName() {
		assertThat(
				compare(new MigrationAudit(List.of("lace", "place?", "pl.ce")), "DROP TABLE item", "DELETE FROM place")
					.losses())
			.extracting(DataLoss::name)
			.containsExactly("item", "place");
	}

	@Test
	void databaseInUseIsComparedLikeFile() {
		copy();
		execute("PRAGMA journal_mode = WAL", "DELETE FROM item WHERE id = 1");
		SqliteBackupService backups = new SqliteBackupService(SqliteDatabase.of(this.database), BackupSettings.DEFAULTS,
				BackupListener.NONE);
		assertThat(new MigrationAudit(List.of()).compare(backups, this.before).losses()).extracting(DataLoss::toString)
			.containsExactly("item: 10 -> 9");
	}

	private List<String> lossesOf(String... migration) {
		return migrate(migration).losses().stream().map(DataLoss::toString).toList();
	}

	private MigrationComparison migrate(String... migration) {
		return compare(new MigrationAudit(List.of()), migration);
	}

	private MigrationComparison compare(MigrationAudit audit, String... migration) {
		copy();
		execute(migration);
		return audit.compare(this.database, this.before);
	}

	private void copy() {
		try {
			Files.deleteIfExists(this.before);
			Files.copy(this.database, this.before);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void execute(String... statements) {
		TestDatabase.execute(this.database, statements);
	}

}
