/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that holds the snapshots of a database. The only place that creates,
 * publishes, links or deletes files.
 * <p>
 * A snapshot is staged as a {@link PartialFile} and gets its name only when it is whole
 * and on disk, by a hard link: unlike a rename, that fails if the name is taken, so that
 * nothing is ever overwritten, whoever else publishes at the same moment.
 */
final class SnapshotDirectory {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotDirectory.class);

	/**
	 * As far as the time zones of two places may differ.
	 */
	private static final Duration MOST_AHEAD = Duration.ofDays(1);

	/**
	 * Of which files it was told why they do not count as others do.
	 */
	private static final Set<Path> TOLD = ConcurrentHashMap.newKeySet();

	private final Path path;

	private final Path database;

	private final Clock clock;

	/**
	 * Create a new instance. Nothing is created on disk yet.
	 * @param path the absolute path of the directory
	 * @param database the file of the database, which is never opened
	 * @param clock tells the time, in the zone of the stamps in the names
	 */
	SnapshotDirectory(Path path, Path database, Clock clock) {
		this.path = path;
		this.database = database;
		this.clock = clock;
	}

	/**
	 * Return where it is, or would be.
	 */
	Path path() {
		return this.path;
	}

	/**
	 * Return the file of the database that the snapshots are of.
	 */
	Path database() {
		return this.database;
	}

	/**
	 * Make ready for a snapshot: the directory exists, has been cleaned of what dead
	 * processes left, and has room.
	 * @param size how many bytes the snapshot will have
	 * @param minFreeSpace how many bytes must be left on the volume after it
	 * @throws BackupException if it cannot be
	 */
	void prepare(long size, long minFreeSpace) {
		try {
			create();
			AbandonedFiles.removeFrom(this.path);
		}
		catch (IOException ex) {
			throw DirectoryFailures.notWritable(this.path, ex);
		}
		freeSpace().require(size, minFreeSpace);
	}

	/**
	 * Return the room that there is for a snapshot.
	 */
	FreeSpace freeSpace() {
		return new FreeSpace(this.path);
	}

	private void create() throws IOException {
		if (FileState.of(this.path).kind() == FileState.Kind.DIRECTORY) {
			return;
		}
		Path existing = this.path;
		while (existing.getParent() != null && FileState.of(existing).isMissing()) {
			existing = existing.getParent();
		}
		Files.createDirectories(this.path, DurableFiles.OWNER_ONLY_DIRECTORY);
		for (Path created = this.path; created != null && !created.equals(existing); created = created.getParent()) {
			DurableFiles.giveToOwnerOf(created, this.database);
		}
		for (Path created = this.path.getParent(); created != null
				&& created.startsWith(existing); created = created.getParent()) {
			DurableFiles.flush(created);
		}
	}

	/**
	 * Name a snapshot that is taken now: never so that it would be older than those that
	 * there are, and in the second of the newest, or the one after, if the clock is
	 * behind. Clocks are put back, by an hour once a year, and by several when a
	 * container is given another time zone.
	 * @param reason why it is taken
	 * @return the name, which may be taken
	 * @throws BackupException if the directory cannot be read
	 */
	SnapshotName name(SnapshotReason reason) {
		LocalDateTime now = now();
		SnapshotName name = SnapshotName.of(SnapshotName.databaseOf(this.database), now, reason);
		return list().stream()
			.map(Snapshot::name)
			.filter((other) -> !isAhead(other, now))
			.findFirst()
			.map(name::notBefore)
			.orElse(name);
	}

	private LocalDateTime now() {
		return LocalDateTime.now(this.clock);
	}

	/**
	 * Return whether a clock was wrong when a snapshot was named, or is now. Time zones
	 * differ by about a day.
	 */
	private static boolean isAhead(SnapshotName name, LocalDateTime now) {
		return name.stamp().isAfter(now.plus(MOST_AHEAD));
	}

	/**
	 * Begin a snapshot.
	 * @return an empty file that bears no snapshot's name, to be closed
	 * @throws BackupException if the directory cannot be written to
	 */
	PartialFile stage() {
		try {
			return PartialFile.create(this.path, this.database);
		}
		catch (IOException ex) {
			throw DirectoryFailures.notWritable(this.path, ex);
		}
	}

	/**
	 * Return the newest snapshot if a staged file has the same content to the byte, which
	 * two copies of an unchanged database have.
	 * @param partial the staged file, complete
	 * @return the newest snapshot, or empty if it differs or there is none
	 * @throws BackupException if the directory cannot be read
	 */
	Optional<Snapshot> newestIfSame(PartialFile partial) {
		return list().stream()
			.filter(Snapshot::isCandidate)
			.findFirst()
			.filter((newest) -> isSame(partial.path(), newest));
	}

	/**
	 * Return which of two states a staged file has: that from before a migration, or one
	 * that an earlier failure of the migration left and that was kept. If that cannot be
	 * told, it is taken to be the one that was kept since the snapshot from before: an
	 * application that is started again and again does not fill the disk.
	 * @param partial the staged file
	 * @param before the snapshot from before
	 * @return the snapshot of the same state, or empty if there is none
	 */
	Optional<Snapshot> beforeOrFailed(PartialFile partial, Snapshot before) {
		if (isSame(partial.path(), before)) {
			return Optional.of(before);
		}
		Snapshot perhaps = null;
		boolean since = true;
		for (Snapshot snapshot : list()) {
			since &= !snapshot.equals(before);
			if (!snapshot.live() && snapshot.name().reason().numberOf(SnapshotReason.FAILED_MIGRATION) > 0) {
				SameRows.Answer answer = SameRows.compare(partial.path(), snapshot.file());
				if (answer == SameRows.Answer.SAME) {
					return Optional.of(snapshot);
				}
				if (answer == SameRows.Answer.UNKNOWN && since && perhaps == null && isWorthKeeping(snapshot)) {
					perhaps = snapshot;
				}
			}
		}
		return Optional.ofNullable(perhaps);
	}

	private static boolean isWorthKeeping(Snapshot snapshot) {
		try {
			return !(SnapshotVerifier.verify(snapshot.file(), VerificationMode.QUICK, (bytes, totalBytes) -> {
			}) instanceof Verification.Corrupt);
		}
		catch (BackupException ex) {
			logger.debug("Cannot stand for another: {}", snapshot.file(), ex);
			return false;
		}
	}

	/**
	 * Return whether a staged file has the same content as a snapshot, to the byte.
	 */
	static boolean isSame(Path partial, Snapshot newest) {
		try {
			return Files.size(partial) == newest.size() && FileContent.isSame(partial, newest.file());
		}
		catch (IOException ex) {
			// Removed in the meantime, or not ours to read: then this one is needed.
			logger.debug("Could not compare with {}", newest.file(), ex);
			return false;
		}
	}

	/**
	 * Flush a staged file to disk and give it the first free name.
	 * @param partial the staged file, complete
	 * @param name the name it should have
	 * @return the snapshot
	 * @throws BackupException if it could not be flushed or named
	 */
	Snapshot publish(PartialFile partial, SnapshotName name) {
		try {
			DurableFiles.flush(partial.path());
			return publish(name, (file) -> linkOrMove(partial.path(), file));
		}
		catch (IOException ex) {
			throw DirectoryFailures.notWritable(this.path, ex);
		}
	}

	/**
	 * Give a snapshot one more name, which takes no space. Where the file system cannot,
	 * publish the staged file of the same content.
	 * @param same the snapshot
	 * @param partial the staged file, complete
	 * @param name the name it should have
	 * @return the snapshot under its new name
	 * @throws BackupException if it could not be named
	 */
	Snapshot publishLink(Snapshot same, PartialFile partial, SnapshotName name) {
		return publishLink(same, name).orElseGet(() -> publish(partial, name));
	}

	/**
	 * Give a snapshot one more name, which takes no space, if the file system can and it
	 * is still there.
	 * @param same the snapshot
	 * @param name the name it should have
	 * @return the snapshot under its new name, or empty if that cannot be done
	 */
	Optional<Snapshot> publishLink(Snapshot same, SnapshotName name) {
		try {
			return Optional.of(publish(name, (file) -> link(same.file(), file)));
		}
		catch (IOException ex) {
			logger.debug("{} gets no second name", same.file(), ex);
			return Optional.empty();
		}
	}

	private Snapshot publish(SnapshotName name, Naming naming) throws IOException {
		// One that was removed leaves a number free, but that is before the others.
		int taken = list().stream().mapToInt((snapshot) -> snapshot.name().numberOf(name)).max().orElse(0);
		for (int attempt = taken + 1;; attempt++) {
			SnapshotName candidate = name.attempt(attempt);
			Path file = this.path.resolve(candidate.toString());
			if (naming.tryName(file)) {
				flushNames(file);
				return snapshot(candidate, file, Files.size(file), false);
			}
		}
	}

	/**
	 * Flush a snapshot to disk that is kept in place of a new one. Whoever took it did
	 * so, unless somebody copied it here since, or a process was killed between the two.
	 * For what is on disk already it costs next to nothing.
	 * @param kept the snapshot, which may have been removed since
	 * @return whether it is on disk
	 */
	boolean isOnDisk(Snapshot kept) {
		try {
			DurableFiles.flush(kept.file());
		}
		catch (IOException ex) {
			// Then a new one is needed, which can be flushed or else fails.
			logger.debug("Could not flush {}", kept.file(), ex);
			return false;
		}
		return true;
	}

	/**
	 * From here on there is a snapshot, so that to fail would be to deny it. Not every
	 * file system flushes directories when asked to: shared folders of virtual machines,
	 * for one, refuse.
	 */
	void flushNames(Path published) {
		try {
			DurableFiles.flush(this.path);
		}
		catch (IOException ex) {
			logger.warn("The directory of the snapshot {} could not be flushed to disk ({})."
					+ " The snapshot is whole, but until the system does so, a power cut could cost it its name.",
					published, FileFailures.describe(ex));
		}
	}

	private static boolean link(Path existing, Path file) throws IOException {
		try {
			Files.createLink(file, existing);
			return true;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
	}

	private static boolean linkOrMove(Path partial, Path file) throws IOException {
		try {
			return link(partial, file);
		}
		catch (FileSystemException ex) {
			if (FileFailures.isNameTooLong(ex)) {
				throw ex;
			}
			return moveWithoutReplacing(partial, file);
		}
	}

	/**
	 * For file systems that have no hard links, such as FAT and some network shares,
	 * which may have no locks either. A plain move looks first and renames then, so
	 * whoever wants to publish under a name claims it before, by making a file that
	 * nobody else can have made.
	 */
	private static boolean moveWithoutReplacing(Path partial, Path file) throws IOException {
		try (NameClaim claim = NameClaim.on(file)) {
			if (claim != null) {
				Files.move(partial, file);
			}
			return claim != null;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
	}

	/**
	 * Return the snapshots of the database. Their order is in their names alone, since
	 * files get other times when they are copied. Those from more than a day ahead of the
	 * clock count as older than all others.
	 * @return the snapshots, newest first; empty if there is no directory
	 * @throws BackupException if the directory cannot be read
	 */
	List<Snapshot> list() {
		if (!isThere()) {
			return List.of();
		}
		List<Snapshot> snapshots = new ArrayList<>();
		LiveFile live = LiveFile.of(this.database);
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.path)) {
			for (Path file : files) {
				Optional<SnapshotName> name = SnapshotName.parse(SnapshotName.databaseOf(this.database),
						file.getFileName().toString());
				if (name.isPresent()) {
					addIfPresent(snapshots, name.get(), file, live);
				}
			}
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		catch (DirectoryIteratorException ex) {
			throw DirectoryFailures.notReadable(this.path, Objects.requireNonNull(ex.getCause()));
		}
		catch (IOException ex) {
			throw DirectoryFailures.notReadable(this.path, ex);
		}
		tellOfLive(snapshots.stream().filter(Snapshot::live).map(Snapshot::file).sorted().toList());
		LocalDateTime now = now();
		List<Snapshot> ahead = newestFirst(snapshots, (snapshot) -> isAhead(snapshot.name(), now));
		tellOfAhead(ahead, now);
		return Stream
			.concat(newestFirst(snapshots, (snapshot) -> !isAhead(snapshot.name(), now)).stream(), ahead.stream())
			.toList();
	}

	private static List<Snapshot> newestFirst(List<Snapshot> snapshots, Predicate<Snapshot> which) {
		return snapshots.stream().filter(which).sorted(Comparator.comparing(Snapshot::name).reversed()).toList();
	}

	private void tellOfAhead(List<Snapshot> ahead, LocalDateTime now) {
		if (!ahead.isEmpty() && TOLD.add(ahead.get(0).file())) {
			logger.warn(
					"The snapshot {} bears a time more than a day after that of this clock ({}), so one of the two"
							+ " clocks was wrong. It counts as older than all others{}. If it is this clock, correct it"
							+ " before you restore anything; otherwise give the file a name with the right time.",
					ahead.get(0).file(), now.truncatedTo(ChronoUnit.SECONDS),
					(ahead.size() > 1) ? ", as do " + (ahead.size() - 1) + " more" : "");
		}
	}

	private void tellOfLive(List<Path> files) {
		List<Path> untold = files.stream().filter(TOLD::add).toList();
		if (!untold.isEmpty()) {
			logger.warn(
					"The files {} are no snapshots any more, but further names of the live database {}:"
							+ " what changes the database changes them. They are not restored and do not count."
							+ " Take a new snapshot, which is a file of its own, and remove these names.",
					untold, this.database);
		}
	}

	/**
	 * Return whether there is a directory. A pipe in its place would keep whoever opens
	 * it waiting, and a link to a volume that is not mounted is not the same as no
	 * snapshots.
	 * @throws BackupException if there is something else, or that cannot be told
	 */
	private boolean isThere() {
		try {
			FileState state = FileState.of(this.path);
			if (state.isMissing()) {
				state = FileState.of(this.path, LinkOption.NOFOLLOW_LINKS);
			}
			if (state.isMissing() || state.kind() == FileState.Kind.DIRECTORY) {
				return !state.isMissing();
			}
			throw new NotDirectoryException(this.path.toString());
		}
		catch (IOException ex) {
			throw DirectoryFailures.notReadable(this.path, ex);
		}
	}

	private void addIfPresent(List<Snapshot> snapshots, SnapshotName name, Path file, LiveFile live)
			throws IOException {
		try {
			BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class,
					LinkOption.NOFOLLOW_LINKS);
			if (attributes.isRegularFile()) {
				snapshots.add(snapshot(name, file, attributes.size(), live.is(file, attributes)));
			}
		}
		catch (NoSuchFileException ex) {
			// Somebody removed it between the listing and the look: then it is no
			// snapshot any more.
		}
	}

	private Snapshot snapshot(SnapshotName name, Path file, long size, boolean live) {
		return new Snapshot(name, file, name.stamp().atZone(this.clock.getZone()), size, live);
	}

	/**
	 * Tries to give a file a name that may be taken.
	 */
	@FunctionalInterface
	private interface Naming {

		boolean tryName(Path file) throws IOException;

	}

}
