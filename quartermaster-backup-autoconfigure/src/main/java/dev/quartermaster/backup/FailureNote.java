/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The note that the last backup of a database failed: a hidden file in the backup
 * directory, {@code .quartermaster-failed-<file name of the database>}, which goes when
 * the next backup begins, and is written anew if that fails as well. So a process that is
 * started later knows of it.
 * <p>
 * Where the failure is that nothing can be written there, there is no note either; but
 * that is seen without one.
 *
 * @param at when it failed
 * @param sentence why, on one line
 */
public record FailureNote(Instant at, String sentence) {

	private static final Logger logger = LoggerFactory.getLogger(FailureNote.class);

	private static final String PREFIX = OwnFile.PREFIX + "failed-";

	private static final int MAX_BYTES = 16 * 1024;

	/**
	 * Find the note of a database.
	 * @param context the context of its backups
	 * @param database the file of the database
	 * @return the note, or empty if its last backup did not fail as far as is known
	 */
	static Optional<FailureNote> find(BackupContext context, Path database) {
		try {
			return read(fileOf(context, database));
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
		catch (IOException | BackupException ex) {
			logger.debug("It is unknown whether the last backup failed", ex);
			return Optional.empty();
		}
	}

	private static Optional<FailureNote> read(Path file) throws IOException {
		String[] parts = OwnFile.read(file, MAX_BYTES).strip().split(" ", 2);
		try {
			return (parts.length == 2) ? Optional.of(new FailureNote(Instant.parse(parts[0]), parts[1]))
					: Optional.empty();
		}
		catch (DateTimeException ex) {
			// Not written to its end.
			return Optional.empty();
		}
	}

	/**
	 * Note that a backup failed.
	 * @param context the context of the backup
	 * @param database the file of the database
	 * @param failure why
	 */
	static void write(BackupContext context, Path database, BackupException failure) {
		if (failure instanceof UnsupportedDatabaseException || Thread.currentThread().isInterrupted()) {
			// There never is one, or somebody did not want it any more.
			return;
		}
		try {
			Path file = fileOf(context, database);
			String sentence = Secrets.mask(String.valueOf(failure.getMessage())).replaceAll("[\\p{Cntrl}\\s]+", " ");
			try (FileChannel channel = OwnFile.openOrCreate(file)) {
				DurableFiles.giveToOwnerOf(file, database);
				channel.truncate(0);
				DurableFiles.write(channel, context.clock().instant() + " " + sentence + "\n");
			}
		}
		catch (IOException | RuntimeException ex) {
			// The failure itself is what is to be told.
			logger.debug("It could not be noted that a backup of {} failed", database, ex);
		}
	}

	/**
	 * Remove the note, since a backup begins, or did not fail.
	 * @param context the context of the backup
	 * @param database the file of the database
	 */
	static void remove(BackupContext context, Path database) {
		try {
			Files.deleteIfExists(fileOf(context, database));
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("The note that a backup of {} failed could not be removed", database, ex);
		}
	}

	private static Path fileOf(BackupContext context, Path database) {
		return context.directoryFor(database).resolve(PREFIX + database.getFileName());
	}

}
