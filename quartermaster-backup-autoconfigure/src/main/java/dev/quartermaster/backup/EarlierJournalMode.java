/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.sqlite.SQLiteConnection;

/**
 * The journal mode that a database had before it was damaged or lost, which a restore
 * puts back.
 */
final class EarlierJournalMode {

	private final LiveDatabase database;

	private final Duration busyTimeout;

	EarlierJournalMode(LiveDatabase database, Duration busyTimeout) {
		this.database = database;
		this.busyTimeout = busyTimeout;
	}

	/**
	 * Return a journal mode or, if it is unknown, the one that the database had when a
	 * snapshot was taken.
	 * @param mode the journal mode
	 * @param snapshot the file of the snapshot
	 */
	JournalMode orInManifest(JournalMode mode, Path snapshot) {
		return (mode != JournalMode.UNKNOWN) ? mode
				: SnapshotManifests.find(snapshot)
					.map(SnapshotManifest::journalMode)
					.map((known) -> JournalMode.of(known.equals(SnapshotManifest.WRITE_AHEAD_LOG)))
					.orElse(JournalMode.UNKNOWN);
	}

	/**
	 * Return the journal mode of what is left of a damaged database.
	 * @param otherwise what to return if its header does not tell
	 */
	JournalMode ofDamaged(JournalMode otherwise) {
		try (SQLiteConnection connection = SqliteConnections.openLive(this.database, this.busyTimeout);
				Statement statement = connection.createStatement()) {
			// So that neither a malformed schema nor a missing end is in the way.
			statement.execute("PRAGMA writable_schema = ON");
			return JournalMode.of(Pragmas.isWriteAheadLog(statement));
		}
		catch (SQLException ex) {
			// Damaged so much that it is only known by what lies beside it.
			return otherwise;
		}
	}

}
