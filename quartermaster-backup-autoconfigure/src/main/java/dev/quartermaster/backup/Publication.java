/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publication of a snapshot: a file that is whole and on disk gets the first free
 * name. By a hard link, which unlike a rename fails if the name is taken, so that nothing
 * is ever overwritten, whoever else publishes at the same moment.
 */
final class Publication {

	private static final Logger logger = LoggerFactory.getLogger(Publication.class);

	private final Path directory;

	private final SnapshotName name;

	private final IntSupplier firstAttempt;

	/**
	 * Create a new instance. Nothing is published yet.
	 * @param directory the directory of the snapshots
	 * @param name the name that the snapshot should have
	 * @param firstAttempt gives the number that the name has if it is free, asked when
	 * the content is on disk
	 */
	Publication(Path directory, SnapshotName name, IntSupplier firstAttempt) {
		this.directory = directory;
		this.name = name;
		this.firstAttempt = firstAttempt;
	}

	/**
	 * Publish a staged file.
	 * @param partial the staged file, complete
	 * @return its name
	 */
	SnapshotName publish(PartialFile partial) throws IOException {
		DurableFiles.flush(partial.path());
		return give((file) -> linkOrMove(partial.path(), file));
	}

	/**
	 * Publish a snapshot under one more name, which takes no space.
	 * @param snapshot the file of the snapshot
	 * @return the further name
	 */
	SnapshotName link(Path snapshot) throws IOException {
		return give((file) -> link(snapshot, file));
	}

	private SnapshotName give(Naming naming) throws IOException {
		for (int attempt = this.firstAttempt.getAsInt();; attempt++) {
			SnapshotName candidate = this.name.attempt(attempt);
			Path file = this.directory.resolve(candidate.toString());
			if (naming.tryName(file)) {
				flushNames(this.directory, file);
				return candidate;
			}
		}
	}

	private static boolean link(Path existing, Path file) throws IOException {
		try {
			Files.createLink(file, existing);
			return true;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
	}

	private static boolean linkOrMove(Path partial, Path file) throws IOException {
		try {
			return link(partial, file);
		}
		catch (FileSystemException ex) {
			if (FileFailures.isNameTooLong(ex)) {
				throw ex;
			}
			return moveWithoutReplacing(partial, file);
		}
	}

	/**
	 * For file systems that have no hard links, such as FAT and some network shares,
	 * which may have no locks either. A plain move looks first and renames then, so
	 * whoever wants to publish under a name claims it before, by making a file that
	 * nobody else can have made.
	 */
	private static boolean moveWithoutReplacing(Path partial, Path file) throws IOException {
		try (NameClaim claim = NameClaim.on(file)) {
			if (claim != null) {
				Files.move(partial, file);
			}
			return claim != null;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
	}

	/**
	 * Flush the names in a directory to disk, as far as that can be done. From here on
	 * there is a snapshot, so that to fail would be to deny it. Not every file system
	 * flushes directories when asked to: shared folders of virtual machines, for one,
	 * refuse.
	 */
	static void flushNames(Path directory, Path published) {
		try {
			DurableFiles.flush(directory);
		}
		catch (IOException ex) {
			Warnings.warn(logger, "The snapshot {} is complete, but its directory could not be flushed to disk ({})."
					+ " Until the system does that, a power cut could make the snapshot disappear. Check the disk.",
					published, FileFailures.describe(ex));
		}
	}

	/**
	 * A way to give a file a name that may be taken.
	 */
	@FunctionalInterface
	private interface Naming {

		boolean tryName(Path file) throws IOException;

	}

}
