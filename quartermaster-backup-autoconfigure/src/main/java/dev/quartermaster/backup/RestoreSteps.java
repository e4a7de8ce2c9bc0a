/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.core.DB.ProgressObserver;

/**
 * The watch over the steps of a restore. SQLite calls it after each, from native code,
 * which an exception must not reach, on the thread that restores.
 */
final class RestoreSteps implements ProgressObserver {

	private static final Logger logger = LoggerFactory.getLogger(RestoreSteps.class);

	private final LiveDatabase database;

	private final int pageSize;

	private final Progress progress;

	private final FirstStep afterFirst;

	private boolean begun;

	private boolean complete;

	private @Nullable Throwable failure;

	/**
	 * Create a new instance.
	 * @param database the database
	 * @param mode the mode of what is copied into it
	 * @param progress what is called after each step
	 * @param afterFirst what is done after the first step
	 */
	RestoreSteps(LiveDatabase database, DatabaseMode mode, Progress progress, FirstStep afterFirst) {
		this.database = database;
		this.pageSize = mode.pageSize();
		this.progress = progress;
		this.afterFirst = afterFirst;
	}

	@Override
	public void progress(int remaining, int pageCount) {
		if (!this.begun) {
			this.begun = true;
			try {
				this.afterFirst.done();
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
		}
		this.complete = remaining == 0;
		try {
			this.progress.at((long) (pageCount - remaining) * this.pageSize, (long) pageCount * this.pageSize);
		}
		catch (Throwable ex) {
			logger.debug("Ignored while restoring {}", this.database.file(), ex);
		}
	}

	/**
	 * Return whether a step was made, and the database locked for it.
	 */
	boolean isBegun() {
		return this.begun;
	}

	/**
	 * Return whether all is copied and committed.
	 */
	boolean isComplete() {
		return this.complete;
	}

	/**
	 * Return what was thrown after the first step, if anything was.
	 */
	@Nullable Throwable failure() {
		return this.failure;
	}

	/**
	 * Throw what was thrown after the first step, if anything was.
	 */
	void rethrowFailure() throws SQLException {
		if (this.failure instanceof RuntimeException exception) {
			throw exception;
		}
		if (this.failure instanceof Error error) {
			throw error;
		}
		if (this.failure instanceof SQLException exception) {
			throw exception;
		}
	}

	/**
	 * What is done after the first step, in which the database was locked.
	 */
	@FunctionalInterface
	interface FirstStep {

		void done() throws SQLException;

	}

}
