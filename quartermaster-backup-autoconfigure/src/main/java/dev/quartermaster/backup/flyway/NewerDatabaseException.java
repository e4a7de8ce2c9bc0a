/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.flyway;

import java.nio.file.Path;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * The finding that a database was migrated by a newer version of the application than
 * this one. Never thrown: it goes along with the failure of Flyway, as one that was
 * suppressed.
 */
public final class NewerDatabaseException extends BackupException {

	/**
	 * The file of the database.
	 */
	private final Path database;

	/**
	 * What its URL must say for it to be opened like the application does it.
	 */
	private final String urlParameters;

	private final transient @Nullable Snapshot snapshot;

	NewerDatabaseException(Path database, String urlParameters, String migration, @Nullable Snapshot snapshot) {
		super("The database " + database + " is newer than this application, which does not know its migration "
				+ migration,
				(snapshot != null)
						? "Run the newer version of the application, or restore the newest snapshot that fits this"
								+ " version: " + snapshot.file() + ". Everything written since then would be missing."
						: "Run the newer version of the application. There is no snapshot that fits this version.",
				null);
		this.database = database;
		this.urlParameters = urlParameters;
		this.snapshot = snapshot;
	}

	/**
	 * Return the file of the database.
	 * @return the absolute path
	 */
	public Path getDatabase() {
		return this.database;
	}

	/**
	 * Return what a URL must say for the database to be opened like the application does
	 * it.
	 * @return the parameters, mostly none
	 */
	public String getUrlParameters() {
		return this.urlParameters;
	}

	/**
	 * Return the newest snapshot that this version of the application can work with.
	 * @return the snapshot, or {@code null} if there is none
	 */
	public @Nullable Snapshot getSnapshot() {
		return this.snapshot;
	}

}
