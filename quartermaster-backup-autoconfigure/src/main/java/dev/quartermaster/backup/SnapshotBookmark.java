/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bookmark of one database's snapshots: the one to go back to, although there are
 * newer ones. It lasts until it is removed, or a snapshot is restored that is not newer
 * than that one.
 * <p>
 * It is a hidden file in the backup directory,
 * {@code .quartermaster-unfinished-<file name of the database>}, whose only line is the
 * name of the snapshot. Nothing depends on it but what is suggested and restored when
 * something fails, so that a bookmark that cannot be written or read is no failure.
 */
public final class SnapshotBookmark {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotBookmark.class);

	private static final String PREFIX = OwnFile.PREFIX + "unfinished-";

	/**
	 * More than the longest name has.
	 */
	private static final int MAX_BYTES = 1024;

	private final BackupContext context;

	private final Path database;

	private final Path file;

	/**
	 * Create a new instance. Nothing is looked for yet.
	 * @param context what the backups of the database have in common
	 */
	SnapshotBookmark(BackupContext context) {
		this.context = context;
		this.database = context.live().file();
		this.file = context.directoryFor(this.database).resolve(PREFIX + this.database.getFileName());
	}

	/**
	 * Return the snapshot with the bookmark.
	 * @return the snapshot, or empty if there is no bookmark, or the snapshot is gone or
	 * damaged
	 * @throws BackupException if the snapshots cannot be listed
	 */
	public Optional<Snapshot> snapshot() {
		return name()
			.flatMap((name) -> this.context.snapshotsOf(this.database)
				.list()
				.stream()
				.filter((snapshot) -> snapshot.name().toString().equals(name))
				.findFirst())
			.filter((snapshot) -> SnapshotVerifier.isUsable(snapshot, this.context.report().checkOf(snapshot.file())));
	}

	/**
	 * Return the name of the snapshot.
	 * @return the file name, which may be anything, or empty if there is no bookmark
	 */
	Optional<String> name() {
		try {
			return read();
		}
		catch (IOException ex) {
			Warnings.warn(logger,
					"The file {} cannot be read ({}), so it is unknown which snapshot of {} to go back to. Remove the file.",
					this.file, FileFailures.describe(ex), this.database);
			return Optional.empty();
		}
	}

	/**
	 * Return the name of the snapshot, for those who must not be wrong about it.
	 * @return the file name, which may be anything, or empty if there is no bookmark
	 * @throws BackupException if there may be one, but it cannot be read
	 */
	Optional<String> requireName() {
		try {
			return read();
		}
		catch (IOException ex) {
			throw new BackupException(
					"It is unknown which snapshot of " + this.database
							+ " an unfinished change of the schema needs, because the file " + this.file
							+ " cannot be read (" + FileFailures.describe(ex) + ")",
					"Let this process read the file, or remove it. No snapshot was removed.", ex);
		}
	}

	private Optional<String> read() throws IOException {
		try {
			return OwnFile.read(this.file, MAX_BYTES).lines().findFirst();
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Return whether a snapshot is newer than the one with the bookmark.
	 * @param snapshots gives the snapshots that there are, newest first; asked only if it
	 * matters
	 * @param file the file of the snapshot, behind all links
	 */
	boolean isBefore(Supplier<List<Snapshot>> snapshots, Path file) {
		Optional<String> marked = name();
		return marked.isPresent() && snapshots.get()
			.stream()
			.takeWhile((snapshot) -> !snapshot.name().toString().equals(marked.get()))
			.anyMatch((snapshot) -> RestorableSnapshot.behindLinks(snapshot.file()).equals(file));
	}

	/**
	 * Set the bookmark.
	 * @param snapshot the snapshot
	 */
	public void set(Snapshot snapshot) {
		set(snapshot.name());
	}

	void set(SnapshotName snapshot) {
		try {
			FileState state = FileState.of(this.file, LinkOption.NOFOLLOW_LINKS);
			if (!state.isMissing() && state.kind() != FileState.Kind.REGULAR) {
				// Not ours to replace, which has been said when it was read.
				return;
			}
			try (PartialFile staged = PartialFile.create(this.file.resolveSibling(""), this.database)) {
				write(staged.path(), snapshot + System.lineSeparator());
				Files.move(staged.path(), this.file, StandardCopyOption.ATOMIC_MOVE);
			}
			DurableFiles.flush(this.file.resolveSibling(""));
		}
		catch (IOException ex) {
			Warnings.warn(logger,
					"The file {} could not be written ({}). It was to record that {} is the snapshot of {} to go back to."
							+ " If something fails now, a later snapshot may be suggested.",
					this.file, FileFailures.describe(ex), snapshot, this.database);
		}
	}

	private static void write(Path file, String line) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
			DurableFiles.write(channel, line);
		}
	}

	/**
	 * Remove the bookmark, if there is one.
	 */
	public void remove() {
		if (!isThere()) {
			return;
		}
		try {
			Files.deleteIfExists(this.file);
			// One that came back would have a later failure name a snapshot that is too
			// old.
			DurableFiles.flush(this.file.resolveSibling(""));
		}
		catch (IOException ex) {
			Warnings.warn(logger,
					"The file {} could not be removed ({}). Remove it yourself: otherwise a snapshot that is"
							+ " too old will be suggested if something fails later.",
					this.file, FileFailures.describe(ex));
		}
	}

	private boolean isThere() {
		try {
			return FileState.of(this.file, LinkOption.NOFOLLOW_LINKS).kind() == FileState.Kind.REGULAR;
		}
		catch (IOException ex) {
			// Then there is no snapshot either, which has been said.
			logger.debug("Could not look for {}", this.file, ex);
			return false;
		}
	}

}
