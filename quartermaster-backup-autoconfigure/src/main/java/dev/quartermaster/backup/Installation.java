/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The installation of an application that a database belongs to, as opposed to one on
 * another machine whose snapshots may go to the same directory. It is known by a hidden
 * file, {@code .quartermaster-<database>.installation}, which is made with the first
 * snapshot: in the backup directory if that lies below the directory of the database, so
 * that they may be moved together, and else beside the database.
 */
final class Installation {

	private static final Logger logger = LoggerFactory.getLogger(Installation.class);

	private static final String SUFFIX = ".installation";

	private final Path database;

	private final SingleLineFile record;

	private Installation(Path database, Path place) {
		this.database = database;
		this.record = new SingleLineFile(place.resolve(OwnFile.PREFIX + SnapshotName.databaseOf(database) + SUFFIX));
	}

	/**
	 * Return the installation of a database. Nothing is looked for yet.
	 * @param directory the directory of its snapshots
	 * @param database the file of the database
	 */
	static Installation of(Path directory, Path database) {
		Path own = RealPath.of(database).resolveSibling("");
		return new Installation(database, RealPath.of(directory).startsWith(own) ? directory : own);
	}

	/**
	 * Return the identity of the installation if it has one already.
	 */
	Optional<UUID> existing() {
		try {
			String line = this.record.read();
			return (line != null) ? Optional.of(UUID.fromString(line)) : Optional.empty();
		}
		catch (IOException | IllegalArgumentException ex) {
			logger.debug("{} is not read as an identity", this.record.path(), ex);
			return Optional.empty();
		}
	}

	/**
	 * Return the identity of the installation, which it gets if it has none.
	 * @return the identity, or {@code null} if there is none and none can be written
	 */
	@Nullable UUID identity() {
		Optional<UUID> existing = existing();
		if (existing.isPresent()) {
			return existing.get();
		}
		try {
			this.record.write(UUID.randomUUID().toString(), this.database);
		}
		catch (IOException ex) {
			logger.debug("The installation has no identity, since {} cannot be written", this.record.path(), ex);
		}
		// Of two that write at once, one has written it.
		return existing().orElse(null);
	}

}
