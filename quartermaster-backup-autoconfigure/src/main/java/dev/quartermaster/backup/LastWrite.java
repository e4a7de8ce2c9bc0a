/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last write to a database, as the file system knows it. It costs nothing to ask for,
 * and no connection that would keep others from changing the journal mode.
 *
 * @param database when the file was last written, and its size
 * @param writeAheadLog the same for the write-ahead log, or {@code null} if there is
 * nothing in it
 * @param seen when this was determined
 */
public record LastWrite(Mark database, @Nullable Mark writeAheadLog, Instant seen) {

	private static final Logger logger = LoggerFactory.getLogger(LastWrite.class);

	/**
	 * The clock of a file system may stand still for some milliseconds. A write that
	 * comes right after another may bear the same time.
	 */
	private static final Duration TICK = Duration.ofMillis(100);

	private static final Mark UNKNOWN = new Mark(Instant.MAX, -1);

	/**
	 * Determine the last write to a database.
	 * @param database the file of the database
	 * @return the last write; if it cannot be determined, one of which nothing is known
	 */
	public static LastWrite of(Path database) {
		Path file = SymbolicLinks.target(database);
		Instant seen = Instant.now();
		try {
			Mark writeAheadLog = Mark.of(file.resolveSibling(file.getFileName() + "-wal"));
			Mark mark = Mark.of(file);
			return new LastWrite((mark != null) ? mark : new Mark(Instant.EPOCH, 0), writeAheadLog, seen);
		}
		catch (IOException ex) {
			logger.debug("The last write to {} could not be determined", database, ex);
			return new LastWrite(UNKNOWN, null, seen);
		}
	}

	/**
	 * Return whether nothing can have been written since an earlier look.
	 * @param earlier what was determined then
	 * @return {@code false} as well if that cannot be known
	 */
	public boolean isStill(LastWrite earlier) {
		return this.database.equals(earlier.database) && Objects.equals(this.writeAheadLog, earlier.writeAheadLog)
				&& earlier.database.isBefore(earlier.seen)
				&& (earlier.writeAheadLog == null || earlier.writeAheadLog.isBefore(earlier.seen));
	}

	/**
	 * Return whether something was plainly written since an earlier look.
	 * @param earlier what was determined then
	 * @return {@code false} as well if that cannot be known
	 */
	public boolean isPlainlyAfter(LastWrite earlier) {
		return !this.database.equals(UNKNOWN) && !earlier.database.equals(UNKNOWN)
				&& (!this.database.equals(earlier.database)
						|| !Objects.equals(this.writeAheadLog, earlier.writeAheadLog));
	}

	/**
	 * What shows that a file was written.
	 *
	 * @param time when it was last written
	 * @param size how many bytes it has
	 */
	record Mark(Instant time, long size) {

		static @Nullable Mark of(Path file) throws IOException {
			try {
				BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
				return (attributes.size() > 0) ? new Mark(attributes.lastModifiedTime().toInstant(), attributes.size())
						: null;
			}
			catch (NoSuchFileException ex) {
				return null;
			}
		}

		boolean isBefore(Instant seen) {
			return this.time.isBefore(seen.minus(TICK));
		}

	}

}
