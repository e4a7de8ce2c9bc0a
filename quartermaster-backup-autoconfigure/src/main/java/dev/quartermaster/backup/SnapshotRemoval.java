/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The removal of snapshots that may go, oldest first. Of each the snapshot goes before
 * its manifest, so that whoever is killed in between leaves a manifest of nothing, which
 * nobody looks at. However far it comes, what is left is what may stay and some of what
 * may go.
 */
final class SnapshotRemoval {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotRemoval.class);

	private final Path directory;

	private final List<Path> removed = new ArrayList<>();

	private final Map<Path, IOException> stuck = new LinkedHashMap<>();

	/**
	 * Create a new instance. Nothing is removed yet.
	 * @param directory the directory of the snapshots
	 */
	SnapshotRemoval(Path directory) {
		this.directory = directory;
	}

	/**
	 * Remove a snapshot, if it still is the file that was looked at: another volume may
	 * have been mounted there since.
	 * @param snapshot the snapshot
	 * @param identity which file it was
	 */
	void remove(Snapshot snapshot, FileIdentity identity) {
		Path file = snapshot.file();
		try {
			if (!FileIdentity.of(file).equals(identity)) {
				logger.debug("{} is another file by now, and stays", file);
				return;
			}
			Files.delete(file);
			this.removed.add(file);
			removeManifest(SnapshotName.manifestOf(file));
		}
		catch (NoSuchFileException ex) {
			// Somebody else was faster.
			logger.debug("{} is gone already", file, ex);
		}
		catch (IOException ex) {
			logger.debug("Could not remove {}", file, ex);
			this.stuck.put(file, ex);
		}
	}

	private void removeManifest(Path manifest) {
		try {
			if (FileState.of(manifest, LinkOption.NOFOLLOW_LINKS).kind() == FileState.Kind.REGULAR) {
				Files.deleteIfExists(manifest);
			}
		}
		catch (IOException ex) {
			// It is removed with what others left.
			logger.debug("Could not remove {}", manifest, ex);
		}
	}

	/**
	 * Flush what was removed to disk, as far as that can be done, and tell what came of
	 * it.
	 * @param database the file of the database
	 */
	PruneResult finish(Path database) {
		if (!this.removed.isEmpty()) {
			try {
				DurableFiles.flush(this.directory);
			}
			catch (IOException ex) {
				// Then they are removed again the next time.
				logger.debug("Could not flush {}", this.directory, ex);
			}
		}
		return new PruneResult(database, this.removed, List.copyOf(this.stuck.keySet()), problem(database));
	}

	private String problem(Path database) {
		return this.stuck.entrySet()
			.stream()
			.findFirst()
			.map((first) -> Count.of(this.stuck.size(), "snapshot") + " of " + database
					+ " should go by the retention policy, but could not be removed from " + this.directory + " ("
					+ FileFailures.describe(first.getValue())
					+ "). Give this process write access to the directory, or the volume will fill up.")
			.orElse("");
	}

}
