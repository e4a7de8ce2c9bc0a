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
 */
final class SnapshotListing {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotListing.class);

	/**
	 * As far as the time zones of two places may differ.
	 */
	private static final Duration MOST_AHEAD = Duration.ofDays(1);

	/**
	 * The files that the log says of already why they do not count as others do.
	 */
	private static final Set<Path> LOGGED = ConcurrentHashMap.newKeySet();

	private final List<Snapshot> newestFirst;

	private final LocalDateTime now;

	private SnapshotListing(List<Snapshot> newestFirst, LocalDateTime now) {
		this.newestFirst = newestFirst;
		this.now = now;
	}

	/**
	 * List the snapshots of a database.
	 * @param directory the directory, which need not exist
	 * @param database the file of the database, which is never opened
	 * @param clock tells the time, in the zone of the stamps in the names
	 * @throws BackupException if the directory cannot be read
	 */
	static SnapshotListing of(Path directory, Path database, Clock clock) {
		LocalDateTime now = LocalDateTime.now(clock);
		List<Snapshot> snapshots = read(directory, database, clock);
		logLive(snapshots.stream().filter(Snapshot::live).map(Snapshot::file).sorted().toList(), database);
		List<Snapshot> ahead = newestFirst(snapshots, (snapshot) -> isAhead(snapshot.name(), now));
		logAhead(ahead, now);
		return new SnapshotListing(Stream
			.concat(newestFirst(snapshots, (snapshot) -> !isAhead(snapshot.name(), now)).stream(), ahead.stream())
			.toList(), now);
	}

	/**
	 * Return the snapshots, newest first; none if there is no directory.
	 */
	List<Snapshot> newestFirst() {
		return this.newestFirst;
	}

	/**
	 * Return the name of the newest one, unless all are ahead of the clock.
	 */
	Optional<SnapshotName> newestName() {
		return this.newestFirst.stream().map(Snapshot::name).filter((name) -> !isAhead(name, this.now)).findFirst();
	}

	/**
	 * Return the highest number with which a name was given.
	 * @param name the name at the first attempt
	 * @return the number, or 0 if it was not
	 */
	int highestNumberOf(SnapshotName name) {
		return this.newestFirst.stream().mapToInt((snapshot) -> snapshot.name().numberOf(name)).max().orElse(0);
	}

	private static List<Snapshot> read(Path directory, Path database, Clock clock) {
		if (!isThere(directory)) {
			return List.of();
		}
		List<Snapshot> snapshots = new ArrayList<>();
		LiveFile live = LiveFile.of(database);
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
			for (Path file : files) {
				Optional<SnapshotName> name = SnapshotName.parse(SnapshotName.databaseOf(database),
						file.getFileName().toString());
				if (name.isPresent()) {
					addIfPresent(snapshots, name.get(), file, live, clock);
				}
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
		return snapshots;
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

	private static void addIfPresent(List<Snapshot> snapshots, SnapshotName name, Path file, LiveFile live, Clock clock)
			throws IOException {
		try {
			BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class,
					LinkOption.NOFOLLOW_LINKS);
			if (attributes.isRegularFile()) {
				snapshots.add(new Snapshot(name, file, name.stamp().atZone(clock.getZone()), attributes.size(),
						live.is(file, attributes)));
			}
		}
		catch (NoSuchFileException ex) {
			// Somebody removed it between the listing and the look: then it is no
			// snapshot any more.
		}
	}

	private static List<Snapshot> newestFirst(List<Snapshot> snapshots, Predicate<Snapshot> which) {
		return snapshots.stream().filter(which).sorted(Comparator.comparing(Snapshot::name).reversed()).toList();
	}

	private static void logAhead(List<Snapshot> ahead, LocalDateTime now) {
		if (!ahead.isEmpty() && LOGGED.add(ahead.get(0).file())) {
			Warnings
				.warn(logger, "The time in the name of the snapshot {} is more than a day in the future (it is now {})."
						+ " Either this system's clock is wrong, or it was when the snapshot was taken. The snapshot"
						+ " counts as older than all others{}. If the clock is wrong now, correct it before you"
						+ " restore anything. Otherwise rename the file so that its name has the right time.",
						ahead.get(0).file(), now.truncatedTo(ChronoUnit.SECONDS), (ahead.size() > 1)
								? ". The same applies to " + Count.of(ahead.size() - 1, "more snapshot") : "");
		}
	}

	private static void logLive(List<Path> files, Path database) {
		List<Path> unlogged = files.stream().filter(LOGGED::add).toList();
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
	private static boolean isAhead(SnapshotName name, LocalDateTime now) {
		return name.stamp().isAfter(now.plus(MOST_AHEAD));
	}

}
