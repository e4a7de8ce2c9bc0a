/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The snapshots that a planned restore of a database needs, for those who must not be
 * wrong about it: the one to be restored, and the one of what was there before.
 */
final class SnapshotsNeeded {

	private SnapshotsNeeded() {
	}

	/**
	 * Return their files.
	 * @param database the file of the database
	 * @param directories where the plan may be; {@code null} is none
	 * @throws BackupException if there may be one, but it cannot be read
	 */
	static Set<Path> of(Path database, @Nullable Path... directories) {
		Set<Path> needed = new HashSet<>();
		try {
			for (Path directory : directories) {
				if (directory != null) {
					new PlannedRestoreFile(directory, database).findOpen()
						.ifPresent((plan) -> Stream.of(plan.snapshot(), plan.kept())
							.filter(Objects::nonNull)
							.forEach(needed::add));
				}
			}
			return needed;
		}
		catch (IOException ex) {
			throw PlannedRestoreFile.unreadable(database, ex);
		}
	}

}
