/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a live database that cannot be restored by way of SQLite, because it is not
 * there or is not a database any more. Never opened here, only linked and renamed.
 */
final class DatabaseFile {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseFile.class);

	/**
	 * What SQLite keeps beside a database. Left beside another one, it would corrupt it.
	 */
	private static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");

	private final Path path;

	DatabaseFile(Path path) {
		this.path = path;
	}

	/**
	 * Replace the file, if there is one, with a copy of a snapshot.
	 * @param snapshot the snapshot, which stays where it is
	 * @param aside the name that what is there now gets, with its companions
	 * @return whether there was anything to set aside
	 */
	boolean replace(Path snapshot, Path aside) throws IOException {
		Path directory = directory();
		Files.createDirectories(directory);
		PartialFile.removeAbandoned(directory);
		try (PartialFile partial = PartialFile.create(directory)) {
			copy(snapshot, partial.path());
			takeOver(partial.path());
			boolean keeping = keep(aside);
			for (String companion : COMPANIONS) {
				Files.deleteIfExists(sibling(this.path, companion));
			}
			if (keeping) {
				SnapshotDirectory.flush(directory);
			}
			Files.move(partial.path(), this.path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
			SnapshotDirectory.flush(directory);
			return keeping;
		}
	}

	private Path directory() {
		Path parent = this.path.getParent();
		return (parent != null) ? parent : this.path;
	}

	private static void copy(Path snapshot, Path partial) throws IOException {
		try (FileChannel from = FileChannel.open(snapshot, StandardOpenOption.READ);
				FileChannel to = FileChannel.open(partial, StandardOpenOption.WRITE)) {
			long size = from.size();
			for (long position = 0; position < size;) {
				position += from.transferTo(position, size - position, to);
			}
			to.force(true);
			if (to.size() != size) {
				throw new IOException("the copy has " + to.size() + " bytes where " + size + " were expected");
			}
		}
	}

	/**
	 * Give the new file the mode and the owner of the old one, or of the directory, so
	 * that an application can open it that does not run as the user who restores.
	 */
	private void takeOver(Path file) throws IOException {
		boolean exists = Files.exists(this.path);
		Path model = exists ? this.path : directory();
		PosixFileAttributes attributes = attributes(model);
		PosixFileAttributes own = attributes(file);
		if (attributes == null || own == null) {
			return;
		}
		PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
		if (exists) {
			view.setPermissions(attributes.permissions());
		}
		try {
			if (!own.group().equals(attributes.group())) {
				view.setGroup(attributes.group());
			}
			if (!own.owner().equals(attributes.owner())) {
				view.setOwner(attributes.owner());
			}
		}
		catch (FileSystemException ex) {
			logger.warn("The restored database {} belongs to {}, not to {}: see that the application may open it.",
					this.path, own.owner().getName(), attributes.owner().getName());
		}
	}

	private static @Nullable PosixFileAttributes attributes(Path file) throws IOException {
		PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
		return (view != null) ? view.readAttributes() : null;
	}

	/**
	 * Keep all that there is under another name, so that nothing is lost whenever the
	 * process is killed.
	 */
	private boolean keep(Path aside) throws IOException {
		boolean any = keep(this.path, aside);
		for (String companion : COMPANIONS) {
			any |= keep(sibling(this.path, companion), sibling(aside, companion));
		}
		return any;
	}

	private static boolean keep(Path file, Path aside) throws IOException {
		if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
			return false;
		}
		try {
			Files.createLink(aside, file);
		}
		catch (FileSystemException | UnsupportedOperationException ex) {
			// No hard links on this file system.
			Files.move(file, aside);
		}
		return true;
	}

	private static Path sibling(Path file, String suffix) {
		return file.resolveSibling(file.getFileName() + suffix);
	}

}
