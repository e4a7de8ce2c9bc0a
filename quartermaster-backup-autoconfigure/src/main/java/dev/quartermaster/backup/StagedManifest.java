/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The manifest of a snapshot that is being published: on disk under a hidden name before
 * it gets its own, which it gets before the snapshot. Who is killed in between leaves a
 * manifest without a snapshot, which is never listed, and not a snapshot without one.
 * <p>
 * A snapshot is worth having without a manifest, so that one that cannot be written is no
 * failure, but a warning once there is a snapshot.
 */
final class StagedManifest {

	/**
	 * That of a snapshot that is to have none.
	 */
	static final StagedManifest NONE = new StagedManifest(null, null);

	private static final Logger logger = LoggerFactory.getLogger(StagedManifest.class);

	private @Nullable Path hidden;

	private @Nullable IOException failure;

	private @Nullable Path named;

	private StagedManifest(@Nullable Path hidden, @Nullable IOException failure) {
		this.hidden = hidden;
		this.failure = failure;
	}

	/**
	 * Write a manifest.
	 * @param hidden the file that it gets for now
	 * @param manifest the text of the manifest
	 * @param model the file whose owner it is to have
	 */
	static StagedManifest write(Path hidden, String manifest, Path model) {
		try {
			write(hidden, manifest);
			DurableFiles.giveToOwnerOf(hidden, model);
			return new StagedManifest(hidden, null);
		}
		catch (IOException ex) {
			return new StagedManifest(null, ex);
		}
	}

	private static void write(Path file, String text) throws IOException {
		try (FileChannel channel = FileChannel.open(file,
				Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
				DurableFiles.OWNER_ONLY_FILE)) {
			DurableFiles.write(channel, text);
		}
	}

	/**
	 * Give the manifest its name, if there is one.
	 * @param snapshot the file that the snapshot is going to be
	 * @return whether that may be the name of the snapshot: nobody else's manifest has
	 * the one that belongs to it
	 */
	boolean giveName(Path snapshot) {
		if (this.hidden == null) {
			return true;
		}
		Path name = SnapshotName.manifestOf(snapshot);
		try {
			boolean given = NewName.linkOrMove(this.hidden, name);
			this.named = given ? name : null;
			return given;
		}
		catch (IOException ex) {
			// Such as a name that is too long for it, but not for the snapshot.
			remove(this.hidden, ex);
			return true;
		}
	}

	private void remove(Path hidden, IOException why) {
		this.failure = why;
		this.hidden = null;
		try {
			Files.deleteIfExists(hidden);
		}
		catch (IOException ex) {
			// The next backup will try again.
			why.addSuppressed(ex);
		}
	}

	/**
	 * Take the name back, since the snapshot did not get its own.
	 */
	void withdraw() throws IOException {
		if (this.named == null || this.hidden == null) {
			return;
		}
		if (FileState.of(this.hidden).isMissing()) {
			Files.move(this.named, this.hidden);
		}
		else {
			Files.deleteIfExists(this.named);
		}
		this.named = null;
	}

	/**
	 * Do without a manifest, since the snapshot could not get its name.
	 * @param why what happened
	 * @return whether there was one
	 */
	boolean giveUp(IOException why) throws IOException {
		Path hidden = this.hidden;
		if (hidden == null) {
			return false;
		}
		withdraw();
		remove(hidden, why);
		return true;
	}

	/**
	 * Say that there is no manifest, if it could not be written.
	 * @param snapshot the file of the snapshot
	 */
	void warnIfMissing(Path snapshot) {
		if (this.failure != null) {
			Warnings.warn(logger,
					"The snapshot {} is complete, but its manifest, with the reason in full, the checksum and the like,"
							+ " could not be written ({}). The snapshot can be listed, verified and restored without it.",
					snapshot, FileFailures.describe(this.failure));
		}
	}

}
