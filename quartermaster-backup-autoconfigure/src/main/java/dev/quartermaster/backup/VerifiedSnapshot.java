/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A snapshot that is checked again: by SQLite, and by the size and the checksum in its
 * manifest, since a file may have been changed so that it is a sound database still.
 */
public final class VerifiedSnapshot {

	private static final Logger logger = LoggerFactory.getLogger(VerifiedSnapshot.class);

	private VerifiedSnapshot() {
	}

	/**
	 * Check a snapshot.
	 * @throws BackupException if it cannot be read, which tells nothing about its content
	 */
	static Verification verify(Path snapshot, VerificationMode mode, Progress progress) {
		Optional<SnapshotManifest> manifest = (mode != VerificationMode.NONE) ? manifestBeside(snapshot)
				: Optional.empty();
		boolean knownCorrupt = manifest.filter((known) -> known.corruptSeenAt() != null).isPresent();
		// A quick check would take back what a full one has found.
		Verification verification = SnapshotVerifier.verify(snapshot, knownCorrupt ? VerificationMode.FULL : mode,
				progress);
		if (verification instanceof Verification.Corrupt) {
			return verification;
		}
		return manifest.flatMap((known) -> change(snapshot, known))
			.<Verification>map((change) -> new Verification.Corrupt(List.of(change)))
			.orElse(verification);
	}

	private static Optional<SnapshotManifest> manifestBeside(Path snapshot) {
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			return manifests.beside(snapshot);
		}
	}

	private static Optional<String> change(Path snapshot, SnapshotManifest manifest) {
		String since = "changed since it was taken: ";
		try {
			long bytes = FileState.of(snapshot).size();
			if (bytes != manifest.bytes()) {
				return Optional.of(since + "it has " + Count.of(bytes, "byte") + " instead of " + manifest.bytes());
			}
			String expected = manifest.sha256();
			if (expected == null || ContentDigest.of(snapshot, ReadingSpeed.any(), (read) -> {
			}).equals(expected)) {
				return Optional.empty();
			}
			return Optional.of(since + "its SHA-256 is not the one in its manifest");
		}
		catch (IOException ex) {
			throw new BackupException(
					"The file " + snapshot + " could not be compared with its manifest (" + FileFailures.describe(ex)
							+ ")",
					"This says nothing about the database. Check the disk that the file is on, then try again.", ex);
		}
	}

	/**
	 * Record in the manifest of a snapshot whether somebody was told that it is corrupt.
	 * What is corrupt and nobody knows is never removed.
	 * @param snapshot the snapshot
	 * @param verification what they were told
	 */
	public static void told(Snapshot snapshot, Verification verification) {
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			SnapshotManifest manifest = manifests.beside(snapshot.file()).orElse(null);
			if (manifest == null) {
				return;
			}
			if (verification instanceof Verification.Corrupt && manifest.corruptSeenAt() == null) {
				OffsetDateTime now = OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS);
				replace(snapshot.file(), ManifestJson.text(manifest.withCorruptSeenAt(now)));
			}
			else if (verification instanceof Verification.Sound sound && sound.mode() == VerificationMode.FULL
					&& manifest.corruptSeenAt() != null) {
				// What could not be read well then is what it was. A quick check may have
				// missed what a full one found.
				replace(snapshot.file(), ManifestJson.text(manifest.withCorruptSeenAt(null)));
			}
		}
		catch (IOException | SQLException ex) {
			Warnings.warn(logger,
					"It could not be recorded beside {} whether the snapshot is corrupt ({}). Retention keeps what is"
							+ " corrupt until that is recorded.",
					snapshot.file(), (ex instanceof IOException io) ? FileFailures.describe(io) : ex.getMessage());
		}
	}

	private static void replace(Path snapshot, String text) throws IOException {
		Path directory = snapshot.resolveSibling("");
		try (PartialFile staged = PartialFile.create(directory, snapshot)) {
			try (FileChannel channel = FileChannel.open(staged.path(), StandardOpenOption.WRITE)) {
				DurableFiles.write(channel, text);
			}
			Files.move(staged.path(), SnapshotName.manifestOf(snapshot), StandardCopyOption.ATOMIC_MOVE);
		}
		DurableFiles.flush(directory);
	}

}
