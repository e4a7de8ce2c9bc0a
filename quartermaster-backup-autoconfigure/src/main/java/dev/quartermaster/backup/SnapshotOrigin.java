/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The database that a snapshot is of, as far as it is known.
 */
final class SnapshotOrigin {

	private SnapshotOrigin() {
	}

	/**
	 * Return what shows that a file is no snapshot of a database, but of another one. One
	 * that lies where the snapshots of the database are known to be is one of it.
	 * @param snapshot the file of the snapshot, which is no link
	 * @param context what the backups of the database have in common
	 * @return what shows it, or empty if nothing does
	 */
	static Optional<String> signOfAnotherDatabase(Path snapshot, BackupContext context) {
		LiveDatabase database = context.live();
		Optional<String> named = SnapshotName.databaseIn(snapshot.getFileName().toString());
		if (named.isPresent() && !named.get().equals(SnapshotName.databaseOf(database.file()))) {
			return Optional.of("its name says that it belongs to " + named.get());
		}
		Path directory = context.directoryFor(database.file());
		boolean known = named.isPresent() && RealPath.of(directory).equals(snapshot.getParent())
				&& new SnapshotOwner(directory, database.file()).isThisDatabase();
		if (!known && TableNames.areOfDifferentDatabases(TableNames.ofSnapshot(snapshot),
				TableNames.ofLive(database, context.settings().busyTimeout()))) {
			return Optional.of("it has no table in common with the database");
		}
		return Optional.empty();
	}

}
