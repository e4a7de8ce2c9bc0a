/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;

import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/**
 * The look at a file before SQLite opens it as a live database. If the file is missing,
 * or its first bytes are gone, SQLite cannot make anything of what lies beside it, but
 * would remove that.
 */
final class DatabaseProbe {

	private DatabaseProbe() {
	}

	/**
	 * Return whether SQLite may open a database. If it is a link that cannot be followed,
	 * it may not.
	 * @throws BackupException if it cannot be looked at, or is no file at all
	 */
	static boolean mayBeOpened(Path database) {
		try {
			return mayBeOpened(DatabaseFile.of(database));
		}
		catch (IOException ex) {
			// Whoever needs to follow the link finds that out, and says what to do.
			return false;
		}
	}

	/**
	 * Return whether SQLite may open a database.
	 * @throws BackupException if it cannot be looked at, or is no file at all
	 */
	static boolean mayBeOpened(DatabaseFile database) {
		FileState state = FileState.ofDatabase(database.path());
		if (state.isMissing()) {
			return false;
		}
		if (state.isEmpty()) {
			return DatabaseFile.COMPANIONS.stream()
				.allMatch((companion) -> FileState.ofDatabase(database.companion(companion)).isEmpty());
		}
		try (SQLiteConnection connection = SqliteConnections.openImmutable(database.path());
				Statement statement = connection.createStatement()) {
			statement.executeQuery("PRAGMA schema_version").close();
			return true;
		}
		catch (SQLException ex) {
			return !SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_NOTADB);
		}
	}

	/**
	 * Check that SQLite may open a database.
	 * @throws NotADatabaseException if it may not
	 */
	static void requireDatabase(LiveDatabase database) {
		if (!mayBeOpened(database.file())) {
			throw SqliteFailures.notADatabase(database, null, null);
		}
	}

}
