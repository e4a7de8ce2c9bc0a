/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that holds the snapshots of a database. It knows files only, and together
 * with {@link Publication}, {@link PartialFile}, {@link AbandonedFiles} and
 * {@link SnapshotRemoval} is all that creates, publishes, links or deletes them. What
 * lies in it, for a database {@code app.db}: <pre>
 * app-20260417-115719-before-import.db       a snapshot: whole and on disk, so that it may
 *                                            be trusted; never written to again
 * app-20260417-115719-before-import.db.json  its manifest; without a snapshot, left by
 *                                            somebody who was killed in between
 * .quartermaster-*.partial                   a snapshot that is being made, which gets its
 *                                            name when it is whole and on disk
 *                                            or a copy that a migration is rehearsed on
 * .quartermaster-*.partial-journal           what SQLite keeps beside it meanwhile; so
 *                                            do -wal and -shm
 * .quartermaster-*.lock                      locked for as long as its process works with
 *                                            these: who can lock it may remove them all
 * .quartermaster-*.new                       a lock file that is not locked yet
 * .quartermaster-copying-app.db              says how many starts in a row were killed while
 *                                            they copied the database; gone when one was not
 * .quartermaster-copied-app.db               says where else the snapshots of the database are
 * .quartermaster-claim-*                     a claim on a snapshot's name, where there are no
 *                                            hard links to give one that nobody has
 * .quartermaster-*.partial-manifest          the manifest of that
 * .quartermaster-app.installation            the identity of the installation
 * .quartermaster-app.owner                   whose the snapshots app-*.db here are
 * .quartermaster-unfinished-app.db           a bookmark: the snapshot to go back to, although
 *                                            there are newer ones
 * .quartermaster-restore-planned-app.db.json the restore that the next start carries out, see
 *                                            {@link PlannedRestoreFile}; in the directory that was
 *                                            chosen, if this one is a subdirectory of that
 * app.sqlite/                                the snapshots of another database called app
 * </pre>
 */
final class SnapshotDirectory {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotDirectory.class);

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
		prepare("snapshot", size, minFreeSpace);
	}

	/**
	 * Make ready for something that lies here for a while, as for a snapshot.
	 * @param what what it is, in a word
	 */
	void prepare(String what, long size, long minFreeSpace) {
		try {
			create();
			AbandonedFiles.removeFrom(this.path);
		}
		catch (IOException ex) {
			throw DirectoryFailures.notWritable(this.path, ex);
		}
		freeSpace().require(what, size, minFreeSpace);
	}

	/**
	 * Return the room that there is for a snapshot.
	 */
	FreeSpace freeSpace() {
		return new FreeSpace(this.path);
	}

	/**
	 * Make it, unless it exists.
	 */
	void create() throws IOException {
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
		SnapshotName name = SnapshotName.of(SnapshotName.databaseOf(this.database), LocalDateTime.now(this.clock),
				reason);
		return listing().newestName().map(name::notBefore).orElse(name);
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
	 * Flush a staged file to disk and give it the first free name.
	 * @param partial the staged file, complete
	 * @param name the name it should have
	 * @param manifest gives the text of its manifest, if there is one
	 * @return the snapshot
	 * @throws BackupException if it could not be flushed or named
	 */
	Snapshot publish(PartialFile partial, SnapshotName name, Supplier<Optional<String>> manifest) {
		try {
			return snapshot(publicationAs(name, partial, manifest).publish(partial));
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
	 * @param manifest gives the text of its manifest, if there is one
	 * @return the snapshot under its new name
	 * @throws BackupException if it could not be named
	 */
	Snapshot publishLink(Snapshot same, PartialFile partial, SnapshotName name, Supplier<Optional<String>> manifest) {
		return link(same, partial, name, manifest).orElseGet(() -> publish(partial, name, manifest));
	}

	/**
	 * Give a snapshot one more name, which takes no space, if the file system can and it
	 * is still there.
	 * @param same the snapshot
	 * @param name the name it should have
	 * @param manifest gives the text of its manifest, if there is one
	 * @return the snapshot under its new name, or empty if that cannot be done
	 */
	Optional<Snapshot> publishLink(Snapshot same, SnapshotName name, Supplier<Optional<String>> manifest) {
		try (PartialFile partial = stage()) {
			return link(same, partial, name, manifest);
		}
	}

	private Optional<Snapshot> link(Snapshot same, PartialFile partial, SnapshotName name,
			Supplier<Optional<String>> manifest) {
		try {
			return Optional.of(snapshot(publicationAs(name, partial, manifest).link(same.file())));
		}
		catch (IOException ex) {
			logger.debug("{} gets no second name", same.file(), ex);
			return Optional.empty();
		}
	}

	private Publication publicationAs(SnapshotName name, PartialFile partial, Supplier<Optional<String>> manifest) {
		// One that was removed leaves a number free, but that is before the others.
		return new Publication(this.path, name, () -> listing().highestNumberOf(name) + 1,
				() -> manifest.get()
					.map((text) -> StagedManifest.write(partial.manifest(), text, this.database))
					.orElse(StagedManifest.NONE));
	}

	private Snapshot snapshot(SnapshotName published) throws IOException {
		Path file = this.path.resolve(published.toString());
		return new Snapshot(published, file, published.stamp().atZone(this.clock.getZone()), Files.size(file), false);
	}

	/**
	 * Flush a snapshot to disk that is kept in place of a new one. Whoever took it did
	 * so, unless somebody copied it here since, or a process was killed between the two.
	 * For what is on disk already it costs next to nothing.
	 * @param kept the snapshot, which may have been removed since
	 * @return whether it is on disk now
	 */
	boolean flush(Snapshot kept) {
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
	 * Flush the name of a snapshot to disk that is kept in place of a new one, as far as
	 * that can be done.
	 */
	void flushName(Snapshot kept) {
		Publication.flushNames(this.path, kept.file());
	}

	/**
	 * Return the snapshots of the database, as {@link SnapshotListing#newestFirst()}.
	 * @throws BackupException if the directory cannot be read
	 */
	List<Snapshot> list() {
		return listing().newestFirst();
	}

	/**
	 * Return the snapshots of the database, of which each is looked at when somebody
	 * comes to it.
	 * @throws BackupException if the directory cannot be read
	 */
	SnapshotListing listing() {
		return SnapshotListing.of(this.path, this.database, this.clock);
	}

}
