/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * The outcome of a restore that ended with an error. SQLite still cuts off the end of the
 * file and flushes the directory when the transaction is over, and reports a failure of
 * that like any other.
 */
enum RestoreOutcome {

	/**
	 * The database is what the snapshot is.
	 */
	RESTORED,

	/**
	 * The database is what it was.
	 */
	AS_BEFORE,

	/**
	 * Neither is certain.
	 */
	UNKNOWN;

	private static final Logger logger = LoggerFactory.getLogger(RestoreOutcome.class);

	/**
	 * Look at a database that was locked until the restore ended. The transaction of the
	 * restore adds one to the version of the schema. So does whoever changes the schema,
	 * or rewrites the file, in the meantime: what is there then is hardly of the same
	 * schema, with the same roots, and of the same size.
	 * @param database the database
	 * @param snapshot the file of the snapshot
	 * @param schemaVersion the version of the schema before
	 * @param busyTimeout how long to wait for the database
	 */
	static RestoreOutcome of(LiveDatabase database, Path snapshot, int schemaVersion, Duration busyTimeout) {
		try (SQLiteConnection live = SqliteConnections.openLive(database, busyTimeout);
				Statement statement = live.createStatement();
				SQLiteConnection wanted = SqliteConnections.openImmutable(snapshot);
				Statement wantedStatement = wanted.createStatement()) {
			// What is looked at is of one moment.
			statement.execute("BEGIN");
			int now = Pragmas.schemaVersion(statement);
			if (now == schemaVersion) {
				return AS_BEFORE;
			}
			return (now == schemaVersion + 1 && describe(statement).equals(describe(wantedStatement))) ? RESTORED
					: UNKNOWN;
		}
		catch (SQLException ex) {
			logger.debug("The state of {} could not be determined", database.file(), ex);
			return UNKNOWN;
		}
	}

	private static List<String> describe(Statement statement) throws SQLException {
		List<String> schema = new ArrayList<>();
		schema.add(Pragmas.pageCount(statement) + " pages");
		schema.add(Pragmas.freePages(statement) + " free");
		try (ResultSet result = statement.executeQuery(
				"SELECT type || ' ' || name || ' ' || rootpage || ' ' || ifnull(sql, '') FROM sqlite_schema")) {
			while (result.next()) {
				schema.add(result.getString(1));
			}
		}
		return schema;
	}

}
