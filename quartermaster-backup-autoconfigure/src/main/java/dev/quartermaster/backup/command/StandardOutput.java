/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * The standard output of this process, which is for the result of the command alone: what
 * the application prints there before it is stopped goes to standard error.
 */
final class StandardOutput {

	private static final PrintStream ORIGINAL = System.out;

	private StandardOutput() {
	}

	static void divert() {
		if (System.out == ORIGINAL) {
			System.setOut(System.err);
		}
	}

	static void restore() {
		System.setOut(ORIGINAL);
	}

	/**
	 * Return a writer to where standard output led to at first.
	 */
	static PrintWriter writer() {
		return new PrintWriter(new Writer() {

			@Override
			public void write(char[] buffer, int offset, int length) {
				// The stream knows the encoding of the terminal; a writer would not.
				ORIGINAL.print(String.valueOf(buffer, offset, length));
			}

			@Override
			public void flush() {
				ORIGINAL.flush();
			}

			@Override
			public void close() {
				flush();
			}

		}, true);
	}

}
