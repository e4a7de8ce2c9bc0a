/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.sql.SQLException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;

/**
 * The watch over the steps of a check. SQLite calls it now and then, from native code,
 * which an exception must not reach.
 */
final class CheckSteps extends ProgressHandler {

	private static final Logger logger = LoggerFactory.getLogger(CheckSteps.class);

	/**
	 * How many steps of a check go by between two looks at it. SQLite counts a page of a
	 * table or an index as one, and then whatever it does to look at the rows.
	 * @see <a href="https://www.sqlite.org/c3ref/progress_handler.html">Query progress
	 * callbacks</a>
	 */
	private static final int STEPS = 1000;

	private static final int GO_ON = 0;

	private static final int GIVE_UP = 1;

	private final PageCount pages;

	private final Progress progress;

	private long taken;

	private CheckSteps(PageCount pages, Progress progress) {
		this.pages = pages;
		this.progress = progress;
	}

	/**
	 * Watch the checks that a connection makes from now on.
	 * @param connection the connection
	 * @param pages how many pages there are to check
	 * @param progress what is called now and then
	 */
	static void watch(SQLiteConnection connection, PageCount pages, Progress progress) throws SQLException {
		ProgressHandler.setHandler(connection, STEPS, new CheckSteps(pages, progress));
	}

	@Override
	protected int progress() {
		this.taken += STEPS;
		try {
			this.progress.at(Math.min(this.taken, this.pages.count()) * this.pages.size(), this.pages.bytes());
			return this.progress.isGivenUp() ? GIVE_UP : GO_ON;
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("Ignored while checking", ex);
		}
		return GO_ON;
	}

}
