/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.support;

import java.nio.file.Path;
import java.util.List;

import org.flywaydb.core.Flyway;

/**
 * Databases that Flyway made, and what is to be seen in them and beside them.
 */
public final class Migrations {

	/**
	 * Makes the table {@code item}.
	 */
	public static final String FIRST = "classpath:db/first";

	/**
	 * Makes the table {@code location} and changes the rows of {@code item}.
	 */
	public static final String FIRST_AND_SECOND = FIRST + ",classpath:db/second";

	/**
	 * Fails after it has changed something, in a migration of its own.
	 */
	public static final String WITH_FAILING_THIRD = FIRST_AND_SECOND + ",classpath:db/third-fails";

	private Migrations() {
	}

	/**
	 * Make a database at the first version, with one item.
	 */
	public static Path atFirst(Path file) {
		migrate(file, FIRST);
		TestDatabase.execute(file, "INSERT INTO item (name) VALUES ('kettle')");
		return file;
	}

	/**
	 * Migrate without any application.
	 */
	public static void migrate(Path file, String locations) {
		flyway(file, locations).migrate();
	}

	/**
	 * Return a Flyway of a file, as an application without Spring would make it.
	 */
	public static Flyway flyway(Path file, String locations) {
		return Flyway.configure().dataSource(TestDatabase.url(file), null, null).locations(locations.split(",")).load();
	}

	/**
	 * Return the versions that were applied, in order.
	 */
	public static List<String> versions(Path file) {
		return TestDatabase.query(file,
				"SELECT version FROM flyway_schema_history WHERE version IS NOT NULL ORDER BY installed_rank");
	}

	/**
	 * Return the names of the tables, without those of Flyway.
	 */
	public static List<String> tables(Path file) {
		return TestDatabase.query(file,
				"SELECT name FROM sqlite_schema WHERE type = 'table'" + " AND name NOT LIKE 'flyway%' ORDER BY name");
	}

	/**
	 * Return all files in {@code backups} beside a database, hidden ones as well, but for
	 * the note that a start failed or is going on.
	 */
	public static List<Path> snapshots(Path file) {
		return BackupDirectory.files(file.resolveSibling("backups"))
			.stream()
			.filter((entry) -> !entry.endsWith(".quartermaster-unfinished-" + file.getFileName()))
			.toList();
	}

}
