/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.AccessMode;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of a database in figures, as they were at one moment, and what would keep
 * the next one from being taken. Nothing is written to find out, and no database opened.
 *
 * @param database the file of the database
 * @param snapshots how many there are
 * @param bytes how many bytes they take on the volume; what has several names counts once
 * @param newestSound the newest that is not known to be corrupt and is no state that was
 * replaced, or {@code null} if there is none
 * @param freeBytes how many bytes are free on the volume of their directory, or empty if
 * the file system does not tell
 * @param obstacle why the next snapshot is going to fail, or {@code null} if nothing is
 * known that is in its way
 */
public record SnapshotFigures(Path database, int snapshots, long bytes, @Nullable Snapshot newestSound,
		OptionalLong freeBytes, @Nullable BackupException obstacle) {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotFigures.class);

	/**
	 * Beyond that many corrupt ones nobody is interested in an older one.
	 */
	private static final int MOST_READ = 100;

	/**
	 * Look at the snapshots of a database.
	 * @param service the database
	 * @return the figures
	 * @throws BackupException if the snapshots cannot be listed
	 */
	public static SnapshotFigures of(SqliteBackupService service) {
		Path database = service.database();
		Path directory = service.directory();
		List<Snapshot> snapshots = service.list().stream().filter((snapshot) -> !snapshot.live()).toList();
		BackupException obstacle = null;
		OptionalLong free = OptionalLong.empty();
		try {
			Path existing = existing(directory);
			free = freeBytes(existing);
			obstacle = obstacle(existing, database, service.context().settings());
		}
		catch (IOException ex) {
			obstacle = DirectoryFailures.notWritable(directory, ex);
		}
		return new SnapshotFigures(database, snapshots.size(), bytes(snapshots), newestSound(snapshots), free,
				obstacle);
	}

	private static Path existing(Path directory) throws IOException {
		Path existing = directory;
		while (existing.getParent() != null && FileState.of(existing).isMissing()) {
			existing = existing.getParent();
		}
		return existing;
	}

	private static @Nullable BackupException obstacle(Path existing, Path database, BackupSettings settings)
			throws IOException {
		if (FileState.of(existing).kind() != FileState.Kind.DIRECTORY) {
			throw new NotDirectoryException(existing.toString());
		}
		existing.getFileSystem().provider().checkAccess(existing, AccessMode.WRITE, AccessMode.EXECUTE);
		try {
			new FreeSpace(existing).require(FileState.ofDatabase(database).size(), settings.minFreeSpace());
			return null;
		}
		catch (BackupException ex) {
			return ex;
		}
	}

	private static OptionalLong freeBytes(Path existing) throws IOException {
		FileStore volume = Files.getFileStore(existing);
		// The file system does not tell, which does not mean that it is full.
		return (volume.getTotalSpace() == 0) ? OptionalLong.empty() : OptionalLong.of(volume.getUsableSpace());
	}

	/**
	 * Return how many bytes snapshots take on the volume.
	 * @param snapshots the snapshots; what has several names counts once
	 * @return the number of bytes
	 */
	public static long bytes(Collection<Snapshot> snapshots) {
		Set<Object> seen = new HashSet<>();
		long bytes = 0;
		for (Snapshot snapshot : snapshots) {
			if (seen.add(key(snapshot))) {
				bytes += snapshot.size();
			}
		}
		return bytes;
	}

	private static Object key(Snapshot snapshot) {
		try {
			Object key = Files.readAttributes(snapshot.file(), BasicFileAttributes.class).fileKey();
			return (key != null) ? key : snapshot.file();
		}
		catch (IOException ex) {
			// Removed in the meantime.
			logger.debug("Could not look at {}", snapshot.file(), ex);
			return snapshot.file();
		}
	}

	private static @Nullable Snapshot newestSound(List<Snapshot> newestFirst) {
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			return newestFirst.stream()
				.filter(Snapshot::isCandidate)
				.limit(MOST_READ)
				.filter((snapshot) -> !isKnownToBeCorrupt(snapshot, manifests))
				.findFirst()
				.orElse(null);
		}
	}

	private static boolean isKnownToBeCorrupt(Snapshot snapshot, SnapshotManifests manifests) {
		SnapshotManifest manifest = manifests.beside(snapshot.file()).orElse(null);
		return manifest != null && (manifest.corruptSeenAt() != null
				|| (manifest.bytes() == snapshot.size() && manifest.verification().outcome().equals("corrupt")));
	}

}
