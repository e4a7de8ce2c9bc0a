/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A note that a start of the application began to change the schema of a database, which
 * lasts until a start says that it came to its end, or a snapshot is restored. It tells
 * the next start which snapshot is from before: the newest may be of what is left of the
 * change.
 * <p>
 * It is a hidden file in the backup directory,
 * {@code .quartermaster-unfinished-<file name of the database>}, whose only line is the
 * name of the snapshot. Nothing depends on it but what is said and restored when a start
 * fails, so that a note that cannot be written or read is no failure.
 */
final class UnfinishedChange {

	private static final Logger logger = LoggerFactory.getLogger(UnfinishedChange.class);

	private static final String PREFIX = ".quartermaster-unfinished-";

	/**
	 * More than the longest name has.
	 */
	private static final int MAX_BYTES = 1024;

	private final Path database;

	private final Path note;

	/**
	 * Create a new instance. Nothing is looked for yet.
	 * @param directory the backup directory
	 * @param database the file of the database
	 */
	UnfinishedChange(Path directory, Path database) {
		this.database = database;
		this.note = directory.resolve(PREFIX + database.getFileName());
	}

	/**
	 * Return the name of the snapshot from before the change.
	 * @return the file name, which may be anything, or empty if there is no such note
	 */
	Optional<String> snapshot() {
		try {
			return OwnFile.read(this.note, MAX_BYTES).lines().findFirst();
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
		catch (IOException ex) {
			logger.warn("Whether an earlier start was changing the schema of {} cannot be told, since {} cannot be read"
					+ " ({}). Remove it.", this.database, this.note, FileFailures.describe(ex));
			return Optional.empty();
		}
	}

	/**
	 * Note that a change begins.
	 * @param before the snapshot from before
	 */
	void begin(SnapshotName before) {
		try {
			FileState state = FileState.of(this.note, LinkOption.NOFOLLOW_LINKS);
			if (!state.isMissing() && state.kind() != FileState.Kind.REGULAR) {
				// Not ours to replace, which has been said when it was read.
				return;
			}
			try (PartialFile staged = PartialFile.create(this.note.resolveSibling(""), this.database)) {
				write(staged.path(), before + System.lineSeparator());
				Files.move(staged.path(), this.note, StandardCopyOption.ATOMIC_MOVE);
			}
			DurableFiles.flush(this.note.resolveSibling(""));
		}
		catch (IOException ex) {
			logger.warn(
					"That a change of the schema of {} begins could not be noted in {} ({})."
							+ " If this start fails, the report of a later one may name a later snapshot than {}.",
					this.database, this.note, FileFailures.describe(ex), before);
		}
	}

	private static void write(Path file, String line) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
			ByteBuffer content = StandardCharsets.UTF_8.encode(line);
			while (content.hasRemaining()) {
				channel.write(content);
			}
			channel.force(true);
		}
	}

	/**
	 * Forget the change, because it came to its end.
	 */
	void end() {
		if (!isThere()) {
			return;
		}
		try {
			Files.deleteIfExists(this.note);
			// A note that came back would have a later failure name a snapshot that is
			// too old.
			DurableFiles.flush(this.note.resolveSibling(""));
		}
		catch (IOException ex) {
			logger.warn("The note {} could not be removed ({}). Remove it: if a later start fails, its report"
					+ " would name a snapshot that is too old.", this.note, FileFailures.describe(ex));
		}
	}

	private boolean isThere() {
		try {
			return FileState.of(this.note, LinkOption.NOFOLLOW_LINKS).kind() == FileState.Kind.REGULAR;
		}
		catch (IOException ex) {
			// Then there is no snapshot either, which has been said.
			logger.debug("Could not look for {}", this.note, ex);
			return false;
		}
	}

}
