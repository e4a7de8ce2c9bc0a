/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of the snapshots of a name in a directory, since their names do not tell
 * {@code app.db} from {@code app.sqlite}, nor from an {@code app.db} elsewhere.
 * <p>
 * The first database of a name that takes a snapshot in a directory has that name there.
 * An {@link OwnerRecord} says which one that is, by its path: relative to the directory
 * if it lies beside it or below that place, so that all may be moved together, and else
 * absolute. Any other database of the name has a subdirectory that is named after its
 * file, or its path if it lies elsewhere. Nothing is ever taken over: of a database whose
 * path changed a warning says so, with what to do.
 * <p>
 * To look makes no file. Only {@link #claim} does.
 */
final class SnapshotOwner {

	/**
	 * What is recorded when there were snapshots before and nobody can know whose.
	 */
	private static final String UNKNOWN = "?";

	private static final Logger logger = LoggerFactory.getLogger(SnapshotOwner.class);

	/**
	 * What the names of databases end in. Not what lies beside one: SQLite's locks on a
	 * {@code -shm} that the application has open would be gone when it is closed. Nor
	 * what people call a copy.
	 */
	private static final Pattern DATABASE = Pattern.compile("(?i)[^.]+|.*\\.(?:db3?|s3db|sl3|sqlite[23]?|sqlitedb)");

	private static final String BESIDE = "../";

	private static final int MAX_NAME_LENGTH = 200;

	/**
	 * The databases and directories that the log says it of already.
	 */
	private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

	private final Path directory;

	private final Path database;

	private final OwnerRecord record;

	/**
	 * Create a new instance.
	 * @param directory the directory where snapshots are to go, which need not exist
	 * @param database the file of the database, which need not exist either
	 */
	SnapshotOwner(Path directory, Path database) {
		this.directory = directory;
		this.database = database;
		this.record = new OwnerRecord(directory, SnapshotName.databaseOf(database));
	}

	/**
	 * Return the directory of the database's snapshots: this one, or a subdirectory if
	 * this one is another database's. The log says so once.
	 * @throws BackupException if it cannot be determined
	 */
	Path directory() {
		String owner = isNamedAfterDatabase() ? null : this.record.read();
		if (owner == null || owner.equals(text())) {
			return this.directory;
		}
		Path own = this.directory.resolve(nameIn(this.directory));
		if (LOGGED.add(this.database + " " + this.directory)) {
			log(owner, own);
		}
		return own;
	}

	private void log(String owner, Path own) {
		String names = SnapshotName.databaseOf(this.database) + "-*.db";
		if (owner.equals(UNKNOWN)) {
			Warnings.warn(logger,
					"It is unknown which database the snapshots {} in {} belong to, because some were there before"
							+ " this was recorded. The snapshots of {} now go to {}: move those that belong to it there."
							+ " If all of them do, replace the content of {} with this line: {}",
					names, this.directory, this.database, own, this.record.file(), text());
		}
		else if (isGone(owner)) {
			Warnings.warn(logger,
					"The snapshots {} in {} belong to {}, which no longer exists. They are not listed for {},"
							+ " whose snapshots go to {}. If it is the same database under a new path, remove {}.",
					names, this.directory, owner, this.database, own, this.record.file());
		}
		else {
			logger.info("The snapshots of {} go to {}, because the snapshots {} in {} belong to {}", this.database, own,
					names, this.directory, owner);
		}
	}

	private boolean isGone(String owner) {
		try {
			return FileState.of(RealPath.of(this.directory).resolve(owner)).isMissing();
		}
		catch (IOException | InvalidPathException ex) {
			// Then it is nowhere to be found from here.
			return true;
		}
	}

	/**
	 * Return whether the database is known to have the directory: that is recorded, or in
	 * its name.
	 * @throws BackupException if it cannot be determined
	 */
	boolean isThisDatabase() {
		return isNamedAfterDatabase() || text().equals(this.record.read());
	}

	/**
	 * See to it that a directory is that of its database's snapshots, from now on if it
	 * was nobody's. What was there before is the database's own, unless its tables say
	 * otherwise or another database may have left it.
	 * @param directory the directory, which exists
	 * @param tables tells the tables of the database; asked only if it matters
	 * @return whether it is
	 * @throws BackupException if that cannot be determined or recorded
	 */
	static boolean claim(SnapshotDirectory directory, Supplier<List<String>> tables) {
		SnapshotOwner owner = new SnapshotOwner(directory.path(), directory.database());
		if (!owner.isKnown()) {
			try {
				owner.record.write(owner.hasTaken(directory.list(), tables) ? owner.text() : UNKNOWN, owner.database);
			}
			catch (IOException ex) {
				throw DirectoryFailures.notWritable(directory.path(), ex);
			}
		}
		return owner.isThisDatabase();
	}

	private boolean isKnown() {
		return isNamedAfterDatabase() || this.record.read() != null;
	}

	private boolean hasTaken(List<Snapshot> snapshots, Supplier<List<String>> tables) {
		Optional<Snapshot> newest = snapshots.stream().filter((snapshot) -> !snapshot.live()).findFirst();
		return newest.isEmpty() || !mayHaveNamesake()
				&& !TableNames.areOfDifferentDatabases(tables.get(), TableNames.ofSnapshot(newest.get().file()));
	}

	private boolean mayHaveNamesake() {
		try {
			return hasNamesake(this.database);
		}
		catch (IOException ex) {
			logger.debug("The files beside {} could not be listed", this.database, ex);
			return true;
		}
	}

	/**
	 * Return whether another database beside one would have the same name for its
	 * snapshots. SQLite is asked what is a database, since the application may have it
	 * open.
	 */
	private static boolean hasNamesake(Path database) throws IOException {
		Path file = RealPath.of(database);
		String name = SnapshotName.databaseOf(file);
		try (DirectoryStream<Path> others = Files.newDirectoryStream(file.resolveSibling(""),
				(other) -> SnapshotName.databaseOf(other).equals(name)
						&& DATABASE.matcher(other.getFileName().toString()).matches()
						&& FileState.of(other).kind() == FileState.Kind.REGULAR)) {
			for (Path other : others) {
				if (!other.equals(file) && TableNames.areIn(other)) {
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
		Path real = RealPath.of(this.directory);
		Path parent = real.getParent();
		return parent != null && String.valueOf(real.getFileName()).equals(nameIn(parent));
	}

	/**
	 * Return what the record says if it is this database.
	 */
	private String text() {
		return seenFrom(this.directory);
	}

	/**
	 * Return the path of the database, as a directory of snapshots knows it.
	 */
	private String seenFrom(Path directory) {
		Path file = RealPath.of(this.database);
		Path beside = RealPath.of(directory).getParent();
		String path = (beside != null && file.startsWith(beside)) ? BESIDE + beside.relativize(file) : file.toString();
		return path.replace(file.getFileSystem().getSeparator(), "/");
	}

	private String nameIn(Path directory) {
		String path = seenFrom(directory);
		return asFileName(path.startsWith(BESIDE) ? path.substring(BESIDE.length()) : path);
	}

	/**
	 * Return the file names that a database may have in a directory: first the one that
	 * is its own there, then those that it would have in any other directory.
	 * @param directory the directory, which need not exist
	 * @param database the file of the database, which need not exist either
	 */
	static Set<String> namesIn(Path directory, Path database) {
		Set<String> names = new LinkedHashSet<>();
		names.add(new SnapshotOwner(directory, database).nameIn(directory));
		String path = RealPath.of(database).toString().replace(database.getFileSystem().getSeparator(), "/");
		for (int slash = path.lastIndexOf('/'); slash >= 0; slash = path.lastIndexOf('/', slash - 1)) {
			names.add(asFileName(path.substring(slash + 1)));
		}
		names.add(asFileName(path));
		return names;
	}

	private static String asFileName(String path) {
		String name = SnapshotDirectories.asFileName(path);
		return (name.length() <= MAX_NAME_LENGTH) ? name
				: UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
	}

}
