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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

import dev.quartermaster.backup.PlannedRestoreName.Mark;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file with the restore that is planned for a database: hidden, in the directory that
 * was chosen for snapshots, {@code .quartermaster-restore-planned-<database>.json}.
 * <p>
 * It gets its name when it is whole and on disk. From then on it is only renamed, or
 * replaced by another whole one, which is done or not done, whenever the process is
 * killed:
 * <ul>
 * <li>{@code …-begun-…} before what is there is kept, and {@code …-writing-…} when that
 * is on disk and before the database is written to. In between it is replaced by one that
 * says what was kept.</li>
 * <li>{@code …-failed-…} if the restore was not carried out, which then gets the
 * reason,</li>
 * <li>and it is removed when it was.</li>
 * </ul>
 * Its name tells the database as it is seen from the directory, like a
 * {@link SnapshotOwner} does, and so does its content, so that both may be moved
 * together. It is found as well if only the directory was moved.
 */
final class PlannedRestoreFile {

	private static final Logger logger = LoggerFactory.getLogger(PlannedRestoreFile.class);

	/**
	 * The locks of files are those of the whole process.
	 */
	static final Object ONE_AT_A_TIME = new Object();

	private static final Duration PAUSE = Duration.ofMillis(20);

	private final Path directory;

	private final Path database;

	/**
	 * Create a new instance. Nothing is looked for yet.
	 * @param directory the directory, which need not exist
	 * @param database the file of the database, which need not exist either
	 */
	PlannedRestoreFile(Path directory, Path database) {
		this.directory = directory;
		this.database = database;
	}

	/**
	 * Return the file of a database. Where it is follows from the settings of the
	 * application alone: when it starts, it knows no other database yet.
	 */
	static PlannedRestoreFile of(BackupSettings settings, Path database) {
		return new PlannedRestoreFile(settings.directoryFor(database), database);
	}

	/**
	 * Return the planned restore, or the last one that was not carried out.
	 * @throws IOException if there is one and it cannot be read
	 */
	Optional<PlannedRestore> find() throws IOException {
		return read(names(Mark.values()));
	}

	/**
	 * Return the planned restore, unless it was not carried out.
	 * @throws IOException if there is one and it cannot be read
	 */
	Optional<PlannedRestore> findOpen() throws IOException {
		return read(opened());
	}

	private Optional<PlannedRestore> read(List<PlannedRestoreName> names) throws IOException {
		return names.isEmpty() ? Optional.empty() : Optional.of(PlannedRestoreJson.read(names.get(0).file())
			.toPlan(this.directory, this.database, names.get(0).mark().stage()));
	}

	/**
	 * Write a plan, unless there is one.
	 * @return whether it was written
	 */
	boolean write(PlannedRestore plan) throws IOException {
		if (!opened().isEmpty()) {
			return false;
		}
		new SnapshotDirectory(this.directory, this.database, Clock.systemUTC()).create();
		PlannedRestoreName name = new PlannedRestoreName(this.directory, databaseNames().iterator().next(),
				Mark.PLANNED);
		try (PartialFile staged = PlannedRestoreJson.of(plan, this.directory).stage(this.directory, this.database)) {
			if (!NewName.linkOrMove(staged.path(), name.file())) {
				return false;
			}
		}
		DurableFiles.flush(this.directory);
		return true;
	}

	/**
	 * Remove the plan, and what was not carried out.
	 * @return whether there was one of them
	 * @throws DatabaseBusyException if a start is carrying it out now
	 */
	boolean remove() throws IOException {
		synchronized (ONE_AT_A_TIME) {
			boolean removed = false;
			for (PlannedRestoreName name : names(Mark.values())) {
				removed |= remove(name);
			}
			if (removed) {
				DurableFiles.flush(this.directory);
			}
			return removed;
		}
	}

	private boolean remove(PlannedRestoreName name) throws IOException {
		try (HeldRestore held = tryToHold(name)) {
			if (held == null && name.isThere()) {
				throw new DatabaseBusyException("A start of the application is restoring " + this.database + " now",
						"Wait until it has ended. Its log says what came of it.", null);
			}
			return Files.deleteIfExists(name.file());
		}
		catch (FileSystemException ex) {
			// What is none of ours, or of another user, nobody can hold.
			logger.debug("{} is removed without a lock", name.file(), ex);
			return Files.deleteIfExists(name.file());
		}
	}

	/**
	 * Keep every other process from carrying the plan out. If one does so now, wait until
	 * it has ended.
	 * @param patience how long to wait for it
	 * @return the plan, to be closed, or {@code null} if there is none (any more), or the
	 * other process has not ended, which is said then
	 */
	@Nullable HeldRestore hold(Duration patience) throws IOException {
		boolean told = false;
		long start = System.nanoTime();
		while (true) {
			List<PlannedRestoreName> names = opened();
			if (names.isEmpty()) {
				return null;
			}
			HeldRestore held = tryToHold(names.get(0));
			if (held != null) {
				return held;
			}
			if (System.nanoTime() - start >= patience.toNanos()) {
				Warnings.warn(logger,
						"This start has not carried out the planned restore of {}, because another process has held {}"
								+ " for {} seconds. The plan stays. Find that process: it may be suspended.",
						this.database, names.get(0).file(), patience.toSeconds());
				return null;
			}
			if (!told && names.get(0).isThere()) {
				logger.info("Waiting for another process that is restoring {}", this.database);
				told = true;
			}
			LockSupport.parkNanos(PAUSE.toNanos());
			if (Thread.currentThread().isInterrupted()) {
				throw new IOException("the thread was interrupted");
			}
		}
	}

	/**
	 * Return the plan of a name if nobody else has it, and it is still the one of that
	 * name once it is locked.
	 */
	private @Nullable HeldRestore tryToHold(PlannedRestoreName name) throws IOException {
		FileChannel channel = null;
		try {
			Object content = contentOf(name.file());
			channel = OwnFile.openWhole(name.file(), PlannedRestoreJson.MAX_BYTES);
			if (LockAttempt.on(channel) != LockAttempt.HELD && content.equals(contentOf(name.file()))) {
				HeldRestore held = new HeldRestore(channel, name, this.database);
				channel = null;
				return held;
			}
			return null;
		}
		catch (NoSuchFileException ex) {
			return null;
		}
		finally {
			if (channel != null) {
				channel.close();
			}
		}
	}

	/**
	 * Return what tells a file from the one that had its name before. What it is shows
	 * when it is opened.
	 */
	private static Object contentOf(Path file) throws IOException {
		BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class,
				LinkOption.NOFOLLOW_LINKS);
		return Objects.requireNonNullElse(attributes.fileKey(), file);
	}

	/**
	 * Return the plan that was made for a database which is gone, if there is one of a
	 * name that this one may have: it may be the same, and have been moved.
	 * @return the file with the plan, or empty if there is none
	 */
	Optional<Path> ofDatabaseThatIsGone() throws IOException {
		for (String database : databaseNames()) {
			PlannedRestoreName name = new PlannedRestoreName(this.directory, database, Mark.PLANNED);
			if (name.isThere() && tryToRead(name).filter((json) -> json.isOfNone(this.directory)).isPresent()) {
				return Optional.of(name.file());
			}
		}
		return Optional.empty();
	}

	private List<PlannedRestoreName> opened() throws IOException {
		return names(Mark.WRITING, Mark.BEGUN, Mark.PLANNED);
	}

	/**
	 * Return the names of the files that there are. One has the name that is this
	 * database's alone, or says that it is of this one.
	 */
	private List<PlannedRestoreName> names(Mark... marks) throws IOException {
		List<PlannedRestoreName> found = new ArrayList<>();
		Set<String> databases = databaseNames();
		String own = databases.iterator().next();
		for (Mark mark : marks) {
			for (String database : databases) {
				PlannedRestoreName name = new PlannedRestoreName(this.directory, database, mark);
				if (name.isThere() && (database.equals(own) || isOfThis(name))) {
					found.add(name);
				}
			}
		}
		return found;
	}

	private boolean isOfThis(PlannedRestoreName name) {
		return tryToRead(name).filter((json) -> json.isOf(this.database, this.directory)).isPresent();
	}

	private static Optional<PlannedRestoreJson> tryToRead(PlannedRestoreName name) {
		try {
			return Optional.of(PlannedRestoreJson.read(name.file()));
		}
		catch (IOException ex) {
			logger.debug("{} is not read as a planned restore", name.file(), ex);
			return Optional.empty();
		}
	}

	private Set<String> databaseNames() {
		return SnapshotOwner.namesIn(this.directory, this.database);
	}

	/**
	 * Return the failure to read one.
	 */
	static BackupException unreadable(Path database, IOException ex) {
		return new BackupException(
				"It is unknown which restore of " + database + " is planned, because the file that says so cannot be"
						+ " read (" + FileFailures.describe(ex) + ")",
				"Let this process read the file, or take the plan back. No snapshot was removed.", ex);
	}

}
