/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The room for a snapshot on the volume of a backup directory: what the file system says
 * beforehand, and what shows when a copy failed.
 */
final class FreeSpace {

	private static final Logger logger = LoggerFactory.getLogger(FreeSpace.class);

	private static final int BUFFER_BYTES = 1024 * 1024;

	private final Path directory;

	FreeSpace(Path directory) {
		this.directory = directory;
	}

	/**
	 * Check that there is room for a snapshot, as far as the file system tells.
	 * @param size how many bytes the snapshot will have
	 * @param minFreeSpace how many bytes must be left on the volume after it
	 * @throws NoRoomException if there is not
	 */
	void require(long size, long minFreeSpace) {
		require("snapshot", size, minFreeSpace);
	}

	/**
	 * Check that there is room for something, as far as the file system tells.
	 * @param what what it is, in a word
	 * @param size how many bytes it will have
	 * @param minFreeSpace how many bytes must be left on the volume after it
	 * @throws NoRoomException if there is not
	 */
	void require(String what, long size, long minFreeSpace) {
		long free;
		try {
			FileStore volume = Files.getFileStore(this.directory);
			free = volume.getUsableSpace();
			if (volume.getTotalSpace() == 0) {
				// The file system does not tell, which does not mean that it is full.
				return;
			}
		}
		catch (IOException ex) {
			// As where a container hides what is mounted. The copy itself will tell.
			logger.debug("The free space in {} could not be determined", this.directory, ex);
			return;
		}
		if (free - size < minFreeSpace) {
			throw new NoRoomException(
					"There is not enough free space for a " + what + " in " + this.directory + ": its volume has "
							+ Bytes.format(free) + " free, but the " + what + " needs " + Bytes.format(size) + " and "
							+ Bytes.format(minFreeSpace) + " must stay free",
					"Free some space, choose another directory with quartermaster.backup.dir,"
							+ " or lower quartermaster.backup.min-free-space.",
					null);
		}
	}

	/**
	 * Find out whether a copy failed because there was no room for it, or because no more
	 * files may be made here. To SQLite, a used-up quota is a failure of the disk like
	 * any other, and having no inode or no permission for the journal a file that cannot
	 * be opened; no file system tells beforehand what is left of a quota. But the
	 * operating system says to whoever tries the same once more what SQLite kept to
	 * itself.
	 * @param partial the staged file, of which nothing is needed any more
	 * @param size how many bytes it should have
	 * @param failure why the copy failed, as far as is known
	 * @throws NoRoomException if there was no room for it
	 * @throws BackupException if the directory cannot be written to
	 */
	void requireInFact(PartialFile partial, long size, BackupException failure) {
		try {
			use(partial, size);
		}
		catch (IOException ex) {
			boolean forbidden = ex instanceof FileSystemException && !(ex instanceof NoSuchFileException);
			if (forbidden || FileFailures.isNoRoom(ex)) {
				ex.addSuppressed(failure);
				throw DirectoryFailures.notWritable(this.directory, ex);
			}
			logger.debug("Not because of the directory: {}", partial.path(), ex);
		}
	}

	/**
	 * Use as much room as a copy does while it is made, for its journal too, with bytes
	 * that no file system can compress.
	 * @param partial the staged file
	 * @param size how many bytes the copy should have
	 */
	static void use(PartialFile partial, long size) throws IOException {
		try (FileChannel journal = FileChannel.open(partial.journal(),
				Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), DurableFiles.OWNER_ONLY_FILE);
				FileChannel channel = FileChannel.open(partial.path(), StandardOpenOption.WRITE)) {
			fill(journal, DatabaseHeader.JOURNAL_BYTES);
			fill(channel, DatabaseHeader.wholePieces(size));
		}
	}

	private static void fill(FileChannel channel, long size) throws IOException {
		byte[] bytes = new byte[BUFFER_BYTES];
		new Random().nextBytes(bytes);
		for (long left = size; left > 0;) {
			left -= channel.write(ByteBuffer.wrap(bytes, 0, (int) Math.min(left, bytes.length)));
		}
		channel.force(true);
	}

}
