/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record that a database is being copied before its schema changes: a hidden file in
 * the backup directory, {@code .quartermaster-copying-<file name of the database>}, which
 * goes when the copy ends in any way but that its process is killed. Its only line is how
 * many copies were killed before this one, and the name of this one's partial file.
 * <p>
 * So whoever comes next knows of starts that are killed again and again, because the copy
 * takes longer than the start may, and says so before the next copy: there may never be a
 * start that comes to its end. Nothing else depends on the record, so that one that
 * cannot be written or read is no failure.
 */
final class CopyRecord {

	private static final Logger logger = LoggerFactory.getLogger(CopyRecord.class);

	private static final String PREFIX = OwnFile.PREFIX + "copying-";

	private static final Pattern LINE = Pattern
		.compile("(\\d{1,6}) (" + Pattern.quote(OwnFile.PREFIX) + "\\d+-\\d+-[0-9a-f-]{36})\n");

	private static final int MAX_BYTES = 256;

	/**
	 * The record of a copy that nobody starts again.
	 */
	static final CopyRecord NONE = new CopyRecord(null, Path.of(""));

	private final @Nullable Path file;

	private final Path database;

	/**
	 * The lock of the partial file that is recorded.
	 */
	private @Nullable Path lock;

	private KilledCopies killed = KilledCopies.NONE;

	private boolean begun;

	private CopyRecord(@Nullable Path file, Path database) {
		this.file = file;
		this.database = database;
	}

	/**
	 * Return the record of the next copy, with what another process left of its own. To
	 * be called before the partial file of that is removed: how far it had come tells how
	 * long a copy takes.
	 * @param directory where the snapshots are, which need not exist
	 */
	static CopyRecord in(SnapshotDirectory directory) {
		Path database = directory.database();
		Path file = directory.path().resolve(PREFIX + database.getFileName());
		CopyRecord record = new CopyRecord(file, database);
		try {
			record.read(file);
		}
		catch (NoSuchFileException ex) {
			// The last copy came to its end.
		}
		catch (IOException ex) {
			logger.debug("{} could not be read", file, ex);
		}
		return record;
	}

	private void read(Path file) throws IOException {
		Matcher line = LINE.matcher(OwnFile.read(file, MAX_BYTES));
		if (line.matches()) {
			String name = line.group(2);
			Path partial = file.resolveSibling(name + PartialFile.PARTIAL);
			this.lock = file.resolveSibling(name + PartialFile.LOCK);
			this.killed = new KilledCopies(Integer.parseInt(line.group(1)) + 1, size(partial), lasted(file, partial));
		}
	}

	/**
	 * The copy begins. Warns if several before it were killed.
	 * @param partial what it is written to
	 * @param size how large it is going to be, in bytes
	 */
	void begin(PartialFile partial, long size) {
		Path record = this.file;
		if (record == null) {
			return;
		}
		try {
			Path other = this.lock;
			if (other != null && !FileState.of(other, LinkOption.NOFOLLOW_LINKS).isMissing()) {
				// Those of dead processes are gone by now: this one is copying, too.
				return;
			}
			if (this.killed.areSeveral()) {
				warn(size);
			}
			String name = partial.path().getFileName().toString();
			write(record,
					this.killed.count() + " " + name.substring(0, name.length() - PartialFile.PARTIAL.length()) + "\n");
		}
		catch (IOException ex) {
			logger.debug("{} could not be written", record, ex);
		}
	}

	private void warn(long size) {
		Warnings.warn(logger,
				"The process was killed the last {} times that it copied {} before a change of its schema.{} If it is"
						+ " killed because its start takes too long, give it more time: with Kubernetes, add a"
						+ " startupProbe or raise its failureThreshold; with systemd, raise TimeoutStartSec; with"
						+ " Docker, raise start_period of the health check."
						+ " To turn off this warning, set quartermaster.backup.check-environment=false.",
				this.killed.count(), this.database, this.killed.describeTime(size));
	}

	private void write(Path record, String line) throws IOException {
		try (FileChannel channel = OwnFile.openOrCreate(record)) {
			this.begun = true;
			DurableFiles.giveToOwnerOf(record, this.database);
			channel.truncate(0);
			ByteBuffer content = StandardCharsets.UTF_8.encode(line);
			while (content.hasRemaining()) {
				channel.write(content);
			}
		}
	}

	/**
	 * The copy came to its end, good or bad.
	 */
	void end() {
		Path record = this.file;
		if (record == null || !this.begun) {
			return;
		}
		try {
			Files.deleteIfExists(record);
		}
		catch (IOException ex) {
			logger.debug("{} could not be removed", record, ex);
		}
	}

	private static long size(Path partial) throws IOException {
		return FileState.of(partial, LinkOption.NOFOLLOW_LINKS).size();
	}

	private static Duration lasted(Path record, Path partial) throws IOException {
		if (FileState.of(partial, LinkOption.NOFOLLOW_LINKS).isMissing()) {
			return Duration.ZERO;
		}
		return Duration.between(Files.getLastModifiedTime(record, LinkOption.NOFOLLOW_LINKS).toInstant(),
				Files.getLastModifiedTime(partial, LinkOption.NOFOLLOW_LINKS).toInstant());
	}

}
