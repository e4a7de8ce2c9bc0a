/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flushes, modes and owners with which files outlast a power cut, and are of use to
 * the application and nobody else, whoever made them.
 */
final class DurableFiles {

	static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

	/**
	 * Snapshots hold all that the database holds, so only their owner may look, where the
	 * file system has modes.
	 */
	static final FileAttribute<?>[] OWNER_ONLY_FILE = attributes("rw-------");

	static final FileAttribute<?>[] OWNER_ONLY_DIRECTORY = attributes("rwx------");

	static final FileAttribute<?>[] OWNER_ONLY_PROGRAM = attributes("rwx------");

	private static final Logger logger = LoggerFactory.getLogger(DurableFiles.class);

	private DurableFiles() {
	}

	private static FileAttribute<?>[] attributes(String mode) {
		if (!POSIX) {
			return new FileAttribute<?>[0];
		}
		FileAttribute<Set<PosixFilePermission>> attribute = PosixFilePermissions
			.asFileAttribute(PosixFilePermissions.fromString(mode));
		return new FileAttribute<?>[] { attribute };
	}

	/**
	 * Flush a file, or the names in a directory, to disk. Never to be used on a live
	 * database, which it opens.
	 */
	static void flush(Path path) throws IOException {
		if (!POSIX && FileState.of(path).kind() == FileState.Kind.DIRECTORY) {
			// Windows neither lets a directory be opened nor needs it.
			return;
		}
		// Only Windows wants to be asked for a file that may be written to.
		try (FileChannel channel = FileChannel.open(path, POSIX ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
			channel.force(true);
		}
	}

	/**
	 * Write a text to a file, and flush it to disk.
	 * @param channel the file, at the place where the text goes
	 * @param text the text
	 */
	static void write(FileChannel channel, String text) throws IOException {
		ByteBuffer content = StandardCharsets.UTF_8.encode(text);
		while (content.hasRemaining()) {
			channel.write(content);
		}
		channel.force(true);
	}

	/**
	 * Give a file or directory that was just made to the owner and the group of another
	 * one. What root makes would lock out the application otherwise, which runs as the
	 * user that the database belongs to. Never follows a link that somebody may have put
	 * in place of the file meanwhile.
	 * @param made what was made
	 * @param model whose owner it gets
	 * @return whether it belongs to that one now, as far as the file system knows owners
	 */
	static boolean giveToOwnerOf(Path made, Path model) throws IOException {
		PosixFileAttributes wanted = FileState.of(model).isMissing() ? null : attributes(model);
		PosixFileAttributeView view = Files.getFileAttributeView(made, PosixFileAttributeView.class,
				LinkOption.NOFOLLOW_LINKS);
		if (wanted == null || view == null) {
			return true;
		}
		PosixFileAttributes own = view.readAttributes();
		try {
			if (!own.group().equals(wanted.group())) {
				view.setGroup(wanted.group());
			}
			if (!own.owner().equals(wanted.owner())) {
				view.setOwner(wanted.owner());
			}
			return true;
		}
		catch (FileSystemException ex) {
			logger.debug("{} belongs to {}, and could not be given to {}", made, own.owner(), wanted.owner(), ex);
			return own.owner().equals(wanted.owner());
		}
	}

	/**
	 * Return the owner, the group and the mode of a file, or {@code null} where there are
	 * none.
	 */
	static @Nullable PosixFileAttributes attributes(Path file) throws IOException {
		PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
		return (view != null) ? view.readAttributes() : null;
	}

}
