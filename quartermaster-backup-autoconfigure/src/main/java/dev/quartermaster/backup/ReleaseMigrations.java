/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The migrations of a database that a release of the application has, as the tool that
 * applies them finds them.
 */
public interface ReleaseMigrations {

	/**
	 * Return whether the release can take a snapshot that has a history of that tool.
	 * @param snapshot the file of the snapshot
	 * @param version the newest entry of the history in it
	 * @param writer the version of the application that took it, or {@code null}
	 * @return the answer, or empty if that is not known
	 * @throws BackupException if the snapshot had to be read and cannot be
	 */
	Optional<SchemaFit> fitOf(Path snapshot, String version, @Nullable String writer);

	/**
	 * The place where those of the databases of an application are found.
	 */
	@FunctionalInterface
	interface Source {

		/**
		 * Return the migrations that the release which runs has for a database.
		 * @param database the file of the database
		 * @param tool the tool that applies them, as {@link SchemaHistory#tool()}
		 * @return the migrations, or empty if they are not known
		 */
		Optional<ReleaseMigrations> of(Path database, String tool);

	}

}
