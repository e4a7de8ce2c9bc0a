/*
 * Copyright 2026-present the Quartermaster Backup authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package dev.quartermaster.backup;

import java.io.Console;

/**
 * The terminal that this process was started from, if there is one.
 */
public final class Terminal {

	private Terminal() {
	}

	/**
	 * Return whether a person sees what is printed and can answer.
	 * @return whether there is a terminal
	 */
	public static boolean isThere() {
		Console console = System.console();
		if (console == null) {
			return false;
		}
		try {
			// Since Java 22 there is a console without a terminal, too.
			return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
		}
		catch (ReflectiveOperationException ex) {
			return true;
		}
	}

}
