/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

	private static final Logger logger = LoggerFactory.getLogger(PartialFile.class);

	private static final String PREFIX = ".quartermaster-";

	private static final String PARTIAL = ".partial";

	private static final String LOCK = ".lock";

	private static final String NEW_LOCK = ".new";

	private static final String JOURNAL = "-journal";

	/**
	 * Tells this process from every other that may have had the same number.
	 */
	private static final String PROCESS = PREFIX + ProcessHandle.current().pid() + "-"
			+ ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH).toEpochMilli() + "-";

	private static final Pattern NAME = Pattern.compile(
			"(" + Pattern.quote(PREFIX) + "\\d+-\\d+-[0-9a-f-]{36})(\\.lock|\\.new|\\.partial|\\.partial-journal)");

	private static final Pattern CLAIM = Pattern.compile(Pattern.quote(PREFIX) + "claim-[0-9a-f-]{36}");

	/**
	 * Where there is no lock, age is all there is to go by.
	 */
	private static final Duration ABANDONED_WITHOUT_LOCK = Duration.ofDays(1);

	private static final int BUFFER_BYTES = 1024 * 1024;

	/**
	 * The names of those of this process that could not be removed.
	 */
	private static final Set<String> LEFT_BEHIND = ConcurrentHashMap.newKeySet();

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
			if (tryLock(channel)) {
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
	 * Lock a file, unless another process has it locked. On a file system without locks,
	 * there is nothing to lock.
	 */
	private static boolean tryLock(FileChannel channel) throws ClosedByInterruptException {
		try {
			return channel.tryLock() != null;
		}
		catch (ClosedByInterruptException ex) {
			throw ex;
		}
		catch (IOException ex) {
			logger.debug("No locks on this file system", ex);
			return true;
		}
	}

	/**
	 * Return the file by which one process claims a name for its snapshot, where the file
	 * system cannot give a name that is taken to nobody. It has no name in it, so that it
	 * is never longer than a snapshot's may be.
	 */
	static Path claimOf(Path snapshot) {
		byte[] name = String.valueOf(snapshot.getFileName()).getBytes(StandardCharsets.UTF_8);
		return snapshot.resolveSibling(PREFIX + "claim-" + UUID.nameUUIDFromBytes(name));
	}

	/**
	 * Give up a claim. That it cannot be removed does not deny what was published: only
	 * this name is not given until it is old.
	 */
	static void release(Path claim) {
		try {
			Files.deleteIfExists(claim);
		}
		catch (IOException ex) {
			logger.debug("Could not remove {}", claim, ex);
		}
	}

	/**
	 * Remove what processes that are no more left in a directory, and what this one could
	 * not remove before. What cannot be removed, since another user left it, say, is in
	 * nobody's way and stays.
	 */
	static void removeAbandoned(Path directory) throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*")) {
			for (Path file : files) {
				try {
					removeIfAbandoned(file);
				}
				catch (IOException ex) {
					logger.debug("Could not remove {}", file, ex);
				}
			}
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
	}

	private static void removeIfAbandoned(Path file) throws IOException {
		String fileName = file.getFileName().toString();
		Matcher name = NAME.matcher(fileName);
		if (name.matches() && (!name.group(1).startsWith(PROCESS) || LEFT_BEHIND.contains(name.group(1)))) {
			removeIfAbandoned(file, file.resolveSibling(name.group(1) + LOCK));
		}
		else if (CLAIM.matcher(fileName).matches() && FileState.of(file, LinkOption.NOFOLLOW_LINKS).isEmpty()
				&& isOld(file)) {
			remove(file);
		}
	}

	private static void removeIfAbandoned(Path file, Path lockPath) throws IOException {
		if (file.toString().endsWith(NEW_LOCK)) {
			removeIfUnlocked(file, List.of());
		}
		else if (file.equals(lockPath)) {
			String name = lockPath.getFileName().toString();
			Path partial = lockPath.resolveSibling(name.substring(0, name.length() - LOCK.length()) + PARTIAL);
			removeIfUnlocked(lockPath, List.of(partial.resolveSibling(partial.getFileName() + JOURNAL), partial));
		}
		else if (FileState.of(lockPath, LinkOption.NOFOLLOW_LINKS).isMissing() && isOld(file)) {
			remove(file);
		}
	}

	/**
	 * What is no regular file is none that we left.
	 */
	private static void remove(Path file) throws IOException {
		if (FileState.of(file, LinkOption.NOFOLLOW_LINKS).kind() == FileState.Kind.REGULAR) {
			Files.deleteIfExists(file);
		}
	}

	private static void removeIfUnlocked(Path lockPath, List<Path> guarded) throws IOException {
		try (FileChannel channel = OwnFile.open(lockPath)) {
			if (tryLockOrIsOld(channel, lockPath)) {
				for (Path file : guarded) {
					remove(file);
				}
				remove(lockPath);
			}
		}
		catch (NoSuchFileException ex) {
			// Its owner or another process was faster.
		}
		catch (OverlappingFileLockException ex) {
			// Another thread of this process is at it.
		}
	}

	private static boolean tryLockOrIsOld(FileChannel channel, Path lockPath) throws IOException {
		try {
			return channel.tryLock() != null;
		}
		catch (ClosedByInterruptException ex) {
			throw ex;
		}
		catch (IOException ex) {
			logger.debug("No locks on this file system", ex);
			return isOld(lockPath);
		}
	}

	private static boolean isOld(Path file) throws IOException {
		return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
			.toInstant()
			.isBefore(Instant.now().minus(ABANDONED_WITHOUT_LOCK));
	}

	/**
	 * Return where it is.
	 */
	Path path() {
		return this.path;
	}

	/**
	 * Use as much room as a copy does while it is made, for its journal too, with bytes
	 * that no file system can compress.
	 * @param size how many bytes the copy should have
	 */
	void useRoom(long size) throws IOException {
		try (FileChannel journal = FileChannel.open(journal(),
				Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), DurableFiles.OWNER_ONLY_FILE);
				FileChannel channel = FileChannel.open(this.path, StandardOpenOption.WRITE)) {
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

	private Path journal() {
		return this.path.resolveSibling(this.path.getFileName() + JOURNAL);
	}

	/**
	 * Remove the name that it was staged under. What was published stays, and that the
	 * name cannot be removed does not make it a failure.
	 */
	@Override
	public void close() {
		try (this.lockChannel) {
			Files.deleteIfExists(journal());
			Files.deleteIfExists(this.path);
			Files.deleteIfExists(this.lockPath);
		}
		catch (IOException ex) {
			LEFT_BEHIND.add(this.name);
			logger.warn("The staging file {} could not be removed ({}). It is no snapshot and in nobody's way;"
					+ " the next backup tries again.", this.path, FileFailures.describe(ex));
		}
	}

}
