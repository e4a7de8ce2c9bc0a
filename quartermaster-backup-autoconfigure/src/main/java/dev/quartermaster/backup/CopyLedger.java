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
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger of the copies of a database's snapshots elsewhere: a hidden file in the
 * backup directory, {@code .quartermaster-copied-<file name of the database>}, with a
 * line for each copy. So it is known from the disk what is pending, and where each
 * snapshot is, without asking any place.
 * <p>
 * A line is added when a copy is whole, and never before. One that is lost, or was not
 * written to its end, costs that the place is asked once more. For each place there is a
 * first line that says from which snapshot on it gets copies, so that a place which is
 * new does not get all that was taken in years. Without the whole file, a place is like a
 * new one.
 */
public final class CopyLedger {

	private static final Logger logger = LoggerFactory.getLogger(CopyLedger.class);

	private static final String PREFIX = OwnFile.PREFIX + "copied-";

	private static final int MAX_BYTES = 64 * 1024 * 1024;

	/**
	 * So many lines more than there are snapshots are not worth a new file.
	 */
	private static final int SPARE_LINES = 500;

	private static final byte LINE_END = '\n';

	private final Path file;

	private final Path database;

	/**
	 * Create a new instance. Nothing is read yet.
	 * @param backups the service of the database
	 */
	public CopyLedger(SqliteBackupService backups) {
		this.database = backups.database();
		this.file = backups.directory().resolve(PREFIX + this.database.getFileName());
	}

	/**
	 * Read it, to show it.
	 * @return what is recorded, which is nothing if it cannot be read
	 */
	public CopyEntries read() {
		try {
			return readWhole();
		}
		catch (IOException ex) {
			logger.debug("{} cannot be read", this.file, ex);
			return new CopyEntries(List.of());
		}
	}

	/**
	 * Read it, to go by it.
	 * @return what is recorded
	 * @throws BackupException if it cannot be read: it is unknown then whether a place
	 * got copies before
	 */
	public CopyEntries require() {
		try {
			return readWhole();
		}
		catch (IOException ex) {
			throw new BackupException(
					"The record of copies " + this.file + " cannot be read (" + FileFailures.describe(ex)
							+ "), so that nothing is copied elsewhere",
					"Give this process access to it. Only if it is damaged, remove it: then each place gets the newest"
							+ " snapshot and those that come after it, like a new one.",
					ex);
		}
	}

	private CopyEntries readWhole() throws IOException {
		List<CopyEntry> entries = new ArrayList<>();
		try {
			OwnFile.readWhole(this.file, MAX_BYTES)
				.lines()
				.forEach((line) -> CopyEntry.parse(line).ifPresent(entries::add));
		}
		catch (NoSuchFileException ex) {
			// There are no copies yet.
		}
		return new CopyEntries(entries);
	}

	/**
	 * Record which directory it is that gets the copies. If it was another one before,
	 * this one has none of them.
	 * @param place the place
	 * @param identity its identity, or nothing if it has none
	 * @return whether it is another one than before, or nothing was known of it
	 * @throws BackupException if that cannot be recorded
	 */
	public boolean identify(String place, String identity) {
		CopyEntries content = require();
		if (identity.isEmpty() || !content.isKnown(place)
				|| content.identity(place).filter(identity::equals).isPresent()) {
			return false;
		}
		add(CopyEntry.marked(place, identity));
		return true;
	}

	/**
	 * Return what is recorded, after recording, the first time, from which snapshot on a
	 * place gets copies: the newest that may be gone back to, or the first of those taken
	 * since a time, if that is an older one.
	 * @param place the place
	 * @param newestFirst the snapshots that there are, newest first
	 * @param since the time
	 * @return what is recorded
	 * @throws BackupException if that cannot be recorded
	 */
	public CopyEntries begin(String place, List<Snapshot> newestFirst, Instant since) {
		CopyEntries content = require();
		if (content.isKnown(place) || newestFirst.isEmpty()) {
			return content;
		}
		Snapshot newest = newest(newestFirst).orElseThrow();
		Snapshot first = newestFirst.stream()
			.filter((snapshot) -> !snapshot.takenAt().toInstant().isBefore(since))
			.map((snapshot) -> (snapshot.name().compareTo(newest.name()) < 0) ? snapshot : newest)
			.min(Comparator.comparing(Snapshot::name))
			.orElse(newest);
		add(CopyEntry.since(place, first));
		return require();
	}

	/**
	 * Return the snapshot that a place gets that is new: the newest that may be gone back
	 * to or, if there is no such one, the newest.
	 * @param newestFirst the snapshots that there are, newest first
	 * @return the snapshot, or empty if there is none
	 */
	public static Optional<Snapshot> newest(List<Snapshot> newestFirst) {
		return newestFirst.stream()
			.filter(Snapshot::isCandidate)
			.findFirst()
			.or(() -> newestFirst.stream().findFirst());
	}

	/**
	 * Add a line.
	 * @param entry what it says
	 * @throws BackupException if it cannot be added
	 */
	public void add(CopyEntry entry) {
		try {
			append(this.file, entry + "\n", this.database);
		}
		catch (IOException ex) {
			throw new BackupException(
					"It could not be recorded in " + this.file + " what was copied to " + Secrets.maskUrl(entry.place())
							+ " (" + FileFailures.describe(ex) + "), so that the place is asked for it again",
					"Give this process write access to it, and see that the volume is not full.", ex);
		}
	}

	/**
	 * Threads of one process come one after the other. Of two processes that write at
	 * once, one may lose its line.
	 */
	private static synchronized void append(Path file, String line, Path model) throws IOException {
		try (FileChannel channel = OwnFile.openOrCreate(file)) {
			DurableFiles.giveToOwnerOf(file, model);
			long end = channel.size();
			ByteBuffer last = ByteBuffer.allocate(1);
			boolean broken = end > 0 && channel.read(last, end - 1) == 1 && last.get(0) != LINE_END;
			channel.position(end);
			DurableFiles.write(channel, broken ? "\n" + line : line);
		}
	}

	/**
	 * Drop the lines of snapshots that are gone, if there are many. Of each place what
	 * the newest copy is stays.
	 * @param existing the snapshots that there are
	 * @throws BackupException if it cannot be written
	 */
	public void tidy(List<Snapshot> existing) {
		CopyEntries content = read();
		if (content.entries().size() < 2L * existing.size() * content.places().size() + SPARE_LINES) {
			return;
		}
		Set<String> names = Set.copyOf(existing.stream().map((snapshot) -> snapshot.name().toString()).toList());
		try {
			replace(this.file, content.tidied(names), this.database);
		}
		catch (IOException ex) {
			throw new BackupException(
					"The record of copies " + this.file + " could not be tidied (" + FileFailures.describe(ex) + ")",
					"Give this process write access to it, and see that the volume is not full.", ex);
		}
	}

	private static synchronized void replace(Path file, String text, Path model) throws IOException {
		try (PartialFile staged = PartialFile.create(file.resolveSibling(""), model)) {
			try (FileChannel channel = FileChannel.open(staged.path(), StandardOpenOption.WRITE)) {
				DurableFiles.write(channel, OwnFile.mayBeWholePages(text.length()) ? text + "\n" : text);
			}
			Files.move(staged.path(), file, StandardCopyOption.ATOMIC_MOVE);
		}
	}

}
