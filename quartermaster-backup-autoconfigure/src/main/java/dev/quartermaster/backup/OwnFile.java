/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * A file that lies in a directory under a name that only we give. Anybody may have put
 * something else there: a pipe, which would keep the start waiting for ever, or a link to
 * the live database, whose locks would be gone when it is closed. So it is looked at
 * before it is opened, no link is followed, and what is going to be written is opened for
 * reading and writing, which does not wait for another side even if it has become a pipe
 * in between.
 */
final class OwnFile {

	/**
	 * What the names of all of them begin with.
	 */
	static final String PREFIX = ".quartermaster-";

	private static final Set<OpenOption> EXISTING = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE,
			LinkOption.NOFOLLOW_LINKS);

	/**
	 * The volume may be read-only, and its snapshots be needed all the same.
	 */
	private static final Set<OpenOption> READ_ONLY = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

	private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
			StandardOpenOption.WRITE);

	/**
	 * One page of the smallest size. What is smaller may have a second name, as when
	 * somebody copies a directory as hard links.
	 */
	private static final int SMALLEST_DATABASE = 512;

	private static final boolean COUNTS_NAMES = FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

	private OwnFile() {
	}

	/**
	 * Create one that only the owner can read.
	 * @throws FileAlreadyExistsException if there is anything of that name
	 */
	static FileChannel create(Path file) throws IOException {
		return FileChannel.open(file, NEW, DurableFiles.OWNER_ONLY_FILE);
	}

	/**
	 * Open one that exists.
	 * @throws NoSuchFileException if it does not
	 * @throws FileSystemException if there is something else in its place
	 */
	static FileChannel open(Path file) throws IOException {
		requireOwn(file);
		return FileChannel.open(file, EXISTING);
	}

	/**
	 * Open one that exists, whose text is never as long as whole pages, see
	 * {@link #readWhole}.
	 * @param maxBytes how long it is at the most
	 * @throws NoSuchFileException if it does not exist
	 * @throws FileSystemException if there is something else in its place, or it is
	 * longer
	 */
	static FileChannel openWhole(Path file, int maxBytes) throws IOException {
		requireText(file, maxBytes);
		return FileChannel.open(file, EXISTING);
	}

	/**
	 * Open one, or create it if there is none.
	 * @throws FileSystemException if there is something else in its place
	 */
	static FileChannel openOrCreate(Path file) throws IOException {
		while (true) {
			try {
				return open(file);
			}
			catch (NoSuchFileException ex) {
				try {
					return create(file);
				}
				catch (FileAlreadyExistsException raced) {
					// Somebody created it in between: that one is to be opened.
				}
			}
		}
	}

	/**
	 * Read the beginning of one as text, also on a thread that was interrupted: what it
	 * says is needed to tell what is going on.
	 * @param maxBytes how much to read at the most
	 * @throws NoSuchFileException if it does not exist
	 * @throws FileSystemException if there is something else in its place
	 */
	static String read(Path file, int maxBytes) throws IOException {
		requireOwn(file);
		return readUpTo(file, maxBytes);
	}

	/**
	 * Read one as text that is never as long as whole pages, so that it may have further
	 * names, as when somebody copies a directory as hard links.
	 * @param maxBytes how long it is at the most
	 * @throws NoSuchFileException if it does not exist
	 * @throws FileSystemException if there is something else in its place, or it is
	 * longer
	 */
	static String readWhole(Path file, int maxBytes) throws IOException {
		return readUpTo(file, (int) requireText(file, maxBytes));
	}

	private static long requireText(Path file, int maxBytes) throws IOException {
		long size = requireRegular(file).size();
		if (size > maxBytes) {
			throw foreign(file, Count.of(size, "byte") + " long");
		}
		if (mayBeWholePages(size)) {
			requireSingleName(file);
		}
		return size;
	}

	/**
	 * Return whether a file of a size may be a database.
	 */
	static boolean mayBeWholePages(long size) {
		return size % SMALLEST_DATABASE == 0;
	}

	private static String readUpTo(Path file, int maxBytes) throws IOException {
		boolean interrupted = Thread.interrupted();
		try (FileChannel channel = FileChannel.open(file, READ_ONLY)) {
			ByteBuffer content = ByteBuffer.allocate(maxBytes);
			while (content.hasRemaining() && channel.read(content) >= 0) {
				// Until there is no more of it.
			}
			return StandardCharsets.UTF_8.decode(content.flip()).toString();
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static void requireOwn(Path file) throws IOException {
		long size = requireRegular(file).size();
		if (size == 0 || size >= SMALLEST_DATABASE) {
			requireSingleName(file);
		}
	}

	private static FileState requireRegular(Path file) throws IOException {
		FileState state = FileState.of(file, LinkOption.NOFOLLOW_LINKS);
		if (state.isMissing()) {
			throw new NoSuchFileException(file.toString());
		}
		if (state.kind() != FileState.Kind.REGULAR) {
			throw foreign(file, state.kind().toString());
		}
		return state;
	}

	private static void requireSingleName(Path file) throws IOException {
		if (COUNTS_NAMES && (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1) {
			throw foreign(file, "a file with a second name");
		}
	}

	private static FileSystemException foreign(Path file, String what) {
		return new FileSystemException(file.toString(), null,
				file.getFileName() + " is " + what + ", and was not opened");
	}

}
