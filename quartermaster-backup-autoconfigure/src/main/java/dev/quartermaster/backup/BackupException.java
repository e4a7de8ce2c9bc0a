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

	/**
	 * What happened, without its full stop.
	 */
	private final String problem;

	/**
	 * What the user can do.
	 */
	private final String action;

	/**
	 * Create a new instance.
	 * @param problem what happened, to which file and what it means: a sentence without
	 * its full stop
	 * @param action what the user can do, as a whole sentence
	 * @param cause the failure behind it, or {@code null}
	 */
	public BackupException(String problem, String action, @Nullable Throwable cause) {
		super(problem + ". " + action, cause);
		this.problem = problem;
		this.action = action;
	}

	/**
	 * Return what happened, to which file and what it means.
	 * @return the problem, as a sentence without its full stop
	 */
	public final String getProblem() {
		return this.problem;
	}

	/**
	 * Return what the user can do about it.
	 * @return the action, as a whole sentence
	 */
	public final String getAction() {
		return this.action;
	}

}
