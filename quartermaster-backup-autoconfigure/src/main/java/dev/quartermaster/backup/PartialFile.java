/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hidden file that may become a snapshot.
 * <p>
 * Beside it lies a lock file, locked for as long as the partial file is being worked on.
 * The operating system lets go of the lock when the process ends, however it ends, so who
 * can take it knows that the partial file was abandoned. Process numbers would not tell:
 * in containers every application is number 1.
 * <p>
 * The lock file is one of its own, because POSIX drops a process's locks on a file when
 * any descriptor of it is closed, and SQLite opens and closes the partial file. For the
 * same reason a process never looks at lock files of its own that it works with, which it
 * knows by their names.
 */
final class PartialFile implements AutoCloseable {

	static final String PARTIAL = ".partial";

	static final String LOCK = ".lock";

	static final String NEW_LOCK = ".new";

	static final String JOURNAL = "-journal";

	static final String WRITE_AHEAD_LOG = "-wal";

	static final String SHARED_MEMORY = "-shm";

	static final String MANIFEST = "-manifest";

	/**
	 * What may lie beside it while it is made: its manifest, and what SQLite has there,
	 * the one without which it would not be what it is last.
	 */
	static final List<String> COMPANIONS = List.of(MANIFEST, SHARED_MEMORY, WRITE_AHEAD_LOG, JOURNAL);

	private static final Logger logger = LoggerFactory.getLogger(PartialFile.class);

	/**
	 * Tells this process from every other that may have had the same number.
	 */
	private static final String PROCESS = OwnFile.PREFIX + ProcessHandle.current().pid() + "-"
			+ ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH).toEpochMilli() + "-";

	/**
	 * The names of those of this process that could not be removed.
	 */
	private static final Set<String> LEFT_BEHIND = ConcurrentHashMap.newKeySet();

	/**
	 * Those that this process works with.
	 */
	private static final Set<PartialFile> IN_USE = ConcurrentHashMap.newKeySet();

	private final String name;

	private final Path path;

	private final Path lockPath;

	private final FileChannel lockChannel;

	private PartialFile(String name, Path directory, FileChannel lockChannel) {
		this.name = name;
		this.path = directory.resolve(name + PARTIAL);
		this.lockPath = directory.resolve(name + LOCK);
		this.lockChannel = lockChannel;
	}

	/**
	 * Create an empty one that only the owner can read.
	 * @param directory where to create it
	 * @param model the file whose owner it is to have
	 */
	static PartialFile create(Path directory, Path model) throws IOException {
		while (true) {
			String name = PROCESS + UUID.randomUUID();
			FileChannel lockChannel = lock(directory.resolve(name + NEW_LOCK), directory.resolve(name + LOCK), model);
			if (lockChannel != null) {
				PartialFile partial = new PartialFile(name, directory, lockChannel);
				IN_USE.add(partial);
				try {
					Files.createFile(partial.path, DurableFiles.OWNER_ONLY_FILE);
					DurableFiles.giveToOwnerOf(partial.path, model);
					return partial;
				}
				catch (Throwable ex) {
					partial.close();
					throw ex;
				}
			}
		}
	}

	/**
	 * Create the lock file. It is locked before it gets its name, so that no other
	 * process ever finds one of a living process that is not.
	 * @return the channel that holds the lock, or {@code null} if another process took
	 * the file for abandoned before it was locked
	 */
	private static @Nullable FileChannel lock(Path newLockPath, Path lockPath, Path model) throws IOException {
		FileChannel channel = OwnFile.create(newLockPath);
		try {
			// On a file system without locks, there is nothing to lock.
			if (LockAttempt.on(channel) != LockAttempt.HELD) {
				DurableFiles.giveToOwnerOf(newLockPath, model);
				Files.move(newLockPath, lockPath, StandardCopyOption.ATOMIC_MOVE);
				return channel;
			}
		}
		catch (NoSuchFileException ex) {
			// Removed in the meantime: the same as not locked.
		}
		catch (Throwable ex) {
			try (channel) {
				Files.deleteIfExists(newLockPath);
			}
			throw ex;
		}
		try (channel) {
			Files.deleteIfExists(newLockPath);
		}
		return null;
	}

	/**
	 * Return whether this process works with one, so that its lock file must not be
	 * looked at.
	 * @param name its name without what tells the partial file from the lock file
	 */
	static boolean isInUse(String name) {
		return name.startsWith(PROCESS) && !LEFT_BEHIND.contains(name);
	}

	/**
	 * Return where it is.
	 */
	Path path() {
		return this.path;
	}

	/**
	 * Return where SQLite has its journal while it writes it.
	 */
	Path journal() {
		return companion(JOURNAL);
	}

	/**
	 * Return where its manifest is until it has a name.
	 */
	Path manifest() {
		return companion(MANIFEST);
	}

	private Path companion(String suffix) {
		return this.path.resolveSibling(this.path.getFileName() + suffix);
	}

	/**
	 * Fill it with what is in a snapshot. Not flushed. Where the file system can, the two
	 * share their blocks until one of them is written to.
	 * @param snapshot the file of the snapshot
	 */
	void fillWith(Path snapshot) throws IOException {
		try (FileChannel from = FileChannel.open(snapshot, StandardOpenOption.READ);
				FileChannel to = FileChannel.open(this.path, StandardOpenOption.WRITE)) {
			long size = from.size();
			for (long position = 0; position < size;) {
				position += from.transferTo(position, size - position, to);
			}
			if (to.size() != size) {
				throw new IOException("the copy has " + Count.of(to.size(), "byte") + " instead of " + size);
			}
		}
	}

	/**
	 * Close all that this process works with.
	 */
	static void closeAll() {
		IN_USE.forEach(PartialFile::close);
	}

	/**
	 * Remove the name that it was staged under. What was published stays, and that the
	 * name cannot be removed does not make it a failure.
	 */
	@Override
	public void close() {
		IN_USE.remove(this);
		try (this.lockChannel) {
			for (String companion : COMPANIONS) {
				Files.deleteIfExists(companion(companion));
			}
			Files.deleteIfExists(this.path);
			Files.deleteIfExists(this.lockPath);
		}
		catch (IOException ex) {
			LEFT_BEHIND.add(this.name);
			Warnings
				.warn(logger,
						"The staging file {} could not be removed ({}). It is not a snapshot and does no harm."
								+ " The next backup will try again to remove it.",
						this.path, FileFailures.describe(ex));
		}
	}

}
