/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A directory elsewhere that gets copies of snapshots, on another disk or machine. A copy
 * is made like a snapshot: a hidden partial file, flushed, which gets its name when it is
 * whole, and never in place of another file.
 * <p>
 * A disk that is not mounted is an empty directory, or none. So the first copy leaves a
 * hidden marker, and where that is missing later nothing is written: the copies would lie
 * on the disk that they are to outlive, and be hidden when the other one is back.
 */
public final class CopyDirectory {

	/**
	 * The name of the marker.
	 */
	public static final String MARKER = OwnFile.PREFIX + "copies";

	private static final String HERE = "The snapshots themselves are not affected. ";

	private final Path path;

	/**
	 * That which has the marker.
	 */
	private final Path root;

	/**
	 * Create a new instance. Nothing is looked at yet.
	 * @param path the directory, which need not exist
	 */
	public CopyDirectory(Path path) {
		this(path.toAbsolutePath().normalize(), path.toAbsolutePath().normalize());
	}

	private CopyDirectory(Path path, Path root) {
		this.path = path;
		this.root = root;
	}

	/**
	 * Return where it is.
	 * @return the absolute path
	 */
	public Path path() {
		return this.path;
	}

	/**
	 * Make ready for copies: the directory is there, and is the one that got copies
	 * before. One that is new is made, but not the directory that it is in, and not on
	 * the disk of the snapshots, which is where it would be if its own is not mounted.
	 * @param used whether it got copies before
	 * @param snapshots the directories of the snapshots
	 * @return the identity of the directory
	 * @throws BackupException if it is not
	 */
	public String open(boolean used, List<Path> snapshots) {
		try {
			for (Path directory : snapshots) {
				requireOther(directory);
			}
			CopyMarker marker = new CopyMarker(this.root);
			if (used) {
				requireMarked();
			}
			else if (marker.isMissing()) {
				requireOtherDisk(snapshots);
				create(false);
				marker.create();
			}
			return marker.identity();
		}
		catch (IOException ex) {
			throw notUsable(ex);
		}
	}

	/**
	 * Require that it got copies before.
	 * @throws BackupException if it did not, or that cannot be found out
	 */
	public void requireMarked() {
		try {
			if (this.path.equals(this.root)) {
				create(true);
			}
			if (new CopyMarker(this.root).isMissing()) {
				throw new BackupException(
						"The directory " + this.root + " does not have the file " + MARKER + " that was there when it"
								+ " got copies of snapshots before: its disk is not mounted, most likely. Nothing was"
								+ " written there",
						HERE + "Mount it. If this is a new disk that is to get copies from now on, create that file.",
						null);
			}
		}
		catch (IOException ex) {
			throw notUsable(ex);
		}
	}

	private void requireOther(Path snapshots) throws IOException {
		if (!FileState.of(this.path).isMissing() && !FileState.of(snapshots).isMissing()
				&& Files.isSameFile(this.path, snapshots)) {
			throw new BackupException(
					"The directory " + this.path + " for copies of snapshots is the one where the snapshots are, "
							+ snapshots + ", so that nothing can be copied there",
					HERE + "Choose a place on another disk or machine.", null);
		}
	}

	private void requireOtherDisk(List<Path> snapshots) throws IOException {
		Path there = FileState.of(this.path).isMissing() ? this.path.getParent() : this.path;
		for (Path directory : snapshots) {
			if (there != null && Volumes.areOne(there, directory)) {
				throw new BackupException(
						"The directory " + this.path
								+ " for copies of snapshots is on the same disk as the snapshots in " + directory
								+ ", and would not outlive it: the disk that should be there is not"
								+ " mounted, most likely. Nothing was written there",
						HERE + "Mount it, or choose a place on another disk or machine. To have copies there all the"
								+ " same, create the file " + new CopyMarker(this.path) + ".",
						null);
			}
		}
	}

	private void create(boolean used) throws IOException {
		FileState state = FileState.of(this.path);
		if (state.kind() == FileState.Kind.DIRECTORY) {
			return;
		}
		if (!state.isMissing()) {
			throw new NotDirectoryException(this.path.toString());
		}
		Path parent = this.path.getParent();
		if (used || parent == null || FileState.of(parent).isMissing()) {
			throw new BackupException(
					"The directory " + this.path + " for copies of snapshots does not exist"
							+ (used ? ", although it got copies before" : ", nor does the one that it would be in")
							+ ": its disk is not mounted, most likely. Nothing was written there",
					HERE + "Mount it, or create the directory if the path is right.", null);
		}
		Files.createDirectory(this.path, DurableFiles.OWNER_ONLY_DIRECTORY);
		DurableFiles.giveToOwnerOf(this.path, parent);
		DurableFiles.flush(parent);
	}

	private BackupException notUsable(IOException ex) {
		String message = "The directory " + this.path + " cannot be used for copies of snapshots ("
				+ FileFailures.describe(ex) + ")";
		if (FileFailures.isNoRoom(ex)) {
			return new NoRoomException(message, HERE + "Free some space there.", ex);
		}
		return new BackupException(message,
				HERE + "See that its disk is mounted and not read-only, and that this process may write there"
						+ FileOwner.hint(this.path) + ".",
				ex);
	}

	/**
	 * Write a small file, read it, and remove it.
	 * @throws BackupException if that fails
	 */
	public void tryOut() {
		try {
			WriteTrial.in(this.path);
		}
		catch (IOException ex) {
			throw notUsable(ex);
		}
	}

	/**
	 * Return a directory below this one, after making it if need be.
	 * @param name its name
	 * @return the directory
	 * @throws BackupException if it cannot be made
	 */
	public CopyDirectory folder(String name) {
		requireMarked();
		CopyDirectory folder = new CopyDirectory(this.path.resolve(name), this.root);
		try {
			folder.create(false);
			return folder;
		}
		catch (IOException ex) {
			throw folder.notUsable(ex);
		}
	}

	/**
	 * Return whether it is on the same disk as another directory, as far as the file
	 * system tells. What is there does not outlive that disk.
	 * @param other the other directory
	 * @return whether it is
	 */
	public boolean isOnDiskOf(Path other) {
		return Volumes.areOne(this.path, other);
	}

	/**
	 * Remove the partial files that processes which are no more left here.
	 * @throws BackupException if it cannot be listed
	 */
	public void tidy() {
		try {
			AbandonedFiles.removePartialsFrom(this.path);
		}
		catch (IOException ex) {
			throw notUsable(ex);
		}
	}

	/**
	 * Copy a snapshot here, unless it is here already.
	 * @param snapshot the snapshot
	 * @param sameContent the name of a copy of the same content, or {@code null}. Where
	 * the file system has hard links it gets one more name, which takes no space
	 * @param before whether it was copied here before, so that what has its name is its
	 * copy, even if that is damaged
	 * @return whether anything was copied
	 * @throws RefusedCopyException if there is another file of the name
	 * @throws BackupException if it cannot be copied for another reason
	 */
	public boolean copy(SnapshotToCopy snapshot, @Nullable String sameContent, boolean before) {
		try {
			requireMarked();
			requireOther(snapshot.snapshot().file().resolveSibling(""));
			return new DirectoryCopy(this.path, snapshot, this::requireMarked).make(sameContent, before);
		}
		catch (NoSuchFileException ex) {
			throw (FileState.isKnownToBeEmpty(snapshot.snapshot().file())) ? gone(snapshot, ex) : notUsable(ex);
		}
		catch (IOException ex) {
			throw notUsable(ex);
		}
	}

	private static BackupException gone(SnapshotToCopy snapshot, IOException ex) {
		return new BackupException("The snapshot " + snapshot.snapshot().file() + " was removed before it was copied",
				"Nothing needs to be done.", ex);
	}

	/**
	 * Return whether a copy is there and whole, as far as its size and its manifest tell.
	 * @param name the path below this directory
	 * @param bytes the size that it must have
	 * @param sha256 the SHA-256 that its manifest must tell
	 * @return whether it is
	 * @throws BackupException if that cannot be found out
	 */
	public boolean has(String name, long bytes, String sha256) {
		Path copy = this.path.resolve(name);
		try {
			return FileState.of(copy, LinkOption.NOFOLLOW_LINKS).size() == bytes
					&& SnapshotManifests.find(copy).filter((manifest) -> sha256.equals(manifest.sha256())).isPresent();
		}
		catch (IOException ex) {
			throw notUsable(ex);
		}
	}

	/**
	 * Read a copy back whole.
	 * @param name its file name
	 * @return its SHA-256, or empty if there is none of that name with a manifest
	 * @throws BackupException if it cannot be read
	 */
	public Optional<String> sha256Of(String name) {
		Path copy = this.path.resolve(name);
		try {
			if (FileState.of(copy).isMissing() || SnapshotManifests.find(copy).isEmpty()) {
				return Optional.empty();
			}
			return Optional.of(ContentDigest.of(copy));
		}
		catch (IOException ex) {
			throw notUsable(ex);
		}
	}

}
