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
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
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
		return manifest.flatMap((known) -> difference(snapshot, known))
			.map((difference) -> judge(snapshot, difference, verification, progress))
			.orElse(verification);
	}

	/**
	 * What was changed in a file may be seen by a full check only. What no check sees, a
	 * text that is another one, say, or a page that is not in use, looks like a manifest
	 * that somebody has edited.
	 */
	private static Verification judge(Path snapshot, String difference, Verification found, Progress progress) {
		boolean full = found instanceof Verification.Sound sound && sound.mode() == VerificationMode.FULL;
		Verification thorough = full ? found : SnapshotVerifier.verify(snapshot, VerificationMode.FULL, progress);
		return (thorough instanceof Verification.Corrupt) ? thorough : new Verification.Differs(difference, thorough);
	}

	private static Optional<SnapshotManifest> manifestBeside(Path snapshot) {
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			return manifests.beside(snapshot);
		}
	}

	private static Optional<String> difference(Path snapshot, SnapshotManifest manifest) {
		try {
			long bytes = FileState.of(snapshot).size();
			if (bytes != manifest.bytes()) {
				return Optional.of("it has " + Count.of(bytes, "byte") + " instead of " + manifest.bytes());
			}
			String expected = manifest.sha256();
			if (expected == null || ContentDigest.of(snapshot).equals(expected)) {
				return Optional.empty();
			}
			return Optional.of("its SHA-256 is not the one in it");
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
				if (verification instanceof Verification.Corrupt corrupt) {
					createFor(snapshot, corrupt);
				}
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
				takeBack(snapshot.file(), manifest, check(sound, sound.mode()));
			}
		}
		catch (IOException | SQLException ex) {
			Warnings.warn(logger,
					"It could not be recorded beside {} whether the snapshot is corrupt ({}). Retention keeps what is"
							+ " corrupt until that is recorded.",
					snapshot.file(), (ex instanceof IOException io) ? FileFailures.describe(io) : ex.getMessage());
		}
	}

	/**
	 * Record that a snapshot is sound after all. A manifest that {@link #createFor} made
	 * tells nothing else, and goes: as that of a sound snapshot it would say that there
	 * is no schema version in it, and retention goes by that.
	 */
	private static void takeBack(Path snapshot, SnapshotManifest manifest, SnapshotManifest.Check sound)
			throws IOException, SQLException {
		if (manifest.pages() == 0) {
			Files.deleteIfExists(SnapshotName.manifestOf(snapshot));
			return;
		}
		SnapshotManifest.Check check = manifest.verification().outcome().equals("corrupt") ? sound
				: manifest.verification();
		replace(snapshot, ManifestJson.text(manifest.withCorruptSeenAt(null).withVerification(check)));
	}

	/**
	 * Make a manifest for a snapshot without one, from what its name tells: what is
	 * damaged is not asked. Nothing is made if there is a file that is none of ours.
	 */
	private static void createFor(Snapshot snapshot, Verification.Corrupt corrupt) throws IOException, SQLException {
		Path file = SnapshotName.manifestOf(snapshot.file());
		String text = ManifestJson.text(new SnapshotManifest(snapshot.name().reason().slug(),
				new SnapshotManifest.Database(snapshot.name().database(), ""), null,
				snapshot.takenAt().toOffsetDateTime(), new ApplicationRelease(null, null),
				new SnapshotManifest.Schema(null, null, null, List.of()), null, null, 0, 0, snapshot.size(), null,
				Map.of(), check(corrupt, VerificationMode.QUICK),
				new SnapshotManifest.Durations(Duration.ZERO, Duration.ZERO, Duration.ZERO),
				OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS)));
		if (isDamagedOne(file)) {
			replace(snapshot.file(), text);
			return;
		}
		try (PartialFile staged = stage(snapshot.file(), text)) {
			NewName.linkOrMove(staged.path(), file);
		}
		DurableFiles.flush(file.resolveSibling(""));
	}

	private static boolean isDamagedOne(Path manifest) {
		try {
			return OwnFile.readWhole(manifest, SnapshotManifest.MAX_BYTES).startsWith(SnapshotManifest.BEGINNING);
		}
		catch (IOException ex) {
			logger.debug("{} is no manifest of ours", manifest, ex);
			return false;
		}
	}

	/**
	 * Record in the manifest of a snapshot that was not checked when it was taken what a
	 * check has found since, so that it need not be repeated.
	 * @param snapshot the file of the snapshot
	 * @param verification what was found
	 */
	static void recordCheck(Path snapshot, Verification verification) {
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			SnapshotManifest manifest = manifests.beside(snapshot).orElse(null);
			FileIdentity identity = FileIdentity.of(snapshot);
			if (manifest == null || manifest.verification().mode() != VerificationMode.NONE
					|| manifest.bytes() != identity.size() || identity.lastModified()
						.compareTo(FileIdentity.of(SnapshotName.manifestOf(snapshot)).lastModified()) > 0) {
				return;
			}
			replace(snapshot,
					ManifestJson.text(manifest.withVerification(check(verification, VerificationMode.QUICK))));
		}
		catch (IOException | SQLException ex) {
			// Then it is checked again.
			logger.debug("What was found in {} could not be recorded", snapshot, ex);
		}
	}

	private static SnapshotManifest.Check check(Verification verification, VerificationMode mode) {
		return new SnapshotManifest.Check(mode, verification.status(), verification.summary());
	}

	private static void replace(Path snapshot, String text) throws IOException {
		Path directory = snapshot.resolveSibling("");
		try (PartialFile staged = stage(snapshot, text)) {
			Files.move(staged.path(), SnapshotName.manifestOf(snapshot), StandardCopyOption.ATOMIC_MOVE);
		}
		DurableFiles.flush(directory);
	}

	private static PartialFile stage(Path snapshot, String text) throws IOException {
		PartialFile staged = PartialFile.create(snapshot.resolveSibling(""), snapshot);
		try (FileChannel channel = FileChannel.open(staged.path(), StandardOpenOption.WRITE)) {
			DurableFiles.write(channel, text);
			return staged;
		}
		catch (IOException ex) {
			try (staged) {
				throw ex;
			}
		}
	}

}
