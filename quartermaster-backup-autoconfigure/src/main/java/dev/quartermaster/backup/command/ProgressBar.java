/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;

import dev.quartermaster.backup.BackupListener;
import dev.quartermaster.backup.Bytes;

/**
 * A bar on a terminal that shows how far a long copy or check has come. Silent for a
 * short one, and where nobody looks.
 */
final class ProgressBar implements BackupListener, AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMillis(500);

	private static final Duration INTERVAL = Duration.ofMillis(100);

	private static final int WIDTH = 30;

	private static final String COPYING = "";

	private static final String CHECKING = "Checking: ";

	private static final String CHECKING_ROWS = "Checking the rows, for ";

	private static final String ERASE_LINE = "\r\033[K";

	private final boolean terminal;

	private final PrintStream out;

	private final LongSupplier nanoTime;

	private long start;

	private long nextAt;

	private String what = COPYING;

	private long last = Long.MAX_VALUE;

	private boolean shown;

	ProgressBar(Console console) {
		this(console.isErrorTerminal(), System.err, System::nanoTime);
	}

	ProgressBar(boolean terminal, PrintStream out, LongSupplier nanoTime) {
		this.terminal = terminal;
		this.out = out;
		this.nanoTime = nanoTime;
	}

	@Override
	public void onProgress(Path database, long bytes, long totalBytes) {
		at(COPYING, bytes, (elapsed) -> line(bytes, totalBytes, elapsed));
	}

	@Override
	public void onCheckProgress(Path file, long bytes, long totalBytes) {
		if (bytes < totalBytes) {
			at(CHECKING, bytes, (elapsed) -> line(bytes, totalBytes, elapsed));
		}
		else {
			at(CHECKING_ROWS, bytes, (elapsed) -> elapsed.toSeconds() + " s");
		}
	}

	private void at(String what, long bytes, Function<Duration, String> line) {
		long now = this.nanoTime.getAsLong();
		if (bytes < this.last || !what.equals(this.what)) {
			// Something else, such as the copy after the snapshot that a restore takes.
			this.what = what;
			this.start = now;
			this.nextAt = now + PATIENCE.toNanos();
		}
		this.last = bytes;
		if (!this.terminal || now - this.nextAt < 0) {
			return;
		}
		this.nextAt = now + INTERVAL.toNanos();
		show(what + line.apply(Duration.ofNanos(now - this.start)));
	}

	/**
	 * Say what is going on, before there is anything to measure.
	 */
	void working(String what) {
		if (this.terminal) {
			show(what + " …");
		}
	}

	static String line(long bytes, long totalBytes, Duration elapsed) {
		double share = (totalBytes > 0) ? Math.min(1, (double) bytes / totalBytes) : 0;
		int filled = (int) (share * WIDTH);
		long rate = (long) (bytes / Math.max(elapsed.toMillis() / 1000.0, 0.001));
		long left = (rate > 0) ? (totalBytes - bytes) / rate : 0;
		return "[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "] " + (int) (share * 100) + " % of "
				+ Bytes.format(totalBytes) + ", " + Bytes.format(rate) + "/s, " + left + " s left";
	}

	private void show(String line) {
		this.shown = true;
		this.out.print(ERASE_LINE + line);
		this.out.flush();
	}

	@Override
	public void close() {
		erase();
	}

	/**
	 * Leave the line to what is printed next.
	 */
	void erase() {
		if (this.shown) {
			this.shown = false;
			this.out.print(ERASE_LINE);
			this.out.flush();
		}
	}

}
