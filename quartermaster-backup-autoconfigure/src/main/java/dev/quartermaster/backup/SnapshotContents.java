/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contents of an application's snapshots, for those who take them elsewhere. What is
 * a live database, of this application or of somebody else, is never opened.
 * <p>
 * The checksum of each content is computed from it once, which takes as long as reading
 * it. The one in a manifest is no substitute: whoever has a copy of that checksum would
 * be told that nothing has changed, although the manifest was edited, or the snapshot
 * was.
 */
public final class SnapshotContents {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotContents.class);

	/**
	 * No link is followed: one may lead to a live database.
	 */
	private static final Set<OpenOption> READ_ONLY = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

	/**
	 * Those of snapshots that were removed since do no harm, unless they are very many.
	 */
	private static final int MOST_CHECKSUMS = 1000;

	private final SqliteBackupRegistry services;

	private final Map<FileIdentity, String> checksums = new ConcurrentHashMap<>();

	/**
	 * Create a new instance.
	 * @param services the services of the databases, which are looked at each time
	 */
	public SnapshotContents(SqliteBackupRegistry services) {
		this.services = services;
	}

	/**
	 * Open a snapshot.
	 * @param snapshot the snapshot
	 * @return the open snapshot, to be closed, or empty if it has been removed
	 * @throws LiveSnapshotException if it is a live database
	 * @throws BackupException if it cannot be read
	 */
	public Optional<OpenSnapshot> open(Snapshot snapshot) {
		Path file = snapshot.file();
		try {
			requireNoDatabase(file);
			FileIdentity identity = FileIdentity.of(file);
			FileChannel channel = FileChannel.open(file, READ_ONLY);
			try {
				OpenSnapshot open = opened(file, identity, channel);
				warnIfOtherThanManifest(file, open);
				return Optional.of(open);
			}
			catch (Throwable ex) {
				channel.close();
				throw ex;
			}
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
		catch (ClosedByInterruptException ex) {
			throw new BackupException(
					"The snapshot " + file
							+ " was not read to its end, since whoever asked for it has left, or the application stops",
					"Nothing needs to be done.", ex);
		}
		catch (IOException ex) {
			throw new BackupException("The snapshot " + file + " cannot be read (" + FileFailures.describe(ex) + ")",
					"Check its permissions, and the disk that it is on.", ex);
		}
	}

	private void requireNoDatabase(Path file) throws IOException {
		for (SqliteBackupService service : this.services.located()) {
			Path database = service.database();
			// Only what can be looked at can be told from the snapshot.
			if (!FileState.of(database).isMissing() && LiveFile.of(database).is(file)) {
				throw LiveSnapshotException.isDatabase(file, database);
			}
		}
		for (String suffix : DatabaseFile.COMPANIONS) {
			Path companion = DatabaseFile.companion(file, suffix);
			if (!FileState.of(companion, LinkOption.NOFOLLOW_LINKS).isMissing()) {
				throw LiveSnapshotException.hasCompanion(file, companion);
			}
		}
	}

	private OpenSnapshot opened(Path file, FileIdentity identity, FileChannel channel) throws IOException {
		requireUnchanged(FileIdentity.of(file), identity);
		String sha256 = checksum(identity, channel);
		try {
			requireUnchanged(FileIdentity.of(file), identity);
		}
		catch (NoSuchFileException ex) {
			// It is open, and nobody writes to what has been removed.
		}
		return new OpenSnapshot(channel, identity.size(), sha256);
	}

	private void requireUnchanged(FileIdentity found, FileIdentity expected) throws IOException {
		if (!found.equals(expected)) {
			this.checksums.remove(expected);
			throw new IOException("it was written to while it was read");
		}
	}

	private String checksum(FileIdentity identity, FileChannel channel) throws IOException {
		if (this.checksums.size() >= MOST_CHECKSUMS) {
			this.checksums.clear();
		}
		try {
			// Whoever asks at the same time waits for the first.
			return this.checksums.computeIfAbsent(identity, (content) -> compute(content, channel));
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
	}

	private static String compute(FileIdentity identity, FileChannel channel) {
		try {
			return ContentDigest.of(OpenSnapshot.part(channel, 0, identity.size()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void warnIfOtherThanManifest(Path file, OpenSnapshot open) {
		try (SnapshotManifests manifests = new SnapshotManifests()) {
			manifests.beside(file)
				.filter((manifest) -> manifest.bytes() != open.size()
						|| (manifest.sha256() != null && !manifest.sha256().equals(open.sha256())))
				.ifPresent((manifest) -> logger
					.warn("The snapshot {} is not what its manifest says: its size or its SHA-256 is another one. Either"
							+ " the file was damaged or changed, or the manifest was. Whoever fetches it gets it as it is."
							+ " Verify it, and fetch another one if it is damaged.", file));
		}
	}

}
