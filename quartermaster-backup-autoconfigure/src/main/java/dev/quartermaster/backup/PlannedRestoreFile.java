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
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
 * It gets its name when it is whole and on disk. From then on it is only renamed, which
 * takes no space and is done or not done, whenever the process is killed:
 * <ul>
 * <li>{@code …-begun-…} before the database is touched, or {@code …-filling-…} if there
 * is no data in that,</li>
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
		return read(open());
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
		if (!open().isEmpty()) {
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
	 * Take a plan back that no start has begun, and what was not carried out.
	 * @return whether there was one of them
	 */
	boolean remove() throws IOException {
		boolean removed = false;
		for (PlannedRestoreName name : names(Mark.PLANNED, Mark.FAILED)) {
			removed |= Files.deleteIfExists(name.file());
		}
		if (removed) {
			DurableFiles.flush(this.directory);
		}
		return removed;
	}

	/**
	 * Keep every other process from carrying the plan out. If one does so now, wait until
	 * it has ended.
	 * @return the plan, to be closed, or {@code null} if there is none (any more)
	 */
	@Nullable HeldRestore hold() throws IOException {
		boolean told = false;
		while (true) {
			List<PlannedRestoreName> names = open();
			if (names.isEmpty()) {
				return null;
			}
			FileChannel channel = open(names.get(0).file());
			if (channel != null && LockAttempt.on(channel) != LockAttempt.HELD && names.get(0).isThere()) {
				return new HeldRestore(channel, names.get(0), this.database);
			}
			if (channel != null) {
				channel.close();
				if (!told) {
					logger.info("Waiting for another process that is restoring {}", this.database);
					told = true;
				}
			}
			LockSupport.parkNanos(PAUSE.toNanos());
			if (Thread.currentThread().isInterrupted()) {
				throw new IOException("the thread was interrupted");
			}
		}
	}

	private static @Nullable FileChannel open(Path file) throws IOException {
		try {
			return OwnFile.open(file);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
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

	private List<PlannedRestoreName> open() throws IOException {
		return names(Mark.FILLING, Mark.BEGUN, Mark.PLANNED);
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
	 * Return the file of the snapshot that a planned restore of a database needs, for
	 * those who must not be wrong about it.
	 * @param directory the directory of the snapshots, or what is below the one that was
	 * chosen for them
	 * @param database the file of the database
	 * @throws BackupException if there may be one, but it cannot be read
	 */
	static Optional<Path> snapshotNeeded(Path directory, Path database) {
		try {
			Optional<PlannedRestore> plan = new PlannedRestoreFile(directory, database).findOpen();
			if (plan.isEmpty() && directory.getParent() != null) {
				plan = new PlannedRestoreFile(directory.getParent(), database).findOpen();
			}
			return plan.map(PlannedRestore::snapshot);
		}
		catch (IOException ex) {
			throw unreadable(database, ex);
		}
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
