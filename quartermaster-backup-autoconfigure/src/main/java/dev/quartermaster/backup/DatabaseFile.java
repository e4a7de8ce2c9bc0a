/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a live database, and its companions: what SQLite keeps beside it. Never
 * opened here, only linked and renamed.
 */
final class DatabaseFile {

	/**
	 * What SQLite keeps beside a database. Left beside another one, it would corrupt it.
	 */
	static final List<String> COMPANIONS = List.of("-wal", "-shm", "-journal");

	private static final Logger logger = LoggerFactory.getLogger(DatabaseFile.class);

	private static final List<String> PARTS = List.of("", "-wal", "-shm", "-journal");

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
	 * Return the directory that it is in.
	 */
	Path directory() {
		Path parent = this.path.getParent();
		return (parent != null) ? parent : this.path;
	}

	/**
	 * Return where a companion is, or would be.
	 * @param suffix what its name has more than that of the database
	 */
	Path companion(String suffix) {
		return companion(this.path, suffix);
	}

	static Path companion(Path database, String suffix) {
		return database.resolveSibling(database.getFileName() + suffix);
	}

	/**
	 * Return the journal mode that what lies beside the file shows.
	 */
	JournalMode journalMode() {
		if (!FileState.ofDatabase(companion("-wal")).isMissing()
				|| !FileState.ofDatabase(companion("-shm")).isMissing()) {
			return JournalMode.WRITE_AHEAD_LOG;
		}
		return FileState.ofDatabase(companion("-journal")).isEmpty() ? JournalMode.UNKNOWN
				: JournalMode.ROLLBACK_JOURNAL;
	}

	/**
	 * Return which of the database and its companions there are, of whatever kind: the
	 * suffixes of their names, first that of the database, which is empty.
	 */
	List<String> parts() throws IOException {
		return parts(this.path);
	}

	private static List<String> parts(Path database) throws IOException {
		List<String> parts = new ArrayList<>();
		for (String suffix : PARTS) {
			if (!FileState.of(companion(database, suffix), LinkOption.NOFOLLOW_LINKS).isMissing()) {
				parts.add(suffix);
			}
		}
		return parts;
	}

	/**
	 * Give parts of it one more name each, beside it. Nothing is flushed.
	 * @param parts the suffixes of their names
	 * @param now for the name
	 * @return the name that the database itself has among them, or would have
	 */
	Path setAside(List<String> parts, LocalDateTime now) throws IOException {
		for (int attempt = 1;; attempt++) {
			Path aside = SnapshotName.setAside(this.path, now, attempt);
			if (parts(aside).isEmpty() && keep(parts, aside)) {
				return aside;
			}
		}
	}

	private boolean keep(List<String> parts, Path aside) throws IOException {
		boolean begun = false;
		for (String part : parts) {
			try {
				keep(companion(part), companion(aside, part));
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

	/**
	 * Copy a snapshot beside the database, to be restored from there. Not flushed.
	 * @param snapshot the snapshot
	 * @param writeAheadLog whether the copy shall be in WAL mode
	 * @return the copy, to be closed
	 */
	PartialFile stage(Path snapshot, boolean writeAheadLog) throws IOException {
		PartialFile partial = PartialFile.create(directory(),
				FileState.of(this.path).isMissing() ? directory() : this.path);
		try {
			partial.fillWith(snapshot);
			DatabaseHeader.setWriteAheadLog(partial.path(), writeAheadLog);
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
			AbandonedFiles.removeFrom(directory());
		}
		catch (IOException ex) {
			logger.debug("Ignored beside {}", this.path, ex);
		}
	}

}
