/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;

/**
 * Exception thrown when what has the name of a snapshot is, or may be, a live database:
 * no copy of it may be made by reading the file.
 */
public final class LiveSnapshotException extends BackupException {

	private LiveSnapshotException(String problem) {
		super(problem, "Choose another snapshot, or take a new one.", null);
	}

	static LiveSnapshotException isDatabase(Path file, Path database) {
		return new LiveSnapshotException("The file " + file + " is no snapshot any more, but the live database "
				+ database + " under another name");
	}

	static LiveSnapshotException hasCompanion(Path file, Path companion) {
		return new LiveSnapshotException("Somebody has opened the snapshot " + file
				+ " as a database, or did so and was killed: there is " + companion.getFileName() + " beside it");
	}

}
