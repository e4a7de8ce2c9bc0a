/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

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

	private final Supplier<StagedManifest> manifest;

	/**
	 * Create a new instance. Nothing is published yet.
	 * @param directory the directory of the snapshots
	 * @param name the name that the snapshot should have
	 * @param firstAttempt gives the number that the name has if it is free, asked when
	 * the content is on disk
	 * @param manifest gives the manifest of the snapshot, asked when the content is on
	 * disk
	 */
	Publication(Path directory, SnapshotName name, IntSupplier firstAttempt, Supplier<StagedManifest> manifest) {
		this.directory = directory;
		this.name = name;
		this.firstAttempt = firstAttempt;
		this.manifest = manifest;
	}

	/**
	 * Publish a staged file.
	 * @param partial the staged file, complete
	 * @return its name
	 */
	SnapshotName publish(PartialFile partial) throws IOException {
		DurableFiles.flush(partial.path());
		return give((file) -> NewName.linkOrMove(partial.path(), file));
	}

	/**
	 * Publish a snapshot under one more name, which takes no space.
	 * @param snapshot the file of the snapshot
	 * @return the further name
	 */
	SnapshotName link(Path snapshot) throws IOException {
		return give((file) -> NewName.link(snapshot, file));
	}

	private SnapshotName give(Naming naming) throws IOException {
		StagedManifest manifest = this.manifest.get();
		for (int attempt = this.firstAttempt.getAsInt();; attempt++) {
			SnapshotName candidate = this.name.attempt(attempt);
			Path file = this.directory.resolve(candidate.toString());
			if (give(file, naming, manifest)) {
				flushNames(this.directory, file);
				manifest.warnIfMissing(file);
				return candidate;
			}
		}
	}

	private static boolean give(Path file, Naming naming, StagedManifest manifest) throws IOException {
		// Otherwise the manifest would be that of another snapshot for a moment.
		if (!FileState.of(file, LinkOption.NOFOLLOW_LINKS).isMissing() || !manifest.giveName(file)) {
			return false;
		}
		try {
			boolean given = naming.tryName(file);
			if (!given) {
				manifest.withdraw();
			}
			return given;
		}
		catch (IOException ex) {
			// There may be room for the snapshot only.
			if (!manifest.giveUp(ex)) {
				throw ex;
			}
			return naming.tryName(file);
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
