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
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose the snapshots of a name in a directory are, since their names do not tell
 * {@code app.db} from {@code app.sqlite}, nor from an {@code app.db} elsewhere.
 * <p>
 * The first database of a name that takes a snapshot in a directory has that name there.
 * A hidden file says which one that is, by its path: relative to the directory if it lies
 * beside it or below that place, so that all may be moved together, and else absolute.
 * Any other database of the name has a subdirectory that is named after its file, or its
 * path if it lies elsewhere. Nothing is ever taken over: a database whose path changed is
 * told so, with what to do.
 * <p>
 * To look makes no file. Only {@link SnapshotDirectory#claim} does.
 */
final class SnapshotOwner {

	/**
	 * What is recorded when there were snapshots before and nobody can know whose.
	 */
	private static final String UNKNOWN = "?";

	private static final Logger logger = LoggerFactory.getLogger(SnapshotOwner.class);

	private static final String PREFIX = ".quartermaster-";

	private static final String SUFFIX = ".owner";

	/**
	 * More than the longest path has.
	 */
	private static final int MAX_BYTES = 16 * 1024;

	/**
	 * What the names of databases end in. Not what lies beside one: SQLite's locks on a
	 * {@code -shm} that the application has open would be gone when it is closed. Nor
	 * what people call a copy.
	 */
	private static final Pattern DATABASE = Pattern.compile("(?i)[^.]+|.*\\.(?:db3?|s3db|sl3|sqlite[23]?|sqlitedb)");

	private static final String BESIDE = "../";

	private static final String LINE_END = "\n";

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private static final Duration PAUSE = Duration.ofMillis(10);

	private static final int MAX_NAME_LENGTH = 200;

	/**
	 * Of which directories it was told that they are somebody else's, and to which
	 * database.
	 */
	private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

	private final Path directory;

	private final Path database;

	/**
	 * Create a new instance.
	 * @param directory the directory where snapshots are to go, which need not exist
	 * @param database the file of the database, which need not exist either
	 */
	SnapshotOwner(Path directory, Path database) {
		this.directory = directory;
		this.database = database;
	}

	/**
	 * Return the directory of the database's snapshots: this one, or a subdirectory if
	 * this one is another database's. Says so once.
	 * @throws BackupException if it cannot be told
	 */
	Path place() {
		String owner = isNamedAfterDatabase() ? null : recorded();
		if (owner == null || owner.equals(text())) {
			return this.directory;
		}
		Path own = this.directory.resolve(nameIn(this.directory));
		if (TOLD.add(this.database + " " + this.directory)) {
			tell(owner, own);
		}
		return own;
	}

	private void tell(String owner, Path own) {
		String names = SnapshotName.databaseOf(this.database) + "-*.db";
		if (owner.equals(UNKNOWN)) {
			logger.warn("Whose the snapshots {} in {} are is not known: there were some before it was recorded."
					+ " Those of {} go to {}. Move there what is of it, or if all are, let {} say that"
					+ " with the line: {}", names, this.directory, this.database, own, record(), text());
		}
		else if (isGone(owner)) {
			logger.warn(
					"The snapshots {} in {} are those of {}, which is not there any more, and are not listed for {},"
							+ " whose snapshots go to {}. If it is the same database under a new path, remove {}.",
					names, this.directory, owner, this.database, own, record());
		}
		else {
			logger.info("The snapshots of {} go to {}, because {} in {} are those of {}", this.database, own, names,
					this.directory, owner);
		}
	}

	private boolean isGone(String owner) {
		try {
			return FileState.of(SnapshotDirectories.identity(this.directory).resolve(owner)).isMissing();
		}
		catch (IOException | InvalidPathException ex) {
			// Then it is nowhere to be found from here.
			return true;
		}
	}

	/**
	 * Return whether the database is known to have the directory: that is recorded, or in
	 * its name.
	 * @throws BackupException if it cannot be told
	 */
	boolean isDatabase() {
		return isNamedAfterDatabase() || text().equals(recorded());
	}

	/**
	 * Return whether it is known who has the directory.
	 * @throws BackupException if it cannot be told
	 */
	boolean isKnown() {
		return isNamedAfterDatabase() || recorded() != null;
	}

	/**
	 * Return the file that says who has the directory.
	 */
	private Path record() {
		return this.directory.resolve(PREFIX + SnapshotName.databaseOf(this.database) + SUFFIX);
	}

	/**
	 * Return what that file says if it is this database.
	 */
	private String text() {
		return seenFrom(this.directory);
	}

	/**
	 * Return whether another database beside one would have the same name for its
	 * snapshots. SQLite is asked what is a database, since the application may have it
	 * open.
	 */
	static boolean hasNamesake(Path database) throws IOException {
		Path file = SnapshotDirectories.identity(database);
		String name = SnapshotName.databaseOf(file);
		try (DirectoryStream<Path> others = Files.newDirectoryStream(file.resolveSibling(""),
				(other) -> SnapshotName.databaseOf(other).equals(name)
						&& DATABASE.matcher(other.getFileName().toString()).matches()
						&& FileState.of(other).kind() == FileState.Kind.REGULAR)) {
			for (Path other : others) {
				if (!other.equals(file) && !TableNames.ofSnapshot(other).isEmpty()) {
					return true;
				}
			}
			return false;
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
	}

	private boolean isNamedAfterDatabase() {
		Path identity = SnapshotDirectories.identity(this.directory);
		Path parent = identity.getParent();
		return parent != null && String.valueOf(identity.getFileName()).equals(nameIn(parent));
	}

	/**
	 * Return the path of the database, as a directory of snapshots knows it.
	 */
	private String seenFrom(Path directory) {
		Path file = SnapshotDirectories.identity(this.database);
		Path beside = SnapshotDirectories.identity(directory).getParent();
		String path = (beside != null && file.startsWith(beside)) ? BESIDE + beside.relativize(file) : file.toString();
		return path.replace(file.getFileSystem().getSeparator(), "/");
	}

	private String nameIn(Path directory) {
		String path = seenFrom(directory);
		String name = SnapshotDirectories.asFileName(path.startsWith(BESIDE) ? path.substring(BESIDE.length()) : path);
		return (name.length() <= MAX_NAME_LENGTH) ? name
				: UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
	}

	/**
	 * Record that the database has the directory, unless anything is recorded by now.
	 * @param known whether that is so, or nobody can know who has it
	 */
	void record(boolean known) throws IOException {
		write(record(), known ? text() : UNKNOWN, this.database);
	}

	/**
	 * Of two that come at once, one finds what the other has written. Both threads of one
	 * process and processes are kept apart, by a lock where the file system has any.
	 */
	private static synchronized void write(Path record, String text, Path model) throws IOException {
		try (FileChannel channel = OwnFile.openOrCreate(record)) {
			DurableFiles.giveToOwnerOf(record, model);
			lock(channel);
			if (!isComplete(channel)) {
				// New, or left by somebody who was killed or had no room.
				channel.truncate(0);
				ByteBuffer line = StandardCharsets.UTF_8.encode(text + LINE_END);
				while (line.hasRemaining()) {
					channel.write(line);
				}
				channel.force(true);
			}
		}
	}

	private static boolean isComplete(FileChannel channel) throws IOException {
		ByteBuffer last = ByteBuffer.allocate(1);
		return channel.size() > 0 && channel.read(last, channel.size() - 1) == 1 && last.get(0) == LINE_END.charAt(0);
	}

	/**
	 * Not without end, since a start may be waiting.
	 */
	private static void lock(FileChannel channel) throws IOException {
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (!tryLock(channel)) {
			if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
				throw new IOException("somebody else has it locked");
			}
			LockSupport.parkNanos(PAUSE.toNanos());
		}
	}

	private static boolean tryLock(FileChannel channel) throws IOException {
		try {
			return channel.tryLock() != null;
		}
		catch (OverlappingFileLockException ex) {
			// Another class loader of this process.
			return false;
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
	 * Return what is recorded, or {@code null} if nothing is.
	 */
	private @Nullable String recorded() {
		Path record = record();
		try {
			if (FileState.of(record, LinkOption.NOFOLLOW_LINKS).isMissing()) {
				return null;
			}
		}
		catch (IOException ex) {
			// The directory cannot be entered, which whoever needs it says.
			logger.debug("Could not look for {}", record, ex);
			return null;
		}
		try {
			String text = OwnFile.read(record, MAX_BYTES);
			// Until it is written, it is nobody's.
			return text.endsWith(LINE_END) ? text.substring(0, text.length() - LINE_END.length()) : null;
		}
		catch (NoSuchFileException ex) {
			return null;
		}
		catch (IOException ex) {
			throw new BackupException(
					"Whose the snapshots in " + this.directory + " are cannot be told: " + record + " cannot be read ("
							+ FileFailures.describe(ex) + ")",
					"Let this process read it and write to it, or move away what is not ours.", ex);
		}
	}

}
