/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.actuate;

import java.util.List;

import dev.quartermaster.backup.BackupException;
import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;

/**
 * A failure that nobody foresaw. Unlike the others, it is logged with its stack trace.
 */
final class UnexpectedFailureException extends BackupException {

	private UnexpectedFailureException(String what, Throwable cause) {
		super(what + " failed unexpectedly: " + cause,
				"This is a bug in Quartermaster Backup. Please report it with the stack trace in the log.", cause);
	}

	static UnexpectedFailureException of(String what, Throwable failure) {
		return new UnexpectedFailureException(what, Secrets.mask(failure));
	}

	/**
	 * Return the first one among some failures, which has the others with it, or
	 * {@code null} if all were foreseen.
	 */
	static @Nullable UnexpectedFailureException among(List<BackupException> failures) {
		List<UnexpectedFailureException> unexpected = failures.stream()
			.filter(UnexpectedFailureException.class::isInstance)
			.map(UnexpectedFailureException.class::cast)
			.toList();
		if (unexpected.isEmpty()) {
			return null;
		}
		unexpected.stream().skip(1).forEach(unexpected.get(0)::addSuppressed);
		return unexpected.get(0);
	}

}
