/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The ways of losing data that have been published: migrations that succeed. Each has
 * tables of its own, so that a database may have those of all.
 */
public enum PublishedLoss {

	/**
	 * A parent is made anew. Dropping the old one deletes its children.
	 */
	CASCADE("""
			CREATE TABLE shelf (id INTEGER PRIMARY KEY, name TEXT);
			CREATE TABLE shelf_item (id INTEGER PRIMARY KEY,
			    shelf INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE, name TEXT);
			CREATE TABLE shelf_note (id INTEGER PRIMARY KEY,
			    item INTEGER REFERENCES shelf_item ON DELETE CASCADE, text TEXT);
			INSERT INTO shelf VALUES (1, 'top'), (2, 'bottom');
			INSERT INTO shelf_item VALUES (1, 1, 'kettle'), (2, 2, 'pan'), (3, 2, 'lid');
			INSERT INTO shelf_note VALUES (1, 1, 'leaks'), (2, 3, 'bent');
			""", """
			CREATE TABLE shelf_new (id INTEGER PRIMARY KEY, name TEXT, depth INTEGER);
			INSERT INTO shelf_new (id, name) SELECT id, name FROM shelf;
			DROP TABLE shelf;
			ALTER TABLE shelf_new RENAME TO shelf;
			""", "shelf_item: 3 -> 0", "shelf_note: 2 -> 0"),

	/**
	 * The same, in a transaction, in which foreign keys cannot be switched off.
	 */
	CASCADE_DESPITE_PRAGMA("""
			CREATE TABLE room (id INTEGER PRIMARY KEY, name TEXT);
			CREATE TABLE booking (id INTEGER PRIMARY KEY, room INTEGER REFERENCES room ON DELETE CASCADE, guest TEXT);
			INSERT INTO room VALUES (1, 'blue'), (2, 'green');
			INSERT INTO booking VALUES (1, 1, 'Ada'), (2, 1, 'Grace'), (3, 2, 'Edsger'), (4, 2, 'Barbara');
			""", """
			PRAGMA foreign_keys = OFF;
			CREATE TABLE room_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
			INSERT INTO room_new SELECT id, name FROM room;
			DROP TABLE room;
			ALTER TABLE room_new RENAME TO room;
			PRAGMA foreign_keys = ON;
			""", "booking: 4 -> 0"),

	/**
	 * The same, with foreign keys deferred, by which a cascade is not.
	 */
	CASCADE_DESPITE_DEFERRING("""
			CREATE TABLE track (id INTEGER PRIMARY KEY, title TEXT);
			CREATE TABLE play (id INTEGER PRIMARY KEY, track INTEGER REFERENCES track ON DELETE CASCADE, at TEXT);
			INSERT INTO track VALUES (1, 'one'), (2, 'two');
			INSERT INTO play VALUES (1, 1, '10:00'), (2, 2, '10:05');
			""", """
			PRAGMA defer_foreign_keys = ON;
			CREATE TABLE track_new (id INTEGER PRIMARY KEY, title TEXT, length INTEGER);
			INSERT INTO track_new (id, title) SELECT id, title FROM track;
			DROP TABLE track;
			ALTER TABLE track_new RENAME TO track;
			""", "play: 2 -> 0"),

	/**
	 * A parent is made anew. Dropping the old one takes it away from its children.
	 */
	SET_NULL("""
			CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT);
			CREATE TABLE book (id INTEGER PRIMARY KEY, author INTEGER REFERENCES author ON DELETE SET NULL, title TEXT);
			INSERT INTO author VALUES (1, 'Shelley');
			INSERT INTO book VALUES (1, 1, 'Frankenstein'), (2, 1, 'The Last Man'), (3, NULL, 'Beowulf');
			""", """
			CREATE TABLE author_new (id INTEGER PRIMARY KEY, name TEXT, born INTEGER);
			INSERT INTO author_new (id, name) SELECT id, name FROM author;
			DROP TABLE author;
			ALTER TABLE author_new RENAME TO author;
			""", "book: author became NULL in 2 of 2 rows"),

	/**
	 * A row that is replaced is deleted first, with its children.
	 */
	REPLACE("""
			CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT);
			CREATE TABLE setting_change (id INTEGER PRIMARY KEY,
			    setting TEXT REFERENCES setting ON DELETE CASCADE, old TEXT);
			INSERT INTO setting VALUES ('theme', 'dark'), ('language', 'de');
			INSERT INTO setting_change VALUES (1, 'theme', 'light'), (2, 'theme', 'blue'), (3, 'language', 'en');
			""", """
			INSERT OR REPLACE INTO setting VALUES ('theme', 'system'), ('font', 'serif');
			""", "setting_change: 3 -> 1"),

	/**
	 * Rows without a partner are not in a join.
	 */
	JOIN("""
			CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
			CREATE TABLE country (code TEXT PRIMARY KEY, name TEXT);
			INSERT INTO country VALUES ('DE', 'Germany'), ('FR', 'France');
			INSERT INTO customer VALUES (1, 'Anna', 'DE'), (2, 'Bruno', NULL), (3, 'Chloé', 'FR'), (4, 'Dora', 'XX');
			""", """
			CREATE TABLE customer_new (id INTEGER PRIMARY KEY, name TEXT, country TEXT REFERENCES country);
			INSERT INTO customer_new SELECT c.id, c.name, k.code FROM customer c JOIN country k ON k.code = c.country;
			DROP TABLE customer;
			ALTER TABLE customer_new RENAME TO customer;
			""", "customer: 4 -> 2"),

	/**
	 * A view follows the table that is renamed, and is left behind when that is dropped.
	 * This is the last, since SQLite renames nothing any more then.
	 */
	BROKEN_VIEW("""
			CREATE TABLE invoice (id INTEGER PRIMARY KEY, amount INTEGER);
			CREATE VIEW revenue AS SELECT sum(amount) AS total FROM invoice;
			INSERT INTO invoice VALUES (1, 100), (2, 250);
			""", """
			ALTER TABLE invoice RENAME TO invoice_old;
			CREATE TABLE invoice (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL);
			INSERT INTO invoice SELECT id, amount FROM invoice_old;
			DROP TABLE invoice_old;
			""", "revenue: does not work any more");

	private final String before;

	private final String migration;

	private final List<String> lines;

	PublishedLoss(String before, String migration, String... lines) {
		this.before = before;
		this.migration = migration;
		this.lines = List.of(lines);
	}

	/**
	 * Return how losses are told, or how the lines begin.
	 */
	public static List<String> lines(List<PublishedLoss> losses) {
		return losses.stream().flatMap((loss) -> loss.lines.stream()).toList();
	}

	/**
	 * Make the tables, in a database that may have others.
	 */
	public void create(Path database) {
		TestDatabase.execute(database, this.before.strip().split(";"));
	}

	/**
	 * Write migrations for Flyway, and return where they lie.
	 */
	public static String writeForFlyway(List<PublishedLoss> losses, Path directory) {
		for (PublishedLoss loss : losses) {
			String name = "V" + (loss.ordinal() + 2) + "__" + loss.name().toLowerCase(Locale.ROOT) + ".sql";
			write(directory.resolve(name), loss.migration);
			if (loss == CASCADE_DESPITE_PRAGMA) {
				// Otherwise Flyway sees the pragma, and refuses the script.
				write(directory.resolve(name + ".conf"), "executeInTransaction=true\n");
			}
		}
		return "filesystem:" + directory;
	}

	/**
	 * Write migrations for Liquibase, and return where they lie.
	 */
	public static String writeForLiquibase(List<PublishedLoss> losses, Path directory) {
		StringBuilder changeSets = new StringBuilder("--liquibase formatted sql\n");
		losses.forEach(
				(loss) -> changeSets.append("\n--changeset test:").append(loss).append('\n').append(loss.migration));
		Path changeLog = directory.resolve("losses.sql");
		write(changeLog, changeSets.toString());
		return changeLog.toUri().toString();
	}

	private static void write(Path file, String content) {
		try {
			Files.createDirectories(file.getParent());
			Files.writeString(file, content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
