/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of one snapshot in a directory elsewhere. It is made like a snapshot: a hidden
 * partial file, flushed, which gets its name when it is whole, and never in place of
 * another file.
 */
final class DirectoryCopy {

	private static final Logger logger = LoggerFactory.getLogger(DirectoryCopy.class);

	private static final int PIECE = 128 * 1024;

	private final Path directory;

	private final SnapshotToCopy snapshot;

	private final Runnable requireMounted;

	private final Path target;

	/**
	 * Create a new instance.
	 * @param directory the directory
	 * @param snapshot the snapshot
	 * @param requireMounted fails if the disk of the directory is not mounted any more
	 */
	DirectoryCopy(Path directory, SnapshotToCopy snapshot, Runnable requireMounted) {
		this.directory = directory;
		this.snapshot = snapshot;
		this.requireMounted = requireMounted;
		this.target = directory.resolve(snapshot.name());
	}

	/**
	 * Make it, unless it is there.
	 * @param sameContent the name of a copy of the same content, or {@code null}
	 * @param before whether it was made before
	 * @return whether anything was copied
	 */
	boolean make(@Nullable String sameContent, boolean before) throws IOException {
		if (isThere(before)) {
			return false;
		}
		try (PartialFile partial = PartialFile.create(this.directory, this.directory)) {
			Path same = (sameContent != null) ? this.directory.resolve(sameContent) : null;
			if (same == null || !hasSameContent(same)) {
				same = null;
				send(partial.path());
			}
			this.requireMounted.run();
			return publish(partial, (same != null) ? same : partial.path());
		}
	}

	private boolean isWhole(Path copy) throws IOException {
		return FileState.of(copy, LinkOption.NOFOLLOW_LINKS).kind() == FileState.Kind.REGULAR
				&& SnapshotManifests.find(copy).filter(this.snapshot::isDescribedBy).isPresent();
	}

	/**
	 * Also by reading it, since its size and a manifest beside it may deceive.
	 */
	private boolean hasSameContent(Path copy) throws IOException {
		return isWhole(copy) && this.snapshot.sha256().equals(ContentDigest.of(copy));
	}

	private boolean isThere(boolean before) throws IOException {
		FileState there = FileState.of(this.target, LinkOption.NOFOLLOW_LINKS);
		if (there.isMissing()) {
			return false;
		}
		if (isWhole(this.target)) {
			// Whoever gave it its name may have been killed before that was on disk.
			DurableFiles.flush(this.directory);
			return true;
		}
		if (there.kind() == FileState.Kind.REGULAR && there.size() == this.snapshot.snapshot().size()
				&& FileState.of(SnapshotName.manifestOf(this.target), LinkOption.NOFOLLOW_LINKS).isMissing()
				&& ContentDigest.of(this.target).equals(this.snapshot.sha256())) {
			// Somebody else has copied the file without its manifest.
			DurableFiles.flush(this.target);
			try (PartialFile partial = PartialFile.create(this.directory, this.directory)) {
				nameManifest(partial);
			}
			DurableFiles.flush(this.directory);
			return true;
		}
		if (there.kind() != FileState.Kind.REGULAR || !(before || hasManifest())) {
			throw RefusedCopyException.taken(this.target.toString());
		}
		setAside();
		return false;
	}

	/**
	 * Nothing is deleted here.
	 */
	private void setAside() throws IOException {
		String ending = ".damaged-" + UUID.randomUUID().toString().substring(0, 8);
		for (Path file : List.of(this.target, SnapshotName.manifestOf(this.target))) {
			if (!FileState.of(file, LinkOption.NOFOLLOW_LINKS).isMissing()) {
				Files.move(file, file.resolveSibling(file.getFileName() + ending));
			}
		}
		logger.warn("The copy {} is damaged. It was renamed to {}{}, and a new one takes its place.", this.target,
				this.target.getFileName(), ending);
	}

	private void send(Path partial) throws IOException {
		MessageDigest digest = ContentDigest.sha256();
		ByteBuffer piece = ByteBuffer.wrap(new byte[PIECE]);
		try (FileChannel from = FileChannel.open(this.snapshot.snapshot().file(), StandardOpenOption.READ);
				FileChannel to = FileChannel.open(partial, StandardOpenOption.WRITE)) {
			while (from.read(piece.clear()) >= 0) {
				digest.update(piece.array(), 0, piece.flip().limit());
				while (piece.hasRemaining()) {
					to.write(piece);
				}
			}
		}
		if (!HexFormat.of().formatHex(digest.digest()).equals(this.snapshot.sha256())) {
			throw this.snapshot.changed();
		}
	}

	/**
	 * The manifest gets its name first, as that of a snapshot does: who is killed in
	 * between leaves a manifest of nothing.
	 */
	private boolean publish(PartialFile partial, Path content) throws IOException {
		DurableFiles.flush(content);
		StagedManifest manifest = nameManifest(partial);
		boolean named = content.equals(partial.path()) ? NewName.linkOrMove(content, this.target)
				: linkOrSend(partial, content);
		if (!named && !hasSameContent(this.target)) {
			// Or the file would be taken for the copy the next time, or for a damaged
			// one.
			manifest.withdraw();
			throw RefusedCopyException.taken(this.target.toString());
		}
		// Also if another process was faster, which may have been killed since.
		DurableFiles.flush(this.directory);
		return named;
	}

	private StagedManifest nameManifest(PartialFile partial) throws IOException {
		StagedManifest manifest = StagedManifest.write(partial.manifest(), this.snapshot.manifest(), this.directory);
		boolean named = manifest.giveName(this.target);
		if (!hasManifest()) {
			if (!named) {
				throw RefusedCopyException.taken(SnapshotName.manifestOf(this.target).toString());
			}
			// Without it, the copy would not count.
			throw new IOException("its manifest could not be written");
		}
		return manifest;
	}

	private boolean linkOrSend(PartialFile partial, Path content) throws IOException {
		try {
			return NewName.link(content, this.target);
		}
		catch (IOException ex) {
			logger.debug("{} gets no second name", content, ex);
			send(partial.path());
			DurableFiles.flush(partial.path());
			return NewName.linkOrMove(partial.path(), this.target);
		}
	}

	/**
	 * Return whether the manifest of this copy is there, which it may be without it:
	 * somebody was killed before the copy had its name.
	 */
	private boolean hasManifest() {
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			return manifests.beside(this.target).filter(this.snapshot::isDescribedBy).isPresent();
		}
	}

}
