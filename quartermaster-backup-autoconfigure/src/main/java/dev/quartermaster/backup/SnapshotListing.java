/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
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
import java.util.Iterator;
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
 * The snapshots of a database that lie in a directory, as they were found there at one
 * moment. Their order is in their names alone, since files get other times when they are
 * copied. Those from more than a day ahead of the clock count as older than all others.
 * <p>
 * There may be many thousands, of which mostly the newest matters. So the names are read
 * at once, and each file is looked at when somebody comes to it.
 */
final class SnapshotListing implements Iterable<Snapshot> {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotListing.class);

	/**
	 * As far as the time zones of two places may differ.
	 */
	private static final Duration MOST_AHEAD = Duration.ofDays(1);

	/**
	 * The files that the log says of already why they do not count as others do.
	 */
	private static final Set<Path> LOGGED = ConcurrentHashMap.newKeySet();

	private final Path directory;

	private final Clock clock;

	private final LiveFile live;

	private final LocalDateTime now;

	/**
	 * Newest first.
	 */
	private final List<SnapshotName> names;

	private SnapshotListing(Path directory, Path database, Clock clock) {
		this.directory = directory;
		this.clock = clock;
		this.live = LiveFile.of(database);
		this.now = LocalDateTime.now(clock);
		List<SnapshotName> found = names(directory, SnapshotName.databaseOf(database));
		this.names = Stream.concat(newestFirst(found, Predicate.not(this::isAhead)), newestFirst(found, this::isAhead))
			.toList();
	}

	/**
	 * List the snapshots of a database.
	 * @param directory the directory, which need not exist
	 * @param database the file of the database, which is never opened
	 * @param clock tells the time, in the zone of the stamps in the names
	 * @throws BackupException if the directory cannot be read
	 */
	static SnapshotListing of(Path directory, Path database, Clock clock) {
		SnapshotListing listing = new SnapshotListing(directory, database, clock);
		listing.logAhead();
		if (listing.live.mayHaveFurtherNames()) {
			listing.logLive(database);
		}
		return listing;
	}

	/**
	 * Return the snapshots, newest first; none if there is no directory.
	 */
	List<Snapshot> newestFirst() {
		return stream().toList();
	}

	/**
	 * Look at the snapshots one by one, newest first.
	 */
	@Override
	public Iterator<Snapshot> iterator() {
		return stream().iterator();
	}

	/**
	 * Return the newest that is a candidate, see {@link Snapshot#isCandidate()}.
	 */
	Optional<Snapshot> newestCandidate() {
		return stream().filter(Snapshot::isCandidate).findFirst();
	}

	private Stream<Snapshot> stream() {
		return look(this.names.stream());
	}

	/**
	 * Return the name of the newest one, unless all are ahead of the clock.
	 */
	Optional<SnapshotName> newestName() {
		return look(this.names.stream().filter(Predicate.not(this::isAhead))).map(Snapshot::name).findFirst();
	}

	/**
	 * Return the highest number with which a name was given.
	 * @param name the name at the first attempt
	 * @return the number, or 0 if it was not
	 */
	int highestNumberOf(SnapshotName name) {
		return look(this.names.stream().filter((other) -> other.numberOf(name) > 0))
			.mapToInt((snapshot) -> snapshot.name().numberOf(name))
			.max()
			.orElse(0);
	}

	private static List<SnapshotName> names(Path directory, String database) {
		if (!isThere(directory)) {
			return List.of();
		}
		List<SnapshotName> names = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
			for (Path file : files) {
				SnapshotName.parse(database, file.getFileName().toString()).ifPresent(names::add);
			}
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		catch (DirectoryIteratorException ex) {
			throw DirectoryFailures.notReadable(directory, Objects.requireNonNull(ex.getCause()));
		}
		catch (IOException ex) {
			throw DirectoryFailures.notReadable(directory, ex);
		}
		return names;
	}

	/**
	 * Return whether there is a directory. A pipe in its place would keep whoever opens
	 * it waiting, and a link to a volume that is not mounted is not the same as no
	 * snapshots.
	 * @throws BackupException if there is something else, or that cannot be determined
	 */
	private static boolean isThere(Path directory) {
		try {
			FileState state = FileState.of(directory);
			if (state.isMissing()) {
				state = FileState.of(directory, LinkOption.NOFOLLOW_LINKS);
			}
			if (state.isMissing() || state.kind() == FileState.Kind.DIRECTORY) {
				return !state.isMissing();
			}
			throw new NotDirectoryException(directory.toString());
		}
		catch (IOException ex) {
			throw DirectoryFailures.notReadable(directory, ex);
		}
	}

	private Stream<Snapshot> look(Stream<SnapshotName> names) {
		return names.map(this::look).flatMap(Optional::stream);
	}

	private Optional<Snapshot> look(SnapshotName name) {
		Path file = this.directory.resolve(name.toString());
		try {
			BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class,
					LinkOption.NOFOLLOW_LINKS);
			return attributes.isRegularFile() ? Optional.of(new Snapshot(name, file,
					name.stamp().atZone(this.clock.getZone()), attributes.size(), this.live.is(file, attributes)))
					: Optional.empty();
		}
		catch (NoSuchFileException ex) {
			// Somebody removed it between the listing and the look: then it is no
			// snapshot any more.
			return Optional.empty();
		}
		catch (IOException ex) {
			throw DirectoryFailures.notReadable(this.directory, ex);
		}
	}

	private static Stream<SnapshotName> newestFirst(List<SnapshotName> names, Predicate<SnapshotName> which) {
		return names.stream().filter(which).sorted(Comparator.reverseOrder());
	}

	private void logAhead() {
		List<Path> ahead = look(this.names.stream().filter(this::isAhead)).map(Snapshot::file).toList();
		if (!ahead.isEmpty() && LOGGED.add(ahead.get(0))) {
			Warnings
				.warn(logger, "The time in the name of the snapshot {} is more than a day in the future (it is now {})."
						+ " Either this system's clock is wrong, or it was when the snapshot was taken. The snapshot"
						+ " counts as older than all others{}. If the clock is wrong now, correct it before you"
						+ " restore anything. Otherwise rename the file so that its name has the right time.",
						ahead.get(0), this.now.truncatedTo(ChronoUnit.SECONDS), (ahead.size() > 1)
								? ". The same applies to " + Count.of(ahead.size() - 1, "more snapshot") : "");
		}
	}

	private void logLive(Path database) {
		List<Path> unlogged = stream().filter(Snapshot::live).map(Snapshot::file).sorted().filter(LOGGED::add).toList();
		if (!unlogged.isEmpty()) {
			Warnings.warn(logger,
					"Found {} to the live database {} among its snapshots: {}."
							+ " Such a file changes with the database, so it does not count as a snapshot and is"
							+ " not restored. Take a new snapshot, then remove every such link.",
					Count.of(unlogged.size(), "hard link"), database, unlogged);
		}
	}

	/**
	 * Return whether a clock was wrong when a snapshot was named, or is now. Time zones
	 * differ by about a day.
	 */
	private boolean isAhead(SnapshotName name) {
		return name.stamp().isAfter(this.now.plus(MOST_AHEAD));
	}

}
