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
 * What a restore came to that ended with an error. SQLite still cuts off the end of the
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
	 * Neither can be told.
	 */
	UNKNOWN;

	private static final Logger logger = LoggerFactory.getLogger(RestoreOutcome.class);

	/**
	 * Look at a database that was locked until the restore ended. The transaction of the
	 * restore adds one to the version of the schema. Whoever did so in the meantime as
	 * well changed the schema, and left another than that of the snapshot.
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
			int now = (int) OnlineCopy.queryForLong(statement, "PRAGMA schema_version");
			if (now == schemaVersion) {
				return AS_BEFORE;
			}
			return (now == schemaVersion + 1 && schema(statement).equals(schema(wantedStatement))) ? RESTORED : UNKNOWN;
		}
		catch (SQLException ex) {
			logger.debug("What {} is now cannot be told", database.file(), ex);
			return UNKNOWN;
		}
	}

	private static List<String> schema(Statement statement) throws SQLException {
		List<String> schema = new ArrayList<>();
		try (ResultSet result = statement.executeQuery(
				"SELECT type || ' ' || name || ' ' || rootpage || ' ' || ifnull(sql, '') FROM sqlite_schema")) {
			while (result.next()) {
				schema.add(result.getString(1));
			}
		}
		return schema;
	}

}
