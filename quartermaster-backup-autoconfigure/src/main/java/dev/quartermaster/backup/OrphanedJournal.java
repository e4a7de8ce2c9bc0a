/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal that is left of a database whose file is gone or has no bytes: a
 * write-ahead log or a rollback journal with what was in it. SQLite removes that as soon
 * as it opens the file, so it is kept before under a name of its own.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#the_rollback_journal">The
 * rollback journal</a>
 */
final class OrphanedJournal {

	private static final Logger logger = LoggerFactory.getLogger(OrphanedJournal.class);

	private static final String WRITE_AHEAD_LOG = "-wal";

	private static final String ROLLBACK_JOURNAL = "-journal";

	private static final long JOURNAL_MAGIC = 0xd9d505f920a163d7L;

	/**
	 * Where a journal says how many pages the database had before.
	 */
	private static final int JOURNAL_INITIAL_PAGES = 16;

	private static final int JOURNAL_HEADER = 20;

	private final Path database;

	private final DatabaseFile file;

	private final List<String> companions;

	private OrphanedJournal(Path database, DatabaseFile file, List<String> companions) {
		this.database = database;
		this.file = file;
		this.companions = companions;
	}

	/**
	 * Check that nothing is left of a database that is gone. If there is something, it is
	 * kept beside it.
	 * @param database the file of the database
	 * @param now for the name of what is kept
	 * @throws OrphanedJournalException if there was something, which says what was kept
	 */
	static void requireNone(Path database, LocalDateTime now) {
		if (!FileState.ofDatabase(database).isEmpty()) {
			return;
		}
		try {
			DatabaseFile file = DatabaseFile.of(database);
			OrphanedJournal orphan = new OrphanedJournal(database, file, companionsOfMissing(file));
			Path aside = !orphan.companions.isEmpty() ? orphan.keep(now) : null;
			if (aside != null) {
				throw orphan.kept(aside);
			}
		}
		catch (IOException ex) {
			throw new OrphanedJournalException(
					"The database " + database
							+ " is missing or empty, and the journal left beside it could not be kept ("
							+ FileFailures.describe(ex) + ")",
					"SQLite deletes the journal when it opens the database. Stop the application first, and copy "
							+ database + "-wal and " + database + "-journal to another directory.",
					ex);
		}
	}

	/**
	 * Return which companions hold something that belongs to a file that is gone.
	 */
	private static List<String> companionsOfMissing(DatabaseFile file) throws IOException {
		List<String> companions = new ArrayList<>();
		if (!FileState.ofDatabase(file.companion(WRITE_AHEAD_LOG)).isEmpty()) {
			companions.add(WRITE_AHEAD_LOG);
		}
		Path journal = file.companion(ROLLBACK_JOURNAL);
		if (!FileState.ofDatabase(journal).isEmpty() && holdsPages(journal)) {
			companions.add(ROLLBACK_JOURNAL);
		}
		return companions;
	}

	/**
	 * Return whether a rollback journal is that of a transaction that was not finished,
	 * on a database that had pages. The first transaction of all has a journal, too, and
	 * may be under way.
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
	 * Keep it, which is on disk before anything is removed.
	 * @return the name that the database would have with it, or {@code null} if another
	 * process was faster, which says so
	 */
	private @Nullable Path keep(LocalDateTime now) throws IOException {
		try {
			Path aside = this.file.setAside(this.companions, now);
			DurableFiles.flush(this.file.directory());
			for (String companion : this.companions) {
				Files.deleteIfExists(this.file.companion(companion));
			}
			flushRemoval(aside);
			return aside;
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	/**
	 * What is kept is kept, whether or not this fails.
	 */
	private void flushRemoval(Path aside) {
		try {
			DurableFiles.flush(this.file.directory());
		}
		catch (IOException ex) {
			Warnings.warn(logger,
					"The journal beside {} was moved to {}, but the move could not be flushed to disk ({})."
							+ " Check the disk.",
					this.file.path(), aside, FileFailures.describe(ex));
		}
	}

	private OrphanedJournalException kept(Path aside) {
		String kept = this.companions.stream()
			.map((companion) -> String.valueOf(DatabaseFile.companion(aside, companion)))
			.collect(Collectors.joining(" and "));
		return new OrphanedJournalException(
				"The database " + this.database
						+ " is missing or empty, but its journal with the last changes was still there."
						+ " SQLite would have deleted it, so it was kept as " + kept,
				"If the database file is somewhere else, stop the application, copy the file to " + aside
						+ ", and open it there: it is complete only together with the journal."
						+ " Otherwise restore a snapshot.",
				null);
	}

}
