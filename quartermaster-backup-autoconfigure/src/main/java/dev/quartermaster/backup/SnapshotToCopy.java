/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A snapshot as it goes elsewhere: its file, and the manifest that its copy gets, by
 * which the copy is known and without which it does not count. That is the manifest of
 * the snapshot. Where it has none, or one without a checksum, one is made from what is
 * known.
 *
 * @param snapshot the snapshot
 * @param sha256 the SHA-256 that its copy must have, in lower case hexadecimal
 * @param outcome what the check of it found, as {@link Verification#status()}
 * @param manifest the text of the manifest
 */
public record SnapshotToCopy(Snapshot snapshot, String sha256, String outcome, String manifest) {

	/**
	 * What the check found that nobody made.
	 */
	private static final String UNCHECKED = "none";

	/**
	 * Look at a snapshot, of which everything is read if its manifest does not tell the
	 * checksum.
	 * @param snapshot the snapshot
	 * @return what goes elsewhere, or empty if the snapshot is gone
	 * @throws BackupException if it cannot be read
	 */
	public static Optional<SnapshotToCopy> of(Snapshot snapshot) {
		try {
			Optional<SnapshotManifest> known = SnapshotManifests.find(snapshot.file())
				.filter((manifest) -> manifest.pages() > 0);
			String checksum = known.map(SnapshotManifest::sha256).orElse(null);
			SnapshotManifest manifest = known.orElseGet(() -> made(snapshot));
			if (checksum == null) {
				checksum = ContentDigest.of(snapshot.file());
			}
			return Optional.of(new SnapshotToCopy(snapshot, checksum,
					manifest.isSound() ? "sound"
							: (manifest.corruptSeenAt() != null) ? "corrupt" : manifest.verification().outcome(),
					ManifestJson.text(manifest.withSha256(checksum))));
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
		catch (IOException ex) {
			throw new BackupException(
					"The snapshot " + snapshot.file() + " cannot be read to copy it elsewhere ("
							+ FileFailures.describe(ex) + ")",
					"Check the disk that it is on, and that this process may read it.", ex);
		}
		catch (SQLException ex) {
			throw new BackupException(
					"The manifest for a copy of " + snapshot.file() + " could not be written (" + ex.getMessage() + ")",
					"Check that the SQLite driver works.", ex);
		}
	}

	/**
	 * Return what is known of a snapshot that has no manifest: what its name tells.
	 */
	private static SnapshotManifest made(Snapshot snapshot) {
		return new SnapshotManifest(snapshot.name().reason().slug(),
				new SnapshotManifest.Database(snapshot.name().database(), ""), null,
				snapshot.takenAt().toOffsetDateTime(), ApplicationRelease.UNKNOWN,
				new SnapshotManifest.Schema(null, null, null, List.of()), null, null, 0, 0, snapshot.size(), null,
				Map.of(), new SnapshotManifest.Check(VerificationMode.NONE, UNCHECKED, "not checked"),
				new SnapshotManifest.Durations(Duration.ZERO, Duration.ZERO, Duration.ZERO), null);
	}

	/**
	 * Return the file name, which its copy has as well.
	 * @return the name
	 */
	public String name() {
		return this.snapshot.name().toString();
	}

	/**
	 * Return where the manifest of a copy is.
	 * @param key where the copy is, in whatever has names like a file system
	 * @return the same of its manifest
	 */
	public static String manifestOf(String key) {
		return key + SnapshotName.MANIFEST;
	}

	/**
	 * Return the manifest as it is sent.
	 * @return its bytes
	 */
	public byte[] manifestBytes() {
		return this.manifest.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Return whether a manifest is that of a whole copy of this content.
	 * @param other the manifest
	 * @return whether it is
	 */
	public boolean isDescribedBy(SnapshotManifest other) {
		return other.bytes() == this.snapshot.size() && this.sha256.equals(other.sha256());
	}

	/**
	 * Return the failure of a snapshot that is no longer what it was when it was taken.
	 * @return the failure
	 */
	public RefusedCopyException changed() {
		return RefusedCopyException.changed(this.snapshot.file());
	}

}
