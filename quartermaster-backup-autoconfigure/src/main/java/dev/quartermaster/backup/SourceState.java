/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The state of a database when it was opened to be copied, as it tells it itself.
 *
 * @param schemaVersion the version of its schema
 * @param pageSize the size of its pages in bytes
 * @param size its size in bytes, including what is only in its WAL unless it is damaged
 * @param writeAheadLog whether it is in WAL mode, or damaged, since writers to such a
 * database fail anyway
 * @param blank whether no table was ever made in it: a file that a connection pool
 * created by opening it
 * @param damage how it is damaged, if it could not be opened without regard to that
 * @param missingEnd what is wrong with the size of its file, if anything is
 */
record SourceState(int schemaVersion, int pageSize, long size, boolean writeAheadLog, boolean blank,
		@Nullable String damage, @Nullable String missingEnd) {

	static SourceState of(Statement statement, Path database) throws SQLException {
		int schemaVersion = Pragmas.schemaVersion(statement);
		int pageSize = Pragmas.pageSize(statement);
		long size = Pragmas.pageCount(statement) * pageSize;
		boolean writeAheadLog = Pragmas.isWriteAheadLog(statement);
		boolean blank = schemaVersion == 0 && isWithoutSchema(statement);
		return new SourceState(schemaVersion, pageSize, size, writeAheadLog, blank, null,
				missingEnd(database, size, writeAheadLog));
	}

	/**
	 * Return what can be asked for without a schema that can be read.
	 */
	static SourceState ofDamaged(Statement statement, Path database, String damage) throws SQLException {
		int schemaVersion = Pragmas.schemaVersion(statement);
		int pageSize = Pragmas.pageSize(statement);
		long size = FileState.ofDatabase(database).size();
		long wholePages = (size + pageSize - 1) / pageSize * pageSize;
		return new SourceState(schemaVersion, pageSize, size, true, false, damage,
				missingEnd(database, wholePages, true));
	}

	private static boolean isWithoutSchema(Statement statement) throws SQLException {
		try (ResultSet result = statement.executeQuery("SELECT count(*) = 0 FROM sqlite_schema")) {
			return result.next() && result.getBoolean(1);
		}
	}

	/**
	 * SQLite rounds up to whole pages and reads zeros where the last one was cut off, of
	 * which no check knows.
	 */
	private static @Nullable String missingEnd(Path database, long expected, boolean writeAheadLog) {
		// Nobody writes to the file at the moment, but pages may be in the WAL alone.
		Path file = SymbolicLinks.target(database);
		Path wal = file.resolveSibling(file.getFileName() + "-wal");
		long actual = FileState.ofDatabase(database).size();
		boolean shorter = actual < expected && !(writeAheadLog && !FileState.ofDatabase(wal).isEmpty());
		return shorter ? "it has " + Count.of(actual, "byte") + " instead of " + expected : null;
	}

	/**
	 * Return the verdict on the copy. It is that of its check, but for what no check of
	 * the copy can know.
	 * @param verification what the check of the copy found
	 */
	Verification verdict(Verification verification) {
		if (verification instanceof Verification.Corrupt) {
			return verification;
		}
		if (this.missingEnd != null) {
			return new Verification.Corrupt(List.of(this.missingEnd));
		}
		// A copy that is sound shows that the database was only read badly.
		return (this.damage == null || verification instanceof Verification.Sound) ? verification
				: new Verification.Corrupt(List.of(this.damage));
	}

}
