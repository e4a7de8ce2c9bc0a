/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content of a live database, as it is now.
 */
final class LiveContent {

	private static final Logger logger = LoggerFactory.getLogger(LiveContent.class);

	private LiveContent() {
	}

	/**
	 * Return whether there is anything in a database: a table, or what had one.
	 * @param context what the backups of the database have in common
	 * @throws BackupException if it cannot be read
	 */
	static boolean hasData(BackupContext context) {
		LiveDatabase live = context.live();
		if (FileState.ofDatabase(live.file()).isEmpty()) {
			return false;
		}
		try (CopySource source = context.database().open(live, context.settings().busyTimeout())) {
			return !source.state().blank();
		}
	}

	/**
	 * Read a database that exists, in one transaction. Where only the connections of the
	 * application are let in, it is read through one of them.
	 * @param context what the backups of the database have in common
	 * @param query what to read
	 * @throws BackupException if it cannot be read
	 */
	static <T extends @Nullable Object> T read(BackupContext context, SqliteReader.Query<T> query) {
		LiveDatabase live = context.live();
		Duration busyTimeout = context.settings().busyTimeout();
		DatabaseProbe.requireDatabase(live);
		try (CopySource source = context.database().open(live, busyTimeout)) {
			if (!source.isHeld()) {
				source.hold();
			}
			try (Statement statement = source.connection().createStatement()) {
				return query.run(statement);
			}
		}
		catch (SQLException ex) {
			throw SqliteFailures.translate(ex, live, busyTimeout);
		}
	}

	/**
	 * Return whether a database still is what a snapshot holds, to the byte.
	 * @param snapshot the snapshot
	 * @param context what the backups of the database have in common
	 * @return {@code false} as well if it cannot be determined
	 */
	static boolean is(Snapshot snapshot, BackupContext context) {
		LiveDatabase live = context.live();
		if (!DatabaseProbe.mayBeOpened(live.file())) {
			// SQLite would remove what lies beside it.
			return false;
		}
		SnapshotDirectory directory = context.snapshotsOf(live.file(), snapshot.file().resolveSibling(""));
		try (CopySource source = CopySource.open(live, context.settings().busyTimeout())) {
			if (source.state().size() != snapshot.size()) {
				return false;
			}
			directory.prepare(source.state().size(), context.settings().minFreeSpace());
			try (PartialFile partial = directory.stage()) {
				new OnlineCopy(source).to(partial.path(), Progress.NONE);
				return snapshot.hasSameContentAs(partial.path());
			}
		}
		catch (BackupException ex) {
			logger.debug("It could not be determined whether {} still matches {}", live.file(), snapshot.file(), ex);
			return false;
		}
	}

}
