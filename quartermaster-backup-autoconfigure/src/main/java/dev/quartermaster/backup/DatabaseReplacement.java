/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.LocalDateTime;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replacement of the file of a database by a copy of a snapshot, where it cannot be
 * restored by way of SQLite, because it is not there or is not a database any more. What
 * was there is kept beside it, whenever the process is killed.
 */
final class DatabaseReplacement {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseReplacement.class);

	private final DatabaseFile file;

	DatabaseReplacement(DatabaseFile file) {
		this.file = file;
	}

	/**
	 * Replace the file, if there is one.
	 * @param snapshot the snapshot, which stays where it is
	 * @param writeAheadLog whether the database shall be in WAL mode
	 * @param now for the name that what is there now gets, with its companions
	 * @return that name, or {@code null} if there was nothing to set aside
	 */
	@Nullable Path replaceBy(Path snapshot, boolean writeAheadLog, LocalDateTime now) throws IOException {
		Path directory = this.file.directory();
		Files.createDirectories(directory);
		AbandonedFiles.removeFrom(directory);
		try (PartialFile partial = this.file.stage(snapshot, writeAheadLog)) {
			DurableFiles.flush(partial.path());
			takeOver(partial.path());
			Path aside = setAside(now);
			Files.move(partial.path(), this.file.path(), StandardCopyOption.ATOMIC_MOVE,
					StandardCopyOption.REPLACE_EXISTING);
			flushNames(aside);
			return aside;
		}
	}

	/**
	 * Give the new file the mode and the owner of the old one, or of the directory, so
	 * that an application can open it that does not run as the user who restores.
	 */
	private void takeOver(Path copy) throws IOException {
		boolean exists = !FileState.of(this.file.path()).isMissing();
		Path model = exists ? this.file.path() : this.file.directory();
		PosixFileAttributes attributes = DurableFiles.attributes(model);
		if (attributes == null) {
			return;
		}
		if (exists) {
			Files.setPosixFilePermissions(copy, attributes.permissions());
		}
		if (!DurableFiles.giveToOwnerOf(copy, model)) {
			Warnings.warn(logger,
					"The restored database {} belongs to {}, not to {}. Make sure that the application can open it.",
					this.file.path(), Files.getOwner(copy).getName(), attributes.owner().getName());
		}
	}

	/**
	 * Keep all that there is, on disk before anything of it is removed. The file itself
	 * is replaced, so that there is one at any time.
	 */
	private @Nullable Path setAside(LocalDateTime now) throws IOException {
		List<String> parts = this.file.parts();
		if (parts.isEmpty()) {
			return null;
		}
		Path aside = this.file.setAside(parts, now);
		DurableFiles.flush(this.file.directory());
		for (String companion : DatabaseFile.COMPANIONS) {
			Files.deleteIfExists(this.file.companion(companion));
		}
		DurableFiles.flush(this.file.directory());
		return DatabaseFile.companion(aside, parts.get(0));
	}

	/**
	 * From here on it is restored, so that to fail would be to deny it.
	 */
	private void flushNames(@Nullable Path aside) {
		try {
			DurableFiles.flush(this.file.directory());
		}
		catch (IOException ex) {
			Warnings.warn(logger,
					"The database {} was restored, but its directory could not be flushed to disk ({})."
							+ " Until the system does that, a power cut could {}. Check the disk.",
					this.file.path(), FileFailures.describe(ex),
					(aside != null) ? "undo the restore, or leave only the old file, under the name " + aside
							: "undo the restore");
		}
	}

}
