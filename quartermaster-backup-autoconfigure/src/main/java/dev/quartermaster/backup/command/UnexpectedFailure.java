/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

import dev.quartermaster.backup.Secrets;
import org.jspecify.annotations.Nullable;

/**
 * The printed form of a failure that nobody foresaw, an {@link Error} included: one line,
 * or the trace if that was asked for. Needs no library, since one may be what is missing.
 */
final class UnexpectedFailure {

	static final String DEBUG = "--debug";

	private UnexpectedFailure() {
	}

	/**
	 * Return what is to be printed.
	 * @param failure the failure
	 * @param words what was typed
	 */
	static String describe(Throwable failure, List<String> words) {
		return words.contains(DEBUG) ? trace(failure)
				: "Failed unexpectedly: " + line(failure.toString()) + ". Add " + DEBUG + " to see where.";
	}

	static String trace(Throwable failure) {
		StringWriter trace = new StringWriter();
		Secrets.mask(failure).printStackTrace(new PrintWriter(trace, true));
		return trace.toString().stripTrailing();
	}

	/**
	 * Return a message on one line, however many its author gave it, and without secrets.
	 */
	private static String line(@Nullable String message) {
		return Secrets.mask(String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " "));
	}

}
