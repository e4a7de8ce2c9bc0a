/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.migration;

import java.nio.file.Path;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;

/**
 * Exception thrown when a migration is not made, because it failed or lost data on a
 * copy, or could not be tried on one where that is a condition.
 */
public final class RehearsalFailedException extends BackupException {

	private static final String NEVERTHELESS = "To migrate without a rehearsal this once, set"
			+ " quartermaster.backup.migration.rehearse=false.";

	private RehearsalFailedException(String problem, String action, @Nullable Throwable cause) {
		super(problem, action, cause);
	}

	/**
	 * Return the exception for a migration that failed on the copy.
	 * @param touched what is known of the database itself, as a sentence without its full
	 * stop
	 */
	static RehearsalFailedException failed(Path database, String touched, Throwable cause) {
		return new RehearsalFailedException(
				"The migration of " + database + " failed when it was rehearsed on a copy. " + touched,
				"Fix the migration, then start the application again. " + NEVERTHELESS, cause);
	}

	/**
	 * Return the exception for a migration that left a copy which cannot be read.
	 * @param touched what is known of the database itself, as a sentence without its full
	 * stop
	 * @param cause the failure to read it
	 */
	static RehearsalFailedException unreadable(Path database, String touched, BackupException cause) {
		Throwable detail = (cause.getCause() != null) ? cause.getCause() : cause;
		return new RehearsalFailedException(
				"When the migration of " + database + " was rehearsed on a copy, it left one that cannot be read ("
						+ Secrets.mask(String.valueOf(detail.getMessage())) + "). " + touched,
				"Fix the migration, then start the application again. " + NEVERTHELESS, cause);
	}

	/**
	 * Return the exception for a migration that lost data on the copy.
	 * @param losses what was lost, as a sentence without its full stop
	 * @param touched what is known of the database itself, as a sentence without its full
	 * stop
	 * @param expected how to say that this was meant
	 */
	static RehearsalFailedException lossy(String losses, String touched, String expected) {
		return new RehearsalFailedException(losses + System.lineSeparator() + touched,
				expected + " Otherwise fix the migration, then start the application again.", null);
	}

	/**
	 * Return the exception for a migration that could not be rehearsed.
	 */
	static RehearsalFailedException notPossible(Path database, BackupException cause) {
		return new RehearsalFailedException("The database " + database
				+ " was not migrated, because the migration could not be rehearsed on a copy first. "
				+ cause.getProblem(), cause.getAction() + " " + NEVERTHELESS, cause);
	}

}
