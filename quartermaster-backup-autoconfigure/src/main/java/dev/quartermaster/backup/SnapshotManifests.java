/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader of many manifests, which costs less than to read them one by one. What cannot
 * be read as one counts as none: that is never an error. For use by one thread at a time.
 */
public final class SnapshotManifests implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotManifests.class);

	private final boolean withLists;

	private @Nullable ManifestJson json;

	/**
	 * Create a new reader. Nothing is opened before the first manifest is there.
	 */
	public SnapshotManifests() {
		this(true);
	}

	private SnapshotManifests(boolean withLists) {
		this.withLists = withLists;
	}

	/**
	 * Return a reader that leaves out what may be of any length, for which it takes half
	 * of the time.
	 */
	static SnapshotManifests withoutLists() {
		return new SnapshotManifests(false);
	}

	/**
	 * Return the manifest of one snapshot, like {@link #of}.
	 * @param snapshot the snapshot
	 * @return its manifest, or empty if it has none
	 */
	public static Optional<SnapshotManifest> find(Snapshot snapshot) {
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			return manifests.of(snapshot);
		}
	}

	/**
	 * Return the manifest of one snapshot, like {@link #of}.
	 * @param snapshot the file of the snapshot
	 * @return its manifest, or empty if it has none
	 */
	public static Optional<SnapshotManifest> find(Path snapshot) {
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			long size = FileState.of(snapshot).size();
			return manifests.beside(snapshot).filter((manifest) -> manifest.bytes() == size);
		}
		catch (IOException ex) {
			logger.debug("The size of {} is unknown", snapshot, ex);
			return Optional.empty();
		}
	}

	/**
	 * Read a manifest that does not lie beside its snapshot here.
	 * @param text the text of its file; anything at all
	 * @return the manifest, or empty if it is none
	 */
	public Optional<SnapshotManifest> read(String text) {
		try {
			return Optional.of(json().read(text, this.withLists));
		}
		catch (SQLException | IllegalArgumentException | BackupException ex) {
			logger.debug("Not read as a manifest", ex);
			return Optional.empty();
		}
	}

	/**
	 * Return the manifest of a snapshot.
	 * @param snapshot the snapshot
	 * @return its manifest, or empty if it has none that is of this very file, as far as
	 * the size tells
	 */
	public Optional<SnapshotManifest> of(Snapshot snapshot) {
		return beside(snapshot.file()).filter((manifest) -> manifest.bytes() == snapshot.size());
	}

	/**
	 * Return the manifest that lies beside a snapshot, even if the snapshot is not what
	 * it was.
	 * @param snapshot the file of the snapshot
	 */
	Optional<SnapshotManifest> beside(Path snapshot) {
		Path file = SnapshotName.manifestOf(snapshot);
		try {
			String text = OwnFile.readWhole(file, SnapshotManifest.MAX_BYTES);
			return Optional.of(json().read(text, this.withLists));
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
		catch (IOException | SQLException | IllegalArgumentException | BackupException ex) {
			// Truncated, foreign, of a later version, edited, or there is no SQLite.
			logger.debug("{} is not read as a manifest", file, ex);
			return Optional.empty();
		}
	}

	private ManifestJson json() throws SQLException {
		ManifestJson opened = this.json;
		if (opened == null) {
			opened = ManifestJson.open();
			this.json = opened;
		}
		return opened;
	}

	@Override
	public void close() {
		try {
			if (this.json != null) {
				this.json.close();
			}
		}
		catch (SQLException ex) {
			// Nothing depends on what was in memory.
			logger.debug("Not closed", ex);
		}
	}

}
