/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import org.jspecify.annotations.Nullable;

/**
 * A backup that could not be taken: what went wrong, to which file, and what to do. The
 * subtypes are the cases that a caller treats differently.
 */
public class BackupException extends RuntimeException {

	private final String action;

	/**
	 * Create a new instance.
	 * @param message what happened, to which file and what it means: a sentence without
	 * its full stop
	 * @param action what the user can do, as a whole sentence
	 * @param cause the failure behind it, or {@code null}
	 */
	public BackupException(String message, String action, @Nullable Throwable cause) {
		super(message, cause);
		this.action = action;
	}

	@Override
	public String getMessage() {
		String message = super.getMessage();
		return (message != null) ? message : getClass().getSimpleName();
	}

	/**
	 * Return what the user can do about it, as a whole sentence.
	 * @return the action
	 */
	public final String getAction() {
		return this.action;
	}

	/**
	 * Return all that a person needs to read: what happened, and what to do.
	 * @return the message and the action, each as a sentence
	 */
	public final String getAdvice() {
		return getMessage() + ". " + this.action;
	}

}
