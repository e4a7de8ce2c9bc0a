/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The snapshot that a restore takes the content from.
 *
 * @param file the file of the snapshot. What lies beside a file tells whether it is a
 * snapshot, not what lies beside a link to it, so it is none where links can be followed
 */
record RestorableSnapshot(Path file) {

	/**
	 * Return the snapshot that a path means.
	 */
	static RestorableSnapshot of(Path snapshot) {
		return new RestorableSnapshot(behindLinks(snapshot));
	}

	/**
	 * Return where the links of a path lead to, or the path itself if they lead nowhere.
	 */
	static Path behindLinks(Path snapshot) {
		try {
			return snapshot.toRealPath();
		}
		catch (IOException ex) {
			return snapshot.toAbsolutePath().normalize();
		}
	}

	/**
	 * Check that it is not the live database itself, under whichever name.
	 * @throws BackupException if it is, or that cannot be determined
	 */
	void requireOtherThan(Path database) {
		// Only what can be looked at can be told from the snapshot.
		FileState.ofDatabase(database);
		try {
			if (LiveFile.of(database).is(this.file)) {
				throw new BackupException(
						"The file " + this.file + " is the database itself"
								+ (this.file.equals(database) ? "" : " under another name, and changes with it"),
						"List the snapshots and choose another one. If there is none, take a new one.", null);
			}
		}
		catch (IOException ex) {
			throw new BackupException(
					"It could not be determined whether " + this.file + " is the database itself ("
							+ FileFailures.describe(ex) + ")",
					"Check that this process can read both files. The database was not touched.", ex);
		}
	}

	/**
	 * Check that it is there and sound.
	 * @param check follows the check
	 * @throws BackupException if it is not
	 */
	void requireSound(Progress check) {
		requireWhole();
		Verification verification = SnapshotVerifier.verify(this.file, VerificationMode.QUICK, check);
		if (verification instanceof Verification.Corrupt) {
			throw new BackupException(
					"The snapshot " + this.file + " is damaged and was not restored (" + verification.summary() + ")",
					"Restore another one. The database was not touched.", null);
		}
	}

	/**
	 * Check that it is there, and all that there is of it.
	 * @throws BackupException if it is not
	 */
	void requireWhole() {
		FileState state = stateOf(this.file);
		if (state.kind() != FileState.Kind.REGULAR || state.isEmpty()) {
			throw new BackupException("The file " + this.file + " is not a snapshot, or does not exist",
					"List the snapshots and choose one of them.", null);
		}
		for (String companion : List.of("-wal", "-journal")) {
			if (!stateOf(DatabaseFile.companion(this.file, companion)).isEmpty()) {
				throw new BackupException("The file " + this.file + " is not a snapshot but a live database: it has a "
						+ companion + " file beside it", "Take a snapshot of it first, and restore that.", null);
			}
		}
	}

	private static FileState stateOf(Path file) {
		try {
			return FileState.of(file);
		}
		catch (IOException ex) {
			throw new BackupException("The file " + file + " could not be examined (" + FileFailures.describe(ex) + ")",
					"Check that the path is correct and that this process can read the file. The database was not touched.",
					ex);
		}
	}

}
