/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/**
 * The file of a live database, and what lies beside it. Replaced where it cannot be
 * restored by way of SQLite, because it is not there or is not a database any more. Never
 * opened here but by SQLite, only linked and renamed.
 */
final class DatabaseFile {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseFile.class);

	/**
	 * What SQLite keeps beside a database. Left beside another one, it would corrupt it.
	 */
	private static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");

	private static final List<String> ALL = List.of("", "-wal", "-shm", "-journal");

	private static final long JOURNAL_MAGIC = 0xd9d505f920a163d7L;

	/**
	 * Where a journal says how many pages the database had before.
	 */
	private static final int JOURNAL_INITIAL_PAGES = 16;

	private static final int JOURNAL_HEADER = 20;

	private final Path path;

	private DatabaseFile(Path path) {
		this.path = path;
	}

	/**
	 * Return the file of a database. Where that is a link, it is the file that the link
	 * leads to, whether or not there is one: SQLite has the companions beside that.
	 */
	static DatabaseFile of(Path path) throws IOException {
		return new DatabaseFile(SymbolicLinks.follow(path));
	}

	/**
	 * Return where it is, or would be: no link.
	 */
	Path path() {
		return this.path;
	}

	/**
	 * Return whether SQLite may look at a database, as {@link #mayBeOpened()}.
	 */
	static boolean mayBeOpened(Path database) {
		try {
			return of(database).mayBeOpened();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Check that SQLite may look at a database.
	 * @throws NotADatabaseException if it may not
	 */
	static void requireDatabase(LiveDatabase database) {
		if (!mayBeOpened(database.file())) {
			throw SqliteFailures.notADatabase(database, null, null);
		}
	}

	/**
	 * Return whether SQLite may look at it. If it is missing, or its first bytes are
	 * gone, SQLite cannot make anything of the companions, but would remove them.
	 * @throws BackupException if it cannot be looked at, or is no file at all
	 */
	boolean mayBeOpened() {
		FileState state = FileState.ofDatabase(this.path);
		if (state.isMissing()) {
			return false;
		}
		if (state.isEmpty()) {
			return COMPANIONS.stream()
				.allMatch((companion) -> FileState.ofDatabase(sibling(this.path, companion)).isEmpty());
		}
		try (SQLiteConnection connection = SqliteConnections.openImmutable(this.path);
				Statement statement = connection.createStatement()) {
			statement.executeQuery("PRAGMA schema_version").close();
			return true;
		}
		catch (SQLException ex) {
			return !SqliteFailures.is(ex, SQLiteErrorCode.SQLITE_NOTADB);
		}
	}

	/**
	 * Check that nothing is left of a database that is gone: a write-ahead log or a
	 * journal with what was in it, which SQLite removes as soon as it opens a file that
	 * is not there or has no bytes. If there is, it is kept beside it under a name of its
	 * own.
	 * @param database the file of the database
	 * @param now for the name
	 * @throws OrphanedJournalException if there is, which says what was kept
	 */
	static void requireNoOrphan(Path database, LocalDateTime now) {
		if (!FileState.ofDatabase(database).isEmpty()) {
			return;
		}
		try {
			DatabaseFile file = of(database);
			List<String> orphans = file.orphans();
			Path aside = !orphans.isEmpty() ? file.setAside(orphans, now) : null;
			if (aside != null) {
				throw orphaned(database, orphans, aside);
			}
		}
		catch (IOException ex) {
			throw new OrphanedJournalException(
					"The database " + database
							+ " is gone or empty, and what is left of it beside it could not be kept ("
							+ FileFailures.describe(ex) + ")",
					"SQLite removes that when the database is opened: stop the application, and copy " + database
							+ "-wal and " + database + "-journal first.",
					ex);
		}
	}

	private static OrphanedJournalException orphaned(Path database, List<String> orphans, Path aside) {
		String kept = orphans.stream()
			.map((suffix) -> String.valueOf(sibling(aside, suffix)))
			.collect(Collectors.joining(" and "));
		return new OrphanedJournalException(
				"The database " + database + " is gone or empty, but beside it lay what was written to it last, which"
						+ " SQLite would have removed; that is kept as " + kept,
				"If the file of the database is elsewhere, stop the application, put that file in the place of " + aside
						+ ", and open it there: both together are the database. Otherwise restore a snapshot.",
				null);
	}

	/**
	 * Return which companions hold something that belongs to a file that is gone.
	 */
	private List<String> orphans() throws IOException {
		List<String> orphans = new ArrayList<>();
		if (!FileState.ofDatabase(sibling(this.path, "-wal")).isEmpty()) {
			orphans.add("-wal");
		}
		Path journal = sibling(this.path, "-journal");
		if (!FileState.ofDatabase(journal).isEmpty() && holdsPages(journal)) {
			orphans.add("-journal");
		}
		return orphans;
	}

	/**
	 * Return whether a rollback journal is that of a transaction that was not finished,
	 * on a database that had pages. The first transaction of all has a journal, too, and
	 * may be under way.
	 * @see <a href="https://www.sqlite.org/fileformat2.html#the_rollback_journal">The
	 * rollback journal</a>
	 */
	private static boolean holdsPages(Path journal) throws IOException {
		ByteBuffer header = ByteBuffer.allocate(JOURNAL_HEADER);
		try (FileChannel channel = FileChannel.open(journal, StandardOpenOption.READ)) {
			while (header.hasRemaining() && channel.read(header) >= 0) {
				// There may be less of it.
			}
		}
		catch (NoSuchFileException ex) {
			// The transaction has ended.
			return false;
		}
		return !header.hasRemaining() && header.getLong(0) == JOURNAL_MAGIC
				&& header.getInt(JOURNAL_INITIAL_PAGES) != 0;
	}

	/**
	 * What is kept is kept, whether or not this fails.
	 */
	private void flushRemoval(Path aside) {
		try {
			DurableFiles.flush(directory());
		}
		catch (IOException ex) {
			logger.warn("What was beside {} is kept as {}, but that it is gone could not be flushed to disk ({})."
					+ " Check the disk.", this.path, aside, FileFailures.describe(ex));
		}
	}

	private @Nullable Path setAside(List<String> companions, LocalDateTime now) throws IOException {
		for (int attempt = 1;; attempt++) {
			Path aside = SnapshotName.setAside(this.path, now, attempt);
			if (present(aside).isEmpty()) {
				try {
					if (keep(companions, aside)) {
						// Before anything is removed.
						DurableFiles.flush(directory());
						for (String companion : companions) {
							Files.deleteIfExists(sibling(this.path, companion));
						}
						flushRemoval(aside);
						return aside;
					}
				}
				catch (NoSuchFileException ex) {
					// Another process was faster, and says so.
					return null;
				}
			}
		}
	}

	/**
	 * Return whether what lies beside the file shows that it was in WAL mode, or
	 * {@code null} if that does not tell.
	 */
	@Nullable Boolean leftWriteAheadLog() {
		if (!FileState.ofDatabase(sibling(this.path, "-wal")).isMissing()
				|| !FileState.ofDatabase(sibling(this.path, "-shm")).isMissing()) {
			return true;
		}
		return FileState.ofDatabase(sibling(this.path, "-journal")).isEmpty() ? null : false;
	}

	/**
	 * Replace the file, if there is one, with a copy of a snapshot.
	 * @param snapshot the snapshot, which stays where it is
	 * @param writeAheadLog whether it shall be in WAL mode
	 * @param now for the name that what is there now gets, with its companions
	 * @return that name, or {@code null} if there was nothing to set aside
	 */
	@Nullable Path replace(Path snapshot, boolean writeAheadLog, LocalDateTime now) throws IOException {
		Path directory = directory();
		Files.createDirectories(directory);
		PartialFile.removeAbandoned(directory);
		try (PartialFile partial = PartialFile.create(directory,
				FileState.of(this.path).isMissing() ? directory : this.path)) {
			copy(snapshot, partial.path());
			DatabaseHeader.settle(partial.path(), writeAheadLog);
			DurableFiles.flush(partial.path());
			takeOver(partial.path());
			Path aside = keep(now);
			if (aside != null) {
				DurableFiles.flush(directory);
				for (String companion : COMPANIONS) {
					Files.deleteIfExists(sibling(this.path, companion));
				}
				DurableFiles.flush(directory);
			}
			Files.move(partial.path(), this.path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
			flushNames(directory, aside);
			return aside;
		}
	}

	/**
	 * From here on it is restored, so that to fail would be to deny it.
	 */
	private void flushNames(Path directory, @Nullable Path aside) {
		try {
			DurableFiles.flush(directory);
		}
		catch (IOException ex) {
			logger.warn(
					"The database {} was restored, but its directory could not be flushed to disk ({})."
							+ " Until the system does so, a power cut could {}. Check the disk.",
					this.path, FileFailures.describe(ex),
					(aside != null) ? "leave it as it was, or under the name " + aside + " only" : "undo that");
		}
	}

	/**
	 * Copy a snapshot beside the database, to be restored from there. Not flushed, since
	 * nothing is left of it.
	 * @param snapshot the snapshot
	 * @return the copy, with a rollback journal, to be closed
	 */
	PartialFile stage(Path snapshot) throws IOException {
		PartialFile partial = PartialFile.create(directory(), this.path);
		try {
			copy(snapshot, partial.path());
			DatabaseHeader.settle(partial.path());
			return partial;
		}
		catch (Throwable ex) {
			partial.close();
			throw ex;
		}
	}

	/**
	 * Remove what a restore left that was killed. That it cannot be done is no failure.
	 */
	void removeAbandoned() {
		try {
			PartialFile.removeAbandoned(directory());
		}
		catch (IOException ex) {
			logger.debug("Ignored beside {}", this.path, ex);
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
		boolean exists = !FileState.of(this.path).isMissing();
		Path model = exists ? this.path : directory();
		PosixFileAttributes attributes = DurableFiles.attributes(model);
		if (attributes == null) {
			return;
		}
		if (exists) {
			Files.setPosixFilePermissions(file, attributes.permissions());
		}
		if (!DurableFiles.giveToOwnerOf(file, model)) {
			logger.warn("The restored database {} belongs to {}, not to {}: see that the application may open it.",
					this.path, Files.getOwner(file).getName(), attributes.owner().getName());
		}
	}

	/**
	 * Keep all that there is under another name, so that nothing is lost whenever the
	 * process is killed.
	 */
	private @Nullable Path keep(LocalDateTime now) throws IOException {
		List<String> present = present(this.path);
		for (int attempt = 1; !present.isEmpty(); attempt++) {
			Path aside = SnapshotName.setAside(this.path, now, attempt);
			if (present(aside).isEmpty() && keep(present, aside)) {
				return sibling(aside, present.get(0));
			}
		}
		return null;
	}

	/**
	 * Return which of a database and its companions there are, of whatever kind.
	 */
	private static List<String> present(Path database) throws IOException {
		List<String> present = new ArrayList<>();
		for (String suffix : ALL) {
			if (!FileState.of(sibling(database, suffix), LinkOption.NOFOLLOW_LINKS).isMissing()) {
				present.add(suffix);
			}
		}
		return present;
	}

	private boolean keep(List<String> suffixes, Path aside) throws IOException {
		boolean begun = false;
		for (String suffix : suffixes) {
			try {
				keep(sibling(this.path, suffix), sibling(aside, suffix));
				begun = true;
			}
			catch (FileAlreadyExistsException ex) {
				if (begun) {
					throw ex;
				}
				// Somebody else was faster with this name.
				return false;
			}
		}
		return true;
	}

	private static void keep(Path file, Path aside) throws IOException {
		try {
			Files.createLink(aside, file);
		}
		catch (FileAlreadyExistsException ex) {
			throw ex;
		}
		catch (FileSystemException ex) {
			// No hard links on this file system.
			Files.move(file, aside);
		}
	}

	private static Path sibling(Path file, String suffix) {
		return file.resolveSibling(file.getFileName() + suffix);
	}

}
